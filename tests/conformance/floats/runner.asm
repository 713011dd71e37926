; Boots on QEMU and Bochs and runs the cases that follow it on the disk, one instruction each, in flat 32-bit protected mode.
; A case has RECORD bytes (oracles.py makes them): whether its image is FXSAVE's, length, code; at 16 eax, eflags; at 32 the
; memory that EDI points to; at 64 the state before. Each gives a line at port E9h: ~, vector (FF for none), eax, eflags, memory, image.
RECORD equ 384
PROGRAM_SECTORS equ 7
CHUNK equ 64                        ; sectors
CASES equ 200000h
MEMORY equ 18000h
IMAGE equ 18200h
STACK equ 17000h
IDT equ 16000h
NO_VECTOR equ 0ffh

org 7c00h
bits 16
    jmp short boot
    nop
align 4, db 0
chunks: dd 0                        ; both set by oracles.py
count: dd 0
boot:
    xor ax, ax
    mov ds, ax
    mov es, ax
    mov ss, ax
    mov sp, 7c00h
    in al, 92h
    or al, 2
    out 92h, al
    mov si, program
    mov ah, 42h
    mov dl, 80h
    int 13h
read:
    mov si, packet
    mov ah, 42h
    mov dl, 80h
    int 13h
    mov cx, CHUNK * 256
    mov si, move
    mov ah, 87h
    int 15h
    add dword [packet + 8], CHUNK
    add word [target], 8000h
    adc byte [target + 2], 0
    dec word [chunks]
    jnz read
    cli
    lgdt [gdtr]
    mov eax, cr0
    or al, 1
    mov cr0, eax
    jmp dword 8:start
align 4, db 0
program:
    dw 10h, PROGRAM_SECTORS, 7e00h, 0
    dq 1
packet:
    dw 10h, CHUNK, 0, 2000h
    dq 1 + PROGRAM_SECTORS
move:                               ; descriptors for INT 15h, AH = 87h
    dq 0, 0
    dw 0ffffh, 0
    db 2, 93h, 0, 0
    dw 0ffffh
target: dw CASES & 0ffffh
    db CASES >> 16, 93h, 0, 0
    dq 0, 0
gdtr:
    dw 23
    dd gdt
gdt:
    dq 0, 00cf9b000000ffffh, 00cf93000000ffffh
idtr:
    dw 32 * 8 - 1
    dd IDT
    times 510 - ($ - $$) db 0
    dw 0aa55h

bits 32
start:
    mov ax, 10h
    mov ds, ax
    mov es, ax
    mov ss, ax
    mov esp, STACK
    mov edi, IDT
    mov eax, stubs
    mov ecx, 32
.gate:
    mov [edi], ax
    mov word [edi + 2], 8
    mov dword [edi + 4], 8e00h
    add edi, 8
    add eax, 8
    loop .gate
    lidt [idtr]
    mov eax, cr0
    and al, ~0ch
    or al, 22h                      ; NE, MP
    mov cr0, eax
    mov eax, 600h                   ; OSFXSR, OSXMMEXCPT
    mov cr4, eax
    mov ebp, CASES
next:
    mov esp, STACK
    cld
    mov edi, MEMORY
    mov ecx, 16
    xor eax, eax
    rep stosd
    lea esi, [ebp + 32]
    mov edi, MEMORY
    mov ecx, 8
    rep movsd
    lea esi, [ebp + 64]             ; images are used aligned
    mov edi, IMAGE
    mov ecx, 320 / 4
    rep movsd
    mov ecx, (512 - 320) / 4
    xor eax, eax
    rep stosd
    movzx ecx, byte [ebp + 1]
    lea esi, [ebp + 2]
    mov edi, code
    rep movsb
    mov byte [edi], 0e9h            ; JMP to `done`
    lea eax, [edi + 5]
    neg eax
    add eax, done
    mov [edi + 1], eax
    mov byte [vector], NO_VECTOR
    mov edi, MEMORY
    cmp byte [ebp], 0
    je .x87
    fxrstor [IMAGE]
    jmp .go
.x87:
    frstor [IMAGE]
.go:
    mov eax, [ebp + 16]
    push dword [ebp + 20]
    popfd
    jmp code
done:
    mov [eax_after], eax
    pushfd
    pop dword [eflags_after]
told:
    cmp byte [ebp], 0
    je .x87
    fxsave [IMAGE]
    fninit
    jmp .tell
.x87:
    fnsave [IMAGE]
.tell:
    cld
    mov al, '~'
    out 0e9h, al
    mov esi, vector
    mov ecx, 1
    call dump
    mov esi, eax_after
    mov ecx, 8
    call dump
    mov esi, MEMORY
    mov ecx, 16
    call dump
    mov esi, IMAGE
    mov ecx, 108
    cmp byte [ebp], 0
    je .dump
    mov ecx, 288
.dump:
    call dump
    mov al, 10
    out 0e9h, al
    add ebp, RECORD
    dec dword [count]
    jnz next
    mov al, '!'
    out 0e9h, al
    mov al, 10
    out 0e9h, al
    out 0f4h, al                    ; QEMU ends here
    mov esi, shutdown
    mov ecx, 8
    mov dx, 8900h
    rep outsb                       ; and Bochs here
.stop:
    cli
    hlt
    jmp .stop

dump:
    lodsb
    mov ah, al
    shr al, 4
    call digit
    mov al, ah
    and al, 15
    call digit
    loop dump
    ret
digit:
    cmp al, 10
    sbb al, 69h
    das
    out 0e9h, al
    ret

caught:                             ; the vector is on the stack
    pop dword [vector]
    mov eax, [ebp + 16]
    mov [eax_after], eax
    mov eax, [ebp + 20]
    mov [eflags_after], eax
    mov esp, STACK
    jmp told

align 8
stubs:
%assign number 0
%rep 32
    push byte number
    jmp strict near caught
    nop
    %assign number number + 1
%endrep

shutdown: db 'Shutdown'
align 16
vector: dd 0
eax_after: dd 0
eflags_after: dd 0
code: times 64 db 0
    times 512 * (1 + PROGRAM_SECTORS) - ($ - $$) db 0
