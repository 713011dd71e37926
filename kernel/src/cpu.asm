; What C cannot say. Arguments on the stack, result in EAX; EBX, ESI, EDI and EBP are kept (cdecl).

section .text
bits 32

; unsigned int read_port(unsigned int port)
global read_port:function (read_port.end - read_port)
read_port:
    mov edx, [esp + 4]
    xor eax, eax
    in al, dx
    ret
.end:

; void write_port(unsigned int port, unsigned int value)
global write_port:function (write_port.end - write_port)
write_port:
    mov edx, [esp + 4]
    mov eax, [esp + 8]
    out dx, al
    ret
.end:

; void enable_interrupts(void)
global enable_interrupts:function (enable_interrupts.end - enable_interrupts)
enable_interrupts:
    sti
    ret
.end:

; unsigned int hold_interrupts(void): turns them off and returns the flags as they were
global hold_interrupts:function (hold_interrupts.end - hold_interrupts)
hold_interrupts:
    pushfd
    pop eax
    cli
    ret
.end:

; void release_interrupts(unsigned int flags)
global release_interrupts:function (release_interrupts.end - release_interrupts)
release_interrupts:
    push dword [esp + 4]
    popfd
    ret
.end:

; void wait_for_interrupt(void)
global wait_for_interrupt:function (wait_for_interrupt.end - wait_for_interrupt)
wait_for_interrupt:
    hlt
    ret
.end:

; void halt_forever(void)
global halt_forever:function (halt_forever.end - halt_forever)
halt_forever:
    cli
    hlt
    jmp halt_forever
.end:

; void load_page_directory(const unsigned int *directory)
global load_page_directory:function (load_page_directory.end - load_page_directory)
load_page_directory:
    mov eax, [esp + 4]
    mov cr3, eax
    ret
.end:

; void enable_paging(void)
global enable_paging:function (enable_paging.end - enable_paging)
enable_paging:
    mov eax, cr0
    or eax, 80000000h
    mov cr0, eax
    jmp .fetched_through_paging
.fetched_through_paging:
    ret
.end:

; Offsets in struct context (process.h).
%define CONTEXT_EDI 0
%define CONTEXT_ESI 4
%define CONTEXT_EBP 8
%define CONTEXT_ESP 12
%define CONTEXT_EBX 16
%define CONTEXT_EDX 20
%define CONTEXT_ECX 24
%define CONTEXT_EAX 28
%define CONTEXT_EIP 32
%define CONTEXT_EFLAGS 36

; void run_process(const struct context *context): gives the CPU to a process and does not return.
; All processes run in ring 0, so IRET takes EIP, CS and EFLAGS and leaves the stack alone.
global run_process:function (run_process.end - run_process)
run_process:
    mov eax, [esp + 4]
    mov esp, [eax + CONTEXT_ESP]
    push dword [eax + CONTEXT_EFLAGS]
    push cs
    push dword [eax + CONTEXT_EIP]
    mov edi, [eax + CONTEXT_EDI]
    mov esi, [eax + CONTEXT_ESI]
    mov ebp, [eax + CONTEXT_EBP]
    mov ebx, [eax + CONTEXT_EBX]
    mov edx, [eax + CONTEXT_EDX]
    mov ecx, [eax + CONTEXT_ECX]
    mov eax, [eax + CONTEXT_EAX]
    iretd
.end:
