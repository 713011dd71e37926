/* Tasks take turns. Each has a stack of one frame, an address space, and while it waits a frame on its stack. */
#ifndef TASK_H
#define TASK_H

#include <stdint.h>

#include "interrupts.h"

enum task_state { TASK_READY, TASK_RUNNING, TASK_SLEEPING, TASK_WAITING, TASK_ENDED };

struct task {
    uint32_t id;
    const char *name;
    enum task_state state;
    uint32_t wake_tick; /* while it sleeps */
    uint32_t directory;
    uint32_t stack; /* 0: it runs on the boot stack */
    struct frame *frame;
    struct task *next; /* a ring; the idle task is always in it */
};

typedef void task_entry(uint32_t argument);

extern struct task *current_task;
extern struct task *idle_task;

void tasks_init(void); /* what runs now becomes task 0, which runs when nobody else wants to */
struct task *task_create(const char *name, task_entry *entry, uint32_t argument);
struct task *user_task_create(const char *name);
struct task *task_find(uint32_t id);
int task_may_end(const struct task *task);
int task_kill(uint32_t id);
uint32_t tasks_count(void);

/* These return the frame to go on with. */
struct frame *schedule(struct frame *frame);
struct frame *task_tick(struct frame *frame);
struct frame *task_input(struct frame *frame);
struct frame *task_end(struct frame *frame);
struct frame *task_sleep(struct frame *frame, uint32_t ticks);
struct frame *task_wait_for_input(struct frame *frame);

#endif
