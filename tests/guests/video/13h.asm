; Mode 13h: every colour of the default palette, some of our own, pixels and text by the BIOS.
%include "sector.inc"
    begin ds, ss
    mov ax, 0x0013
    int 0x10
    mov ax, 0xa000
    mov es, ax
    xor di, di
    xor dx, dx              ; line
.line:
    xor cx, cx
.pixel:
    mov al, cl
    xor al, dl
    stosb
    inc cx
    cmp cx, 320
    jb .pixel
    inc dx
    cmp dx, 200
    jb .line
    mov dx, 0x3c8           ; colours 16 to 31 become a ramp of red and green
    mov al, 16
    out dx, al
    inc dx
    xor cx, cx
.colour:
    mov al, cl
    shl al, 2
    out dx, al
    mov al, 63
    sub al, cl
    out dx, al
    mov al, 5
    out dx, al
    inc cx
    cmp cx, 16
    jb .colour
    mov ax, 0x0c0f          ; a diagonal
    xor cx, cx
    xor dx, dx
    xor bx, bx
.dot:
    int 0x10
    inc cx
    inc dx
    cmp dx, 150
    jb .dot
    mov si, text
    mov bx, 0x002c
.letter:
    lodsb
    test al, al
    jz .scroll
    mov ah, 0x0e
    int 0x10
    jmp .letter
.scroll:
    mov ax, 0x0602          ; a window up by two rows, filled with colour 40
    mov bh, 40
    mov cx, 0x0810
    mov dx, 0x1020
    int 0x10
    cli
    hlt
text: db 'Gr', 0x81, 0xe1, 'e aus 13h', 13, 10, 'zweite Zeile', 0
    signature
