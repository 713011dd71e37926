#ifndef INTERRUPTS_H
#define INTERRUPTS_H

/* What isr_common leaves on the stack, lowest address first. */
struct interrupt_frame {
    unsigned int edi;
    unsigned int esi;
    unsigned int ebp;
    unsigned int esp_within_isr;
    unsigned int ebx;
    unsigned int edx;
    unsigned int ecx;
    unsigned int eax;
    unsigned int vector;
    unsigned int error_code;
    unsigned int eip;
    unsigned int cs;
    unsigned int eflags;
};

void interrupt_received(struct interrupt_frame *frame);

#endif
