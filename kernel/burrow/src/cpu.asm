; What C cannot say. Arguments on the stack, result in EAX; EBX, ESI, EDI and EBP are kept (cdecl).

%define CR0_PAGING 80000000h
%define CR0_WRITE_PROTECT 00010000h
%define SYSTEM_CALL 48

section .text
bits 32

; uint32_t read_port(uint32_t port)
global read_port:function (read_port.end - read_port)
read_port:
    mov edx, [esp + 4]
    xor eax, eax
    in al, dx
    ret
.end:

; void write_port(uint32_t port, uint32_t value)
global write_port:function (write_port.end - write_port)
write_port:
    mov edx, [esp + 4]
    mov eax, [esp + 8]
    out dx, al
    ret
.end:

; uint32_t hold_interrupts(void): turns them off and returns the flags as they were
global hold_interrupts:function (hold_interrupts.end - hold_interrupts)
hold_interrupts:
    pushfd
    pop eax
    cli
    ret
.end:

; void release_interrupts(uint32_t flags)
global release_interrupts:function (release_interrupts.end - release_interrupts)
release_interrupts:
    push dword [esp + 4]
    popfd
    ret
.end:

; void wait_for_interrupt(void): interrupts are on from the moment the processor sleeps
global wait_for_interrupt:function (wait_for_interrupt.end - wait_for_interrupt)
wait_for_interrupt:
    sti
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

; void load_idt(const void *idt, uint32_t bytes)
global load_idt:function (load_idt.end - load_idt)
load_idt:
    mov eax, [esp + 4]
    mov edx, [esp + 8]
    dec edx
    sub esp, 8
    mov [esp], dx
    mov [esp + 2], eax
    lidt [esp]
    add esp, 8
    ret
.end:

; uint32_t read_fault_linear(void): CR2
global read_fault_linear:function (read_fault_linear.end - read_fault_linear)
read_fault_linear:
    mov eax, cr2
    ret
.end:

; uint32_t read_directory(void): CR3
global read_directory:function (read_directory.end - read_directory)
read_directory:
    mov eax, cr3
    ret
.end:

; void load_directory(uint32_t directory)
global load_directory:function (load_directory.end - load_directory)
load_directory:
    mov eax, [esp + 4]
    mov cr3, eax
    ret
.end:

; void enable_paging(void): read-only pages hold for ring 0 too
global enable_paging:function (enable_paging.end - enable_paging)
enable_paging:
    mov eax, cr0
    or eax, CR0_PAGING | CR0_WRITE_PROTECT
    mov cr0, eax
    jmp .fetched_through_paging
.fetched_through_paging:
    ret
.end:

; void forget_translation(uint32_t linear)
global forget_translation:function (forget_translation.end - forget_translation)
forget_translation:
    mov eax, [esp + 4]
    invlpg [eax]
    ret
.end:

; void system_call(uint32_t number, uint32_t argument)
global system_call:function (system_call.end - system_call)
system_call:
    push ebx
    mov eax, [esp + 8]
    mov ebx, [esp + 12]
    int SYSTEM_CALL
    pop ebx
    ret
.end:

; uint32_t try_read(uint32_t linear, uint32_t *value): 1, or 0 where no memory can be read
; A page fault at try_read_access goes on at try_read_refused (page_fault, paging.c).
global try_read:function (try_read.end - try_read)
global try_read_access
global try_read_refused
try_read:
    mov eax, [esp + 4]
    mov edx, [esp + 8]
try_read_access:
    mov eax, [eax]
    mov [edx], eax
    mov eax, 1
    ret
try_read_refused:
    xor eax, eax
    ret
try_read.end:

; uint32_t try_write(uint32_t linear, uint32_t value): 1, or 0 where no memory can be written
global try_write:function (try_write.end - try_write)
global try_write_access
global try_write_refused
try_write:
    mov eax, [esp + 4]
    mov edx, [esp + 8]
try_write_access:
    mov [eax], edx
    mov eax, 1
    ret
try_write_refused:
    xor eax, eax
    ret
try_write.end:

; void *memset(void *target, int value, uint32_t bytes): compilers call it too
global memset:function (memset.end - memset)
memset:
    push edi
    mov edi, [esp + 8]
    mov eax, [esp + 12]
    mov ecx, [esp + 16]
    rep stosb
    mov eax, [esp + 8]
    pop edi
    ret
.end:

; void *memcpy(void *target, const void *source, uint32_t bytes): compilers call it too
global memcpy:function (memcpy.end - memcpy)
memcpy:
    push esi
    push edi
    mov edi, [esp + 12]
    mov esi, [esp + 16]
    mov ecx, [esp + 20]
    rep movsb
    mov eax, [esp + 12]
    pop edi
    pop esi
    ret
.end:
