; The kernel's first code, at 1 MiB in 32-bit protected mode with flat segments and interrupts off, and the tables that
; the processor wants: descriptors and the task-state segment.

extern kernel_main
extern bss_start
extern bss_end

%define KERNEL_CODE 08h
%define KERNEL_DATA 10h
%define TASK_STATE 28h
%define BOOT_STACK_BYTES 4096

bits 32

section .start exec

; RAM need not be zero at boot, so .bss is made zero here. EBP = 0 ends the chain of stack frames.
global start:function (start.end - start)
start:
    cld
    mov edi, bss_start
    mov ecx, bss_end
    sub ecx, edi
    shr ecx, 2
    xor eax, eax
    rep stosd
    mov esp, boot_stack.top
    call load_descriptors
    xor ebp, ebp
    call kernel_main
.forever:
    cli
    hlt
    jmp .forever
.end:

; The linker cannot spread an address over a descriptor's three fields, so the base of the TSS is put in here.
global load_descriptors:function (load_descriptors.end - load_descriptors)
load_descriptors:
    mov eax, tss
    mov [gdt.tss + 2], ax
    shr eax, 16
    mov [gdt.tss + 4], al
    mov [gdt.tss + 7], ah
    lgdt [gdtr]
    jmp KERNEL_CODE:.reloaded
.reloaded:
    mov ax, KERNEL_DATA
    mov ds, ax
    mov es, ax
    mov fs, ax
    mov gs, ax
    mov ss, ax
    mov ax, TASK_STATE
    ltr ax
    ret
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
.tss:
    dw tss.end - tss - 1, 0, 8900h, 0 ; 28h task state
.end:

global gdtr:data (gdtr.end - gdtr)
gdtr:
    dw gdt.end - gdt - 1
    dd gdt
.end:

; Only the stack for entries from ring 3 is used; the scheduler sets ESP0 for each task.
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

section .bss

alignb 16
global boot_stack:data (boot_stack.top - boot_stack)
boot_stack:
    resb BOOT_STACK_BYTES
.top:
