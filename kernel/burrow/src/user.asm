; The ring 3 program. It is position-independent: every task that runs it has this page at USER_CODE, read-only.

%define ARENA 40000000h
%define PAGE 4096
%define PAGES 3
%define SYSTEM_CALL 48
%define CALL_END 1              ; numbers as in interrupts.h
%define CALL_SLEEP 2
%define CALL_SAY 4

section .user exec align=4096
bits 32

global user_program:function (user_program.end - user_program)
user_program:
    call .here
.here:
    pop esi                     ; where .here is in this address space
    mov edi, ARENA
    mov ecx, PAGES
.next_page:
    inc dword [edi]             ; zero until now
    cmp dword [edi], 1
    jne .not_zero
    add edi, PAGE
    dec ecx
    jnz .next_page
    lea ebx, [esi + .greeting - .here]
    mov eax, CALL_SAY
    int SYSTEM_CALL
    mov ebx, 2
    mov eax, CALL_SLEEP
    int SYSTEM_CALL
    cmp dword [ARENA], 1        ; nobody else has written here meanwhile
    jne .not_zero
    lea ebx, [esi + .farewell - .here]
    jmp .end_with
.not_zero:
    lea ebx, [esi + .complaint - .here]
.end_with:
    mov eax, CALL_SAY
    int SYSTEM_CALL
    mov eax, CALL_END
    int SYSTEM_CALL
.greeting:
    db "ring 3 has pages of its own", 0
.farewell:
    db "ring 3 is done", 0
.complaint:
    db "ring 3 found another's bytes", 0
.end:
