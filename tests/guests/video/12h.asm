; Mode 12h: planes by map mask, write modes 2 and 3, exclusive or, latched copies, pixels and text by the BIOS.
%include "sector.inc"
    begin ds, ss
    mov ax, 0x0012
    int 0x10
    mov ax, 0xa000
    mov es, ax
    mov bx, 1               ; 15 bars by map mask
.bar:
    mov dx, 0x3c4
    mov al, 2
    mov ah, bl
    out dx, ax
    mov ax, bx
    mov cx, 80 * 16
    mul cx
    mov di, ax
    mov cx, 40 * 2
    mov al, 0xf3
    rep stosb
    inc bx
    cmp bx, 16
    jb .bar
    mov ax, 0x0f02
    out dx, ax
    mov dx, 0x3ce
    mov ax, 0x0205          ; write mode 2: a colour through a mask
    out dx, ax
    mov ax, 0x3c08
    out dx, ax
    mov di, 80 * 300
    mov cx, 80
.colours:
    mov al, [es:di]
    mov ax, cx
    stosb
    loop .colours
    mov ax, 0x0305          ; write mode 3: set/reset where bits are
    out dx, ax
    mov ax, 0x0e00
    out dx, ax
    mov ax, 0xff08
    out dx, ax
    mov di, 80 * 310
    mov cx, 80
.stripes:
    mov al, [es:di]
    mov al, cl
    stosb
    loop .stripes
    mov ax, 0x0005          ; write mode 0 with exclusive or
    out dx, ax
    mov ax, 0x1803
    out dx, ax
    mov di, 80 * 24
    mov cx, 80 * 40
.invert:
    mov al, [es:di]
    mov al, 0x0f
    stosb
    loop .invert
    mov ax, 0x0003
    out dx, ax
    mov ax, 0x0105          ; write mode 1: copies of four planes
    out dx, ax
    mov si, 0
    mov di, 80 * 330
    mov cx, 80 * 100
    push ds
    push es
    pop ds
    rep movsb
    pop ds
    mov ax, 0x0005
    out dx, ax
    mov ax, 0x0c8e          ; pixels by exclusive or
    mov cx, 100
    mov dx, 20
    xor bx, bx
.dot:
    int 0x10
    inc cx
    inc dx
    cmp dx, 220
    jb .dot
    mov ah, 2
    mov dx, 0x1d00
    int 0x10
    mov si, text
    mov bx, 0x000b
.letter:
    lodsb
    test al, al
    jz .end
    mov ah, 0x0e
    int 0x10
    jmp .letter
.end:
    cli
    hlt
text: db 'the last row', 13, 10, 'scrolls', 0
    signature
