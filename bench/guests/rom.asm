; A BIOS that is nothing but a measuring guest, for emulators that bring none of their own: room for 32 KiB of payload, then
; what the boot sector does after loading.
BITS 16
ORG 0
    times 32768 db 0 ; the payload goes here
start:
    cli
    o32 lgdt [cs:gdtr]
    mov eax, cr0
    or al, 1
    mov cr0, eax
    jmp dword 0x08:0xf0000 + protected
BITS 32
protected:
    mov ax, 0x10
    mov ds, ax
    mov es, ax
    mov ss, ax
    mov fs, ax
    mov gs, ax
    mov esp, 0x9f000
    cld
    mov esi, 0xf0000
    mov edi, 0x10000
    mov ecx, 8192
    rep movsd
    mov eax, 0x10000
    call eax
    out 0xf4, al
    cli
    hlt
    jmp $-1
align 8
gdt:
    dq 0
    dq 0x00cf9a000000ffff
    dq 0x00cf92000000ffff
gdtr:
    dw 23
    dd 0xf0000 + gdt
times 0xfff0 - ($ - $$) db 0
BITS 16
    jmp 0xf000:start
times 0x10000 - ($ - $$) db 0
