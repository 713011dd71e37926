#include "task.h"

#include "cpu.h"
#include "frames.h"
#include "heap.h"
#include "input.h"
#include "paging.h"
#include "screen.h"
#include "serial.h"

#define INITIAL_EFLAGS 0x202u /* interrupts on; bit 1 is always set */
#define LAST_KEPT_ID 1u       /* the idle task and the shell */
#define TSS_ESP0 1

extern uint32_t tss[];
/* user.asm: a page of its own. */
extern unsigned char user_program[];

struct task *current_task;
struct task *idle_task;
uint32_t tick_count;
uint32_t next_id;

static struct task *task_allocate(const char *name)
{
    struct task *task = bcalloc(1, sizeof(struct task));

    if (task != 0) {
        task->id = next_id;
        task->name = name;
        task->state = TASK_READY;
        next_id++;
    }
    return task;
}

void tasks_init(void)
{
    tick_count = 0;
    next_id = 0;
    idle_task = task_allocate("idle");
    idle_task->state = TASK_RUNNING;
    idle_task->directory = kernel_directory;
    idle_task->next = idle_task;
    current_task = idle_task;
}

/* Behind the last one, so that it gets its first turn after all that wait for one now. */
static void ring_append(struct task *task)
{
    struct task *last = idle_task;

    while (last->next != idle_task) {
        last = last->next;
    }
    task->next = idle_task;
    last->next = task;
}

static void ring_remove(struct task *task)
{
    struct task *before = idle_task;

    while (before->next != task) {
        before = before->next;
    }
    before->next = task->next;
}

static void task_destroy(struct task *task)
{
    if (task->directory != 0) {
        space_destroy(task->directory);
    }
    if (task->stack != 0) {
        frame_free(task->stack);
    }
    bfree(task);
}

/* A task with a space and a stack, not yet in the ring; 0 when memory does not suffice. */
static struct task *task_prepare(const char *name)
{
    struct task *task = task_allocate(name);

    if (task == 0) {
        return 0;
    }
    task->directory = space_create();
    task->stack = frame_alloc();
    if (task->directory == 0 || task->stack == 0) {
        task_destroy(task);
        return 0;
    }
    return task;
}

static uint32_t *stack_top(const struct task *task)
{
    return (uint32_t *)(uintptr_t)(task->stack + PAGE_BYTES);
}

static void frame_init(struct frame *frame, uint32_t code, uint32_t data, uint32_t eip)
{
    frame->es = data;
    frame->ds = data;
    frame->edi = 0;
    frame->esi = 0;
    frame->ebp = 0;
    frame->esp_in_pushad = 0;
    frame->ebx = 0;
    frame->edx = 0;
    frame->ecx = 0;
    frame->eax = 0;
    frame->vector = 0;
    frame->error = 0;
    frame->eip = eip;
    frame->cs = code;
    frame->eflags = INITIAL_EFLAGS;
}

/* In ring 0 the words where ESP and SS would be are what the entry finds on its stack: where to return, which is
   nowhere, and its argument. */
struct task *task_create(const char *name, task_entry *entry, uint32_t argument)
{
    uint32_t flags = hold_interrupts();
    struct task *task = task_prepare(name);

    if (task != 0) {
        task->frame = (struct frame *)stack_top(task) - 1;
        frame_init(task->frame, KERNEL_CODE, KERNEL_DATA, (uint32_t)(uintptr_t)entry);
        task->frame->esp = 0;
        task->frame->ss = argument;
        ring_append(task);
        log_text("task begins: ", name);
    }
    release_interrupts(flags);
    return task;
}

/* The program's page belongs to the kernel. Its stack is the arena's last page, which comes when it is touched. */
struct task *user_task_create(const char *name)
{
    uint32_t flags = hold_interrupts();
    struct task *task = task_prepare(name);

    if (task != 0 && !map_page(task->directory, USER_CODE, (uint32_t)(uintptr_t)user_program, PAGE_USER)) {
        task_destroy(task);
        task = 0;
    }
    if (task != 0) {
        task->frame = (struct frame *)stack_top(task) - 1;
        frame_init(task->frame, USER_CODE_SELECTOR, USER_DATA_SELECTOR, USER_CODE);
        task->frame->esp = ARENA_END;
        task->frame->ss = USER_DATA_SELECTOR;
        ring_append(task);
        log_text("task begins: ", name);
    }
    release_interrupts(flags);
    return task;
}

struct task *task_find(uint32_t id)
{
    struct task *task = idle_task;

    do {
        if (task->id == id) {
            return task;
        }
        task = task->next;
    } while (task != idle_task);
    return 0;
}

int task_may_end(const struct task *task)
{
    return task->id > LAST_KEPT_ID;
}

/* The next tick takes it out of the ring. */
int task_kill(uint32_t id)
{
    uint32_t flags = hold_interrupts();
    struct task *task = task_find(id);
    int may_end = task != 0 && task_may_end(task) && task->state != TASK_ENDED;

    if (may_end) {
        task->state = TASK_ENDED;
    }
    release_interrupts(flags);
    return may_end;
}

uint32_t tasks_count(void)
{
    uint32_t flags = hold_interrupts();
    uint32_t count = 1;

    for (struct task *task = idle_task->next; task != idle_task; task = task->next) {
        count++;
    }
    release_interrupts(flags);
    return count;
}

/* Whose turn it is: the first ready one behind the current one, and the idle task when there is none. */
static struct task *next_ready(void)
{
    struct task *task = current_task;

    do {
        task = task->next;
        if (task != idle_task && task->state == TASK_READY) {
            return task;
        }
    } while (task != current_task);
    return idle_task;
}

struct frame *schedule(struct frame *frame)
{
    struct task *next;

    current_task->frame = frame;
    if (current_task->state == TASK_RUNNING) {
        current_task->state = TASK_READY;
    }
    next = next_ready();
    next->state = TASK_RUNNING;
    if (next->directory != current_task->directory) {
        load_directory(next->directory);
    }
    if (next->stack != 0) {
        tss[TSS_ESP0] = (uint32_t)(uintptr_t)stack_top(next);
    }
    current_task = next;
    return next->frame;
}

/* An ended task is never the one that was interrupted, so its stack and space are out of use. */
static void reap(void)
{
    struct task *task = idle_task->next;

    while (task != idle_task) {
        struct task *next = task->next;

        if (task->state == TASK_ENDED) {
            log_text("task ends: ", task->name);
            ring_remove(task);
            task_destroy(task);
            show_status();
        }
        task = next;
    }
}

static void wake_sleepers(void)
{
    for (struct task *task = idle_task->next; task != idle_task; task = task->next) {
        if (task->state == TASK_SLEEPING && task->wake_tick == tick_count) {
            task->state = TASK_READY;
        }
    }
}

struct frame *task_tick(struct frame *frame)
{
    tick_count++;
    reap();
    wake_sleepers();
    return schedule(frame);
}

/* Whoever waits for input may go on; at once, if nobody else has something to do. */
struct frame *task_input(struct frame *frame)
{
    for (struct task *task = idle_task->next; task != idle_task; task = task->next) {
        if (task->state == TASK_WAITING && !input_is_empty()) {
            task->state = TASK_READY;
        }
    }
    return current_task == idle_task ? schedule(frame) : frame;
}

struct frame *task_end(struct frame *frame)
{
    current_task->state = TASK_ENDED;
    return schedule(frame);
}

struct frame *task_sleep(struct frame *frame, uint32_t ticks)
{
    if (ticks != 0) {
        current_task->state = TASK_SLEEPING;
        current_task->wake_tick = tick_count + ticks;
    }
    return schedule(frame);
}

struct frame *task_wait_for_input(struct frame *frame)
{
    if (!input_is_empty()) {
        return frame;
    }
    current_task->state = TASK_WAITING;
    return schedule(frame);
}
