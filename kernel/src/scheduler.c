#include "scheduler.h"

#include "cpu.h"
#include "process.h"

/* 0 until the first tick takes the CPU from kernel_main, which never gets it back. */
struct process *current_process;
/* Whose turn comes with the next tick. */
unsigned int next_pid;

void scheduler_init(void)
{
    current_process = 0;
    next_pid = 0;
}

/* ESP is what it was before the interrupt, which pushed the frame: within one ring it saves no ESP. */
void save_context(struct context *context, const struct interrupt_frame *frame)
{
    context->edi = frame->edi;
    context->esi = frame->esi;
    context->ebp = frame->ebp;
    context->esp = (unsigned int)(frame + 1);
    context->ebx = frame->ebx;
    context->edx = frame->edx;
    context->ecx = frame->ecx;
    context->eax = frame->eax;
    context->eip = frame->eip;
    context->eflags = frame->eflags;
}

struct process *next_process(void)
{
    unsigned int pid = next_pid % process_count;

    next_pid = pid + 1;
    return processes[pid];
}

/* Takes the CPU from the process that was interrupted and gives it to the next one in turn. */
void scheduler(const struct interrupt_frame *frame)
{
    if (current_process != 0) {
        save_context(&current_process->context, frame);
        current_process->state = PROCESS_READY;
    }
    current_process = next_process();
    current_process->state = PROCESS_RUNNING;
    run_process(&current_process->context);
}
