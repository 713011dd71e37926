; VBE 640x480 of 16 bits through the window at A0000h, bank by bank, on a picture of 1024 pixels a line.
%include "sector.inc"
    begin ds, es, ss
    mov ax, 0x4f02
    mov bx, 0x0111
    int 0x10
    mov ax, 0x4f06
    xor bx, bx
    mov cx, 1024
    int 0x10
    mov ax, 0xa000
    mov es, ax
    xor dx, dx              ; bank
.bank:
    mov ax, 0x4f05
    xor bx, bx
    int 0x10
    xor di, di
    mov cx, 0x8000
    mov bx, dx
    shl bx, 11
.pixel:
    mov ax, di
    and ax, 0x07c0
    or ax, bx
    stosw
    loop .pixel
    inc dx
    cmp dx, 16
    jb .bank
    mov ax, 0x4f07
    xor bx, bx
    mov cx, 200
    mov dx, 10
    int 0x10
    cli
    hlt
    signature
