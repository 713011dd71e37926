; Boot sector. The BIOS puts it at 0000:7C00. It reads the kernel, which follows it on the disk, to LOADED_AT by
; logical block addresses, enters protected mode, moves the kernel up to KERNEL_AT and jumps there.
; The build passes KERNEL_SECTORS.

bits 16
org 7C00h

%define LOADED_AT 10000h
%define KERNEL_AT 100000h
%define SECTOR_BYTES 512
%define SECTORS_AT_ONCE 64      ; 32 KiB: a transfer never leaves its segment
%define SYSTEM_CONTROL_A 92h
%define CODE 08h
%define FLAT 10h

%if LOADED_AT + KERNEL_SECTORS * SECTOR_BYTES > 80000h
%error the kernel does not fit below the BIOS data at the end of base memory
%endif

boot:
    jmp 0:.with_known_cs
.with_known_cs:
    cli
    xor ax, ax
    mov ds, ax
    mov es, ax
    mov ss, ax
    mov sp, 7C00h
    sti
    cld
    mov [disk], dl              ; the BIOS says which disk this is
    mov ax, 0003h               ; 80x25 text
    int 10h

    mov bp, KERNEL_SECTORS
.next_part:
    mov ax, bp
    cmp ax, SECTORS_AT_ONCE
    jbe .size_known
    mov ax, SECTORS_AT_ONCE
.size_known:
    mov [packet.count], ax
    push ax
    mov ah, 42h
    mov dl, [disk]
    mov si, packet
    int 13h
    pop ax
    jc unreadable
    add [packet.block], ax
    add word [packet.segment], SECTORS_AT_ONCE * SECTOR_BYTES / 16
    sub bp, ax
    jnz .next_part

    cli
    in al, SYSTEM_CONTROL_A     ; A20 on; bit 0 would reset the processor
    or al, 2
    and al, 0FEh
    out SYSTEM_CONTROL_A, al
    lgdt [gdtr]
    mov eax, cr0
    or al, 1
    mov cr0, eax
    jmp CODE:move_kernel

unreadable:
    mov si, complaint
.next_character:
    lodsb
    test al, al
    jz .forever
    mov ah, 0Eh
    mov bx, 0007h
    int 10h
    jmp .next_character
.forever:
    cli
    hlt
    jmp .forever

bits 32
move_kernel:
    mov ax, FLAT
    mov ds, ax
    mov es, ax
    mov fs, ax
    mov gs, ax
    mov ss, ax
    mov esi, LOADED_AT
    mov edi, KERNEL_AT
    mov ecx, KERNEL_SECTORS * SECTOR_BYTES / 4
    rep movsd
    mov eax, KERNEL_AT
    jmp eax

align 8
gdt:
    dq 0
    dw 0FFFFh, 0, 9A00h, 00CFh  ; CODE, 4 GiB
    dw 0FFFFh, 0, 9200h, 00CFh  ; FLAT
.end:

gdtr:
    dw gdt.end - gdt - 1
    dd gdt

align 4
packet:                         ; disk address packet of int 13h, AH = 42h
    dw 16
.count:
    dw 0
    dw 0
.segment:
    dw LOADED_AT / 16
.block:
    dq 1

disk        db 0
complaint   db "burrow: the disk cannot be read", 0

    times 446 - ($ - $$) db 0   ; an empty partition table: firmware guesses the disk's geometry from it
    times 510 - ($ - $$) db 0
    dw 0AA55h
