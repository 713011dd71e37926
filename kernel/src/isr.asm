; One entry per vector. Each leaves the same frame (struct interrupt_frame, interrupts.h) and calls
; interrupt_received with its address.

extern interrupt_received

section .text
bits 32

%macro isr 1
global isr_%1:function (isr_%1.end - isr_%1)
isr_%1:
%if %1 != 8 && %1 != 17 && !(%1 >= 10 && %1 <= 14)
    push dword 0                ; where these push an error code
%endif
    push dword %1
    jmp isr_common
.end:
%endmacro

%assign vector 0
%rep 49
    isr vector
%assign vector vector + 1
%endrep

global isr_common:function (isr_common.end - isr_common)
isr_common:
    pushad
    cld
    push esp
    call interrupt_received
    add esp, 4
    popad
    add esp, 8                  ; vector and error code
    iretd
.end:
