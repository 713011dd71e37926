; VBE 800x600 of 32 bits in the linear framebuffer that the mode's block names, then text by the BIOS.
%include "sector.inc"
    begin ds, es, ss
    mov ax, 0x4f01
    mov cx, 0x4143
    mov di, 0x9000
    int 0x10
    mov ax, 0x4f02
    mov bx, 0x4143
    int 0x10
    cmp ax, 0x004f
    jne fail
    cli
    lgdt [gdt.pointer]
    mov eax, cr0
    or al, 1
    mov cr0, eax
    jmp 0x08:protected
bits 32
protected:
    mov ax, 0x10
    mov es, ax
    mov edi, [0x9028]
    xor edx, edx            ; line
.line:
    xor ecx, ecx
.pixel:
    mov eax, edx
    and eax, 0xf8
    shl eax, 8
    mov al, cl
    and al, 0xf0
    mov ebx, ecx
    and ebx, 0xe0
    shl ebx, 16
    or eax, ebx
    stosd
    inc ecx
    cmp ecx, 800
    jb .pixel
    inc edx
    cmp edx, 600
    jb .line
    jmp 0x18:back
bits 16
back:
    mov eax, cr0
    and al, 0xfe
    mov cr0, eax
    jmp 0:real
real:
    xor ax, ax
    mov es, ax
    mov ax, 0x4f07          ; the picture begins at line 0
    xor bx, bx
    xor cx, cx
    xor dx, dx
    int 0x10
fail:
    cli
    hlt
gdt:
    dq 0
    dq 0x00cf9a000000ffff
    dq 0x00cf92000000ffff
    dq 0x00009a000000ffff
.pointer:
    dw $ - gdt - 1
    dd gdt
    signature
