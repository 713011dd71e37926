#ifndef PROCESS_H
#define PROCESS_H

#define PROCESSES_AT_MOST 15u
#define STACK_BYTES 1024u

/* What a process has in the CPU when it does not run. run_process (cpu.asm) knows the offsets. */
struct context {
    unsigned int edi;
    unsigned int esi;
    unsigned int ebp;
    unsigned int esp;
    unsigned int ebx;
    unsigned int edx;
    unsigned int ecx;
    unsigned int eax;
    unsigned int eip;
    unsigned int eflags;
};

enum process_state { PROCESS_READY, PROCESS_RUNNING };

/* The process control block. */
struct process {
    unsigned int pid;
    enum process_state state;
    struct context context;
    unsigned char *stack;
};

extern struct process **processes;
extern unsigned int process_count;

void process_init(void);
struct process *process_create(void (*entry)(void));

#endif
