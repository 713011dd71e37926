; One entry per vector. Each leaves the same frame (struct frame, interrupts.h) on the stack of the task that was
; interrupted. interrupt_received returns the frame to go on with, which may be another task's.

extern interrupt_received

%define VECTORS 49
%define KERNEL_DATA 10h

section .text
bits 32

%macro entry 1
global vector_%1:function (vector_%1.end - vector_%1)
vector_%1:
%if %1 != 8 && %1 != 17 && !(%1 >= 10 && %1 <= 14)
    push dword 0                ; where these push an error code
%endif
    push dword %1
    jmp interrupt_common
.end:
%endmacro

%assign vector 0
%rep VECTORS
    entry vector
%assign vector vector + 1
%endrep

global interrupt_common:function (interrupt_common.end - interrupt_common)
interrupt_common:
    pushad
    push ds
    push es
    mov ax, KERNEL_DATA
    mov ds, ax
    mov es, ax
    cld
    push esp
    call interrupt_received
    mov esp, eax
    pop es
    pop ds
    popad
    add esp, 8                  ; vector and error code
    iretd
.end:

section .rodata

align 4
global vector_entries:data (vector_entries.end - vector_entries)
vector_entries:
%assign vector 0
%rep VECTORS
%xdefine label vector_ %+ vector
    dd label
%assign vector vector + 1
%endrep
.end:
