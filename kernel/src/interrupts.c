#include "interrupts.h"

#include "cpu.h"
#include "scheduler.h"
#include "screen.h"

#define VECTOR_TICK 32u
#define VECTOR_KEYBOARD 33u
#define VECTOR_SLAVE 40u
#define VECTOR_AFTER_IRQS 48u

#define PIC1_COMMAND 0x20u
#define PIC2_COMMAND 0xA0u
#define END_OF_INTERRUPT 0x20u
#define KEYBOARD_DATA 0x60u

/* Tells the PICs that an IRQ is served. Other vectors are none of their business. */
void end_of_interrupt(unsigned int vector)
{
    if (vector < VECTOR_TICK || vector >= VECTOR_AFTER_IRQS) {
        return;
    }
    if (vector >= VECTOR_SLAVE) {
        write_port(PIC2_COMMAND, END_OF_INTERRUPT);
    }
    write_port(PIC1_COMMAND, END_OF_INTERRUPT);
}

void report_interrupt(unsigned int vector)
{
    print("Interrupt Received ");
    printi((int)vector);
    println("");
}

/* Every interrupt and exception comes here. An exception is the end. */
void interrupt_received(struct interrupt_frame *frame)
{
    if (frame->vector == VECTOR_TICK) {
        end_of_interrupt(frame->vector);
        scheduler(frame);
    }
    if (frame->vector == VECTOR_KEYBOARD) {
        read_port(KEYBOARD_DATA);
    }
    report_interrupt(frame->vector);
    if (frame->vector < VECTOR_TICK) {
        halt_forever();
    }
    end_of_interrupt(frame->vector);
}
