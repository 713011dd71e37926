/* Vectors, what an entry leaves on the stack (vectors.asm), and the calls of INT 30h. */
#ifndef INTERRUPTS_H
#define INTERRUPTS_H

#include <stdint.h>

struct frame {
    uint32_t es;
    uint32_t ds;
    uint32_t edi;
    uint32_t esi;
    uint32_t ebp;
    uint32_t esp_in_pushad;
    uint32_t ebx;
    uint32_t edx;
    uint32_t ecx;
    uint32_t eax;
    uint32_t vector;
    uint32_t error;
    uint32_t eip;
    uint32_t cs;
    uint32_t eflags;
    uint32_t esp; /* this and SS only when ring 3 was interrupted */
    uint32_t ss;
};

#define KERNEL_CODE 0x08u
#define KERNEL_DATA 0x10u
#define USER_CODE_SELECTOR 0x1Bu
#define USER_DATA_SELECTOR 0x23u

/* EAX at INT 30h; the argument is in EBX. */
#define CALL_YIELD 0u
#define CALL_END 1u
#define CALL_SLEEP 2u    /* so many ticks */
#define CALL_WAIT_KEY 3u /* until there is input */
#define CALL_SAY 4u      /* a text */

void interrupts_init(void);
struct frame *interrupt_received(struct frame *frame);

#endif
