#ifndef SCHEDULER_H
#define SCHEDULER_H

#include "interrupts.h"

void scheduler_init(void);
__attribute__((noreturn)) void scheduler(const struct interrupt_frame *frame);

#endif
