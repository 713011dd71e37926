; The x87's environment and state as real mode stores them, in both sizes, and what loading them gives.
bits 16
org 7c00h
AREA equ 8000h

    jmp 0:main

%macro line 1
    push si
    mov si, %%text
    call print
    pop si
    jmp short %%over
%%text: db '~', %1, 0
%%over:
%endmacro

%macro end_line 0
    mov al, 10
    out 0e9h, al
%endmacro

main:
    xor ax, ax
    mov ds, ax
    mov es, ax
    mov ss, ax
    mov sp, 7c00h
    cld
    mov eax, cr0
    and al, ~0ch
    or al, 22h
    mov cr0, eax

    line "32 bits"
    call fill
    call compute
    o32 fnstenv [AREA]
    mov cx, 28
    call dump
    line "16 bits"
    call fill
    call compute
    fnstenv [AREA]
    mov cx, 14
    call dump
    line "FNSAVE, 32 bits"
    call fill
    call compute
    o32 fnsave [AREA]
    mov cx, 110
    call dump
    line "FNSAVE, 16 bits"
    call fill
    call compute
    fnsave [AREA]
    mov cx, 96
    call dump
    line "FRSTOR, then FNSTENV of the other size"
    call compute
    fnsave [AREA]
    frstor [AREA]
    call fill
    o32 fnstenv [AREA]
    mov cx, 28
    call dump
    line "FLDENV, then FNSAVE of the other size"
    call compute
    o32 fnstenv [AREA]
    o32 fldenv [AREA]
    call fill
    fnsave [AREA]
    mov cx, 96
    call dump
    mov al, 10
    out 0e9h, al
    out 0f4h, al
    mov si, shutdown
    mov cx, 8
    mov dx, 8900h
    rep outsb
    cli
    hlt

fill:
    mov di, AREA
    mov cx, 64
    mov ax, 0aaaah
    rep stosw
    ret

; Two registers, one of them a denormal, with code and operand pointers in segments of their own.
compute:
    jmp 0740h:.here - 7400h
.here:
    fninit
    fld1
    fld tword [cs:.tiny - 7400h]
    mov bx, 8765h
    mov gs, bx
    mov dword [gs:0f123h], 40400000h ; 3.0
    fmul dword [gs:0f123h]
    jmp 0:.back
.back:
    ret
.tiny: dd 1, 0
    dw 0

dump:
    mov si, AREA
.next:
    lodsb
    mov ah, al
    shr al, 4
    call digit
    mov al, ah
    and al, 15
    call digit
    loop .next
    end_line
    ret
digit:
    cmp al, 10
    sbb al, 69h
    das
    out 0e9h, al
    ret
print:
    lodsb
    test al, al
    jz .done
    out 0e9h, al
    jmp print
.done:
    mov al, ' '
    out 0e9h, al
    ret
shutdown: db 'Shutdown'
    times 510 - ($ - $$) db 0
    dw 0aa55h
