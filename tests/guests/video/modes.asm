; Any mode of the BIOS, by the byte at offset 509: letters by its teletype, pixels by its function 0Ch, bytes into the window.
%include "sector.inc"
    begin ds, ss
    xor ah, ah
    mov al, [mode]
    int 0x10
    mov ax, 0x0100
    mov cx, 0x2000 ; QEMU's cursor blinks
    int 0x10
    mov si, letters
.letter:
    lodsb
    test al, al
    jz .pixels
    mov ah, 0x0e
    mov bx, 0x0003
    int 0x10
    jmp .letter
.pixels:
    mov bp, 0xb800
    mov di, 640
    cmp byte [mode], 3
    jbe .bytes
    mov cx, 199
.dot:
    mov al, cl
    shr al, 3
    mov ah, 0x0c
    mov dx, cx
    push cx
    xor bx, bx
    int 0x10
    pop cx
    loop .dot
    mov di, 3000
    cmp byte [mode], 6
    jbe .bytes
    mov bp, 0xa000
.bytes:
    mov es, bp
    mov cx, 600
.byte:
    mov ax, cx
    stosw
    loop .byte
    cli
    hlt
letters: db 'Mode ABCxyz', 13, 10, 0xb0, 0xdb, 0x01, 'end', 0
    times 509 - ($ - $$) db 0
mode: db 3
    dw 0xaa55
