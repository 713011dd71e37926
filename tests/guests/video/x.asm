; 320x240 in four planes of bytes ("mode X"), with a start address, and a split screen below line 400.
%include "sector.inc"
    begin ds, ss
    mov ax, 0x0013
    int 0x10
    mov dx, 0x3c4
    mov ax, 0x0604          ; unchained
    out dx, ax
    mov ax, 0x0f02
    out dx, ax
    mov ax, 0xa000
    mov es, ax
    xor di, di
    mov cx, 0x8000
    xor ax, ax
    rep stosw
    mov dx, 0x3c2
    mov al, 0xe3
    out dx, al
    mov dx, 0x3d4
    mov ax, 0x2c11
    out dx, ax
    mov si, registers
    mov cx, 12
.register:
    lodsw
    out dx, ax
    loop .register
    mov bl, 1               ; plane
    xor bp, bp
.plane:
    mov dx, 0x3c4
    mov al, 2
    mov ah, bl
    out dx, ax
    mov di, 80 * 20
    mov cx, 80 * 240
.byte:
    mov ax, di
    add ax, bp
    shr ax, 3
    stosb
    loop .byte
    xor di, di
    mov cx, 80 * 20
    mov ax, bp
    add al, 0x20
    rep stosb
    inc bp
    shl bl, 1
    cmp bl, 16
    jb .plane
    cli
    hlt
registers:
    dw 0x0d06, 0x3e07, 0x4109, 0xea10, 0xac11, 0xdf12, 0x0014, 0xe715, 0x0616, 0xe317
    dw 0x060c, 0x400d       ; start at 640h = 80 * 20
    signature
