; 80x50 text: the 8x8 font, two characters of our own, another palette, bright backgrounds.
%include "sector.inc"
    begin ds, es, ss
    mov ax, 0x0003
    int 0x10
    mov ax, 0x1112
    xor bl, bl
    int 0x10
    mov ax, 0x1100          ; two characters
    mov bx, 0x0800
    mov cx, 2
    mov dx, 0x41
    mov bp, glyphs
    int 0x10
    mov ax, 0x1003
    xor bl, bl
    int 0x10
    mov ax, 0x1000          ; colour 1 is DAC colour 20
    mov bx, 0x1401
    int 0x10
    mov ax, 0x1010          ; and DAC colour 2 is ours
    mov bx, 2
    mov dh, 63
    mov cx, 0x2a15
    int 0x10
    mov ah, 1
    mov cx, 0x2000
    int 0x10
    mov ax, 0xb800
    mov es, ax
    xor di, di
    xor bx, bx
.cell:
    mov ax, bx
    mov ah, bl
    add ah, bh
    stosw
    inc bx
    cmp bx, 80 * 50
    jb .cell
    cli
    hlt
glyphs:
    db 0xff, 0x81, 0xbd, 0xa5, 0xa5, 0xbd, 0x81, 0xff
    db 0x18, 0x3c, 0x7e, 0xff, 0xff, 0x7e, 0x3c, 0x18
    signature
