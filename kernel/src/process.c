#include "process.h"

#include "heap.h"

/* Bit 1 is always set; bit 9 lets interrupts in. */
#define INITIAL_EFLAGS 0x202u

struct process **processes;
unsigned int process_count;

void process_init(void)
{
    processes = kalloc(PROCESSES_AT_MOST * sizeof(struct process *));
    process_count = 0;
    for (unsigned int pid = 0; pid < PROCESSES_AT_MOST; pid++) {
        processes[pid] = 0;
    }
}

/* The stack starts with a return address of 0, which ends the chain of callers: no process returns. */
void context_init(struct context *context, void (*entry)(void), unsigned char *stack)
{
    unsigned int *top = (unsigned int *)(stack + STACK_BYTES) - 1;

    *top = 0;
    context->edi = 0;
    context->esi = 0;
    context->ebp = 0;
    context->esp = (unsigned int)top;
    context->ebx = 0;
    context->edx = 0;
    context->ecx = 0;
    context->eax = 0;
    context->eip = (unsigned int)entry;
    context->eflags = INITIAL_EFLAGS;
}

/* Returns the new process, ready to run, or 0 when the table is full. */
struct process *process_create(void (*entry)(void))
{
    struct process *process;

    if (process_count == PROCESSES_AT_MOST) {
        return 0;
    }
    process = kalloc(sizeof(struct process));
    process->pid = process_count;
    process->state = PROCESS_READY;
    process->stack = kalloc(STACK_BYTES);
    context_init(&process->context, entry, process->stack);
    processes[process_count] = process;
    process_count++;
    return process;
}
