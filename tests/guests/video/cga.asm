; Mode 4: both banks, text and pixels by the BIOS, another of the CGA's palettes.
%include "sector.inc"
    begin ds, ss
    mov ax, 0x0004
    int 0x10
    mov ax, 0xb800
    mov es, ax
    xor di, di
    mov cx, 80 * 50
    xor ax, ax
.even:
    stosb
    inc ax
    loop .even
    mov di, 0x2000 + 80 * 20
    mov cx, 80 * 60
    mov al, 0x1b
    rep stosb
    mov ax, 0x0b00
    mov bx, 0x0100
    int 0x10
    mov ax, 0x0c83
    mov cx, 10
    mov dx, 10
    xor bx, bx
.dot:
    int 0x10
    inc cx
    inc dx
    cmp dx, 180
    jb .dot
    mov ah, 2
    mov dx, 0x1405
    int 0x10
    mov ax, 0x0941
    mov bx, 0x0002
    mov cx, 10
    int 0x10
    cli
    hlt
    signature
