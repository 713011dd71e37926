#include "interrupts.h"

#include "cpu.h"
#include "input.h"
#include "paging.h"
#include "screen.h"
#include "serial.h"
#include "shell.h"
#include "task.h"

#define VECTORS 49u
#define VECTOR_PAGE_FAULT 14u
#define VECTOR_TICK 32u
#define VECTOR_KEYBOARD 33u
#define VECTOR_SERIAL 36u
#define VECTOR_SLAVE 40u
#define VECTOR_CALL 48u

#define PIC1_COMMAND 0x20u
#define PIC1_DATA 0x21u
#define PIC2_COMMAND 0xA0u
#define PIC2_DATA 0xA1u
#define END_OF_INTERRUPT 0x20u
#define MASK_BUT_TICK_KEYBOARD_SERIAL 0xECu
#define MASK_ALL 0xFFu

#define PIT_CHANNEL_0 0x40u
#define PIT_COMMAND 0x43u
#define PIT_SQUARE_WAVE 0x36u
#define PIT_CLOCKS_PER_TICK 59659u /* 20 Hz */

#define GATE_INTERRUPT 0x8E00u
#define GATE_FROM_RING_3 0x6000u

struct gate {
    uint16_t offset_low;
    uint16_t selector;
    uint16_t kind;
    uint16_t offset_high;
};

extern const uint32_t vector_entries[VECTORS];

struct gate idt[VECTORS];

static void set_gate(uint32_t vector, uint32_t kind)
{
    idt[vector].offset_low = (uint16_t)(vector_entries[vector] & 0xFFFFu);
    idt[vector].selector = KERNEL_CODE;
    idt[vector].kind = (uint16_t)kind;
    idt[vector].offset_high = (uint16_t)(vector_entries[vector] >> 16);
}

/* IRQ 0-7 become vectors 32-39, IRQ 8-15 become 40-47. Only the three that somebody serves are let through. */
static void pics_init(void)
{
    write_port(PIC1_COMMAND, 0x11);
    write_port(PIC2_COMMAND, 0x11);
    write_port(PIC1_DATA, VECTOR_TICK);
    write_port(PIC2_DATA, VECTOR_SLAVE);
    write_port(PIC1_DATA, 0x04);
    write_port(PIC2_DATA, 0x02);
    write_port(PIC1_DATA, 0x01);
    write_port(PIC2_DATA, 0x01);
    write_port(PIC1_DATA, MASK_BUT_TICK_KEYBOARD_SERIAL);
    write_port(PIC2_DATA, MASK_ALL);
}

static void pit_init(void)
{
    write_port(PIT_COMMAND, PIT_SQUARE_WAVE);
    write_port(PIT_CHANNEL_0, PIT_CLOCKS_PER_TICK & 0xFFu);
    write_port(PIT_CHANNEL_0, PIT_CLOCKS_PER_TICK >> 8);
}

void interrupts_init(void)
{
    for (uint32_t vector = 0; vector < VECTORS; vector++) {
        set_gate(vector, GATE_INTERRUPT);
    }
    set_gate(VECTOR_CALL, GATE_INTERRUPT | GATE_FROM_RING_3);
    load_idt(idt, sizeof idt);
    pics_init();
    pit_init();
}

/* The slave PIC is masked, so every IRQ comes from the master. */
static void end_of_interrupt(void)
{
    write_port(PIC1_COMMAND, END_OF_INTERRUPT);
}

static struct frame *call_received(struct frame *frame)
{
    switch (frame->eax) {
    case CALL_YIELD:
        return schedule(frame);
    case CALL_END:
        return task_end(frame);
    case CALL_SLEEP:
        return task_sleep(frame, frame->ebx);
    case CALL_WAIT_KEY:
        return task_wait_for_input(frame);
    case CALL_SAY:
        announce((const char *)(uintptr_t)frame->ebx);
        return frame;
    default:
        return frame;
    }
}

/* An exception ends the task that made it; the kernel and its shell don't survive one. */
static struct frame *exception_received(struct frame *frame)
{
    if (frame->vector == VECTOR_PAGE_FAULT && page_fault(frame)) {
        return frame;
    }
    log_number("exception ", frame->vector, 10);
    if (frame->vector == VECTOR_PAGE_FAULT) {
        log_number("at linear ", read_fault_linear(), 16);
    }
    if (!task_may_end(current_task)) {
        announce("the kernel has stopped");
        halt_forever();
    }
    announce(frame->vector == VECTOR_PAGE_FAULT ? "ended by a page fault" : "ended by an exception");
    return task_end(frame);
}

/* Returns the frame to go on with. Interrupts are off: all gates are interrupt gates. */
struct frame *interrupt_received(struct frame *frame)
{
    switch (frame->vector) {
    case VECTOR_TICK:
        end_of_interrupt();
        return task_tick(frame);
    case VECTOR_KEYBOARD:
        end_of_interrupt();
        keyboard_received();
        return task_input(frame);
    case VECTOR_SERIAL:
        end_of_interrupt();
        serial_received();
        return task_input(frame);
    case VECTOR_CALL:
        return call_received(frame);
    default:
        return frame->vector < VECTOR_TICK ? exception_received(frame) : frame;
    }
}
