; Boot sector of the measuring guests: loads what follows it to 10000h, switches to flat 32-bit protected mode, calls it,
; and ends the run with the byte that it returns.
BITS 16
ORG 0x7c00
SECTORS equ 64
EXIT_PORT equ 0xf4
BOCHS_PORT equ 0x8900

start:
    cli
    xor ax, ax
    mov ds, ax
    mov es, ax
    mov ss, ax
    mov sp, 0x7c00
    mov [drive], dl
    mov cx, SECTORS
    mov si, packet
.next:
    mov ah, 0x42
    mov dl, [drive]
    int 0x13
    jc .byHead
    add word [packet.segment], 0x20
    inc dword [packet.lba]
    loop .next
    jmp enter
.byHead: ; no extended read: one sector of a 16-head, 63-sector disk at a time
    mov word [packet.segment], 0x1000
    mov di, 1
.nextByHead:
    mov ax, [packet.segment]
    mov es, ax
    mov ax, di
    mov bl, 63
    div bl
    mov cl, ah
    inc cl
    mov ch, 0
    mov dh, al
    mov dl, [drive]
    mov ax, 0x0201
    xor bx, bx
    int 0x13
    jc $
    add word [packet.segment], 0x20
    inc di
    cmp di, SECTORS + 1
    jne .nextByHead
enter:
    cli
    in al, 0x92
    or al, 2
    out 0x92, al
    lgdt [gdtr]
    mov eax, cr0
    or al, 1
    mov cr0, eax
    jmp 0x08:protected
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
    call 0x10000
    out EXIT_PORT, al
    mov esi, shutdown
    mov edx, BOCHS_PORT
    mov ecx, 8
    rep outsb
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
    dd gdt
shutdown db 'Shutdown'
drive db 0
align 4
packet:
    db 16, 0
    dw 1
    dw 0
.segment:
    dw 0x1000
.lba:
    dd 1
    dd 0
times 510 - ($ - $$) db 0
    dw 0xaa55
