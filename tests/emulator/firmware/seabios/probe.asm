; Boot sector and program that calls BIOS services, one per entry of a table, and prints what comes back to port E9h.
; record.py builds it and runs it on QEMU.

PROBE_SECTORS equ 33
PROGRAM equ 8000h
PACKETS equ 0B000h
CRTC_SEGMENT equ 0FFFDh         ; in a dump: registers of the CRTC, by index, and not memory

bits 16
org 7C00h

section .boot
    cli
    xor ax, ax
    mov ds, ax
    mov es, ax
    mov ss, ax
    mov sp, 7C00h
    sti
    mov ax, 0200h + PROBE_SECTORS - 1
    mov bx, PROGRAM
    mov cx, 2
    mov dx, 80h
    int 13h
    jc $
    jmp program
    times 510 - ($ - $$) db 0
    dw 0AA55h

section .program follows=.boot vstart=PROGRAM
program:
    mov word [entry], table
.next_entry:
    mov si, [entry]
    mov al, [si]
    cmp al, 0FFh
    je .end
    mov [.interrupt + 1], al
    mov ax, [si + 2]
    mov [es_before], ax
    mov eax, [si + 4]
    mov ebx, [si + 8]
    mov ecx, [si + 12]
    mov edx, [si + 16]
    mov edi, [si + 24]
    mov ebp, [si + 28]
    push dword [si + 20]
    pop esi
    mov es, [es_before]
    clc
    jmp .interrupt              ; serialises: the next instruction was just patched
.interrupt:
    int 0
    mov [cs:after.ax], eax
    pushf
    pop word [cs:after.flags]
    push ds
    push cs
    pop ds
    mov [after.bx], ebx
    mov [after.cx], ecx
    mov [after.dx], edx
    mov [after.si], esi
    mov [after.di], edi
    mov [after.bp], ebp
    mov [after.es], es
    pop word [after.ds]
    cld
    sti
    mov si, after
    mov cx, 7
.print_registers:
    lodsd
    call print_dword
    loop .print_registers
    mov ax, [after.es]
    call print_word
    mov ax, [after.ds]
    call print_word
    mov ax, [after.flags]
    call print_word
    call print_dump
    mov al, 10
    out 0E9h, al
    add word [entry], 38
    jmp .next_entry
.end:
    mov al, 0
    out 0F4h, al
    cli
    hlt

; The bytes that the entry asks for: length at +32, offset at +34, segment at +36.
print_dump:
    mov si, [entry]
    mov cx, [si + 32]
    jcxz .end
    mov bx, [si + 34]
    mov fs, [si + 36]
.next_byte:
    mov al, [fs:bx]
    mov dx, fs
    cmp dx, CRTC_SEGMENT
    jne .print
    mov dx, 3D4h
    mov al, bl
    out dx, al
    inc dx
    in al, dx
.print:
    call print_byte
    inc bx
    loop .next_byte
.end:
    ret

print_dword:
    push eax
    shr eax, 16
    call print_word_alone
    pop eax
print_word:
    call print_word_alone
    mov al, ' '
    out 0E9h, al
    ret
print_word_alone:
    push ax
    mov al, ah
    call print_byte
    pop ax
print_byte:
    push ax
    shr al, 4
    call print_digit
    pop ax
    and al, 15
print_digit:
    cmp al, 10
    jb .decimal
    add al, 'a' - '0' - 10
.decimal:
    add al, '0'
    out 0E9h, al
    ret

entry dw 0
es_before dw 0
after:
.ax dd 0
.bx dd 0
.cx dd 0
.dx dd 0
.si dd 0
.di dd 0
.bp dd 0
.es dw 0
.ds dw 0
.flags dw 0

    align 2
table:
    incbin 'table.bin'
    db 0FFh
    times PACKETS - PROGRAM - ($ - $$) db 0
    incbin 'packets.bin'
    times 512 * (PROBE_SECTORS - 1) - ($ - $$) db 0
