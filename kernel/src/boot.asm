; Boot sector. The BIOS puts it at 0000:7C00; it reads the kernel, which follows it on the disk, to
; KERNEL_SEGMENT:0000 and jumps there. The build passes KERNEL_SECTORS, which never exceeds the first track,
; so a sector's number is all there is to its place on the disk.

bits 16
org 7C00h

%define DISK 80h
%define KERNEL_SEGMENT 0900h
%define SECTOR_BYTES 512

boot:
    jmp 0:.with_known_cs
.with_known_cs:
    cli
    xor ax, ax
    mov ds, ax
    mov ss, ax
    mov sp, 7C00h
    sti
    cld

    mov si, title
    call print_line
    mov si, reading
    call print_line

    mov ax, KERNEL_SEGMENT
    mov es, ax
    xor bx, bx
    mov cl, 2                   ; sectors count from 1, and this is the first
.next_sector:
    call read_sector
    add bx, SECTOR_BYTES
    inc cl
    cmp cl, 2 + KERNEL_SECTORS
    jb .next_sector
    jmp KERNEL_SEGMENT:0

; Reads sector CL of the first track to ES:BX. Keeps BX and CL.
read_sector:
    push bx
    push cx
    mov ax, 0201h
    mov ch, 0
    mov dx, DISK                ; head 0
    int 13h
    pop cx
    pop bx
    jc .unreadable
    ret
.unreadable:
    mov si, unreadable
    call print_line
.forever:
    cli
    hlt
    jmp .forever

; Prints the zero-terminated text at DS:SI and ends the line.
print_line:
    lodsb
    test al, al
    jz .end_line
    call print_character
    jmp print_line
.end_line:
    mov al, 13
    call print_character
    mov al, 10
print_character:
    mov ah, 0Eh
    mov bx, 0007h               ; page 0
    int 10h
    ret

title       db "Boot sector of 539kernel", 0
reading     db "Reading the kernel from the disk", 0
unreadable  db "The disk cannot be read", 0

    times 446 - ($ - $$) db 0   ; an empty partition table: firmware guesses the disk's geometry from it
    times 510 - ($ - $$) db 0
    dw 0AA55h
