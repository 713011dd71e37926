; The kernel's first code, at 0900:0000 in real mode and linked at 9000h. It ends in kernel_main, in 32-bit
; protected mode, with interrupts off. All addresses here fit in 16 bits (link.ld asserts it), so DS = 0 reaches
; everything and the descriptors need only their low base word.

extern kernel_main
extern bss_start
extern bss_end

%define KERNEL_CODE 08h
%define KERNEL_DATA 10h
%define TASK 28h
%define REAL_MODE_STACK 7C00h
%define BOOT_STACK_BYTES 4096

%define PIC1_COMMAND 20h
%define PIC1_DATA 21h
%define PIC2_COMMAND 0A0h
%define PIC2_DATA 0A1h
%define KEYBOARD_DATA 60h

section .text

bits 16

global start:function (start.end - start)
start:
    cli
    cld
    xor ax, ax
    mov ds, ax
    mov ss, ax
    mov sp, REAL_MODE_STACK
    o32 lgdt [gdtr]
    call set_video_mode
    cli                         ; a video BIOS may have turned interrupts on
    mov eax, cr0
    or al, 1
    mov cr0, eax
    jmp dword KERNEL_CODE:protected_mode
.end:

; Mode 3 is 80x25 text; a cursor whose start line has bit 5 set is not shown.
global set_video_mode:function (set_video_mode.end - set_video_mode)
set_video_mode:
    mov ax, 0003h
    int 10h
    mov ah, 01h
    mov cx, 2607h
    int 10h
    ret
.end:

bits 32

global protected_mode:function (protected_mode.end - protected_mode)
protected_mode:
    mov ax, KERNEL_DATA
    mov ds, ax
    mov es, ax
    mov fs, ax
    mov gs, ax
    mov ss, ax
    mov esp, boot_stack.top
    mov edi, bss_start          ; RAM need not be zero at boot
    mov ecx, bss_end
    sub ecx, edi
    shr ecx, 2
    xor eax, eax
    rep stosd
    call remap_pics
    lidt [idtr]
    mov ax, TASK
    ltr ax
    call KERNEL_CODE:start_kernel
.forever:
    hlt
    jmp .forever
.end:

; IRQ 0-7 become vectors 32-39 and IRQ 8-15 become 40-47, all unmasked.
; ICW1 forgets edges, so a key pressed before it is taken out of the way afterwards.
global remap_pics:function (remap_pics.end - remap_pics)
remap_pics:
    mov al, 11h                 ; ICW1: cascade, edge-triggered, ICW4 follows
    out PIC1_COMMAND, al
    out PIC2_COMMAND, al
    mov al, 32                  ; ICW2: first vector
    out PIC1_DATA, al
    mov al, 40
    out PIC2_DATA, al
    mov al, 04h                 ; ICW3: the slave is on IRQ 2
    out PIC1_DATA, al
    mov al, 02h
    out PIC2_DATA, al
    mov al, 01h                 ; ICW4: 8086 mode
    out PIC1_DATA, al
    out PIC2_DATA, al
    mov al, 0
    out PIC1_DATA, al
    out PIC2_DATA, al
    in al, KEYBOARD_DATA
    ret
.end:

; EBP = 0 ends the chain of stack frames.
global start_kernel:function (start_kernel.end - start_kernel)
start_kernel:
    xor ebp, ebp
    call kernel_main
    retf
.end:

section .data

align 8
global gdt:data (gdt.end - gdt)
gdt:
    dq 0
    dw 0FFFFh, 0, 9A00h, 00CFh  ; 08h kernel code, 4 GiB
    dw 0FFFFh, 0, 9200h, 00CFh  ; 10h kernel data
    dw 0FFFFh, 0, 0FA00h, 00CFh ; 18h user code
    dw 0FFFFh, 0, 0F200h, 00CFh ; 20h user data
    dw tss.end - tss - 1, tss, 8900h, 0 ; 28h task
.end:

global gdtr:data (gdtr.end - gdtr)
gdtr:
    dw gdt.end - gdt - 1
    dd gdt
.end:

align 4
global tss:data (tss.end - tss)
tss:
    dd 0                        ; previous task
    dd boot_stack.top           ; ESP0
    dd KERNEL_DATA              ; SS0
    times 22 dd 0
    dw 0
    dw tss.end - tss            ; no I/O permission map
.end:

%macro gate 1
extern isr_%1
    dw isr_%1, KERNEL_CODE, 8E00h, 0
%endmacro

align 8
global idt:data (idt.end - idt)
idt:
%assign vector 0
%rep 49
    gate vector
%assign vector vector + 1
%endrep
.end:

global idtr:data (idtr.end - idtr)
idtr:
    dw idt.end - idt - 1
    dd idt
.end:

section .bss

alignb 16
global boot_stack:data (boot_stack.top - boot_stack)
boot_stack:
    resb BOOT_STACK_BYTES
.top:
