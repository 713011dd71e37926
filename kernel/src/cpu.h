#ifndef CPU_H
#define CPU_H

struct context;

unsigned int read_port(unsigned int port);
void write_port(unsigned int port, unsigned int value);
void enable_interrupts(void);
unsigned int hold_interrupts(void);
void release_interrupts(unsigned int flags);
void wait_for_interrupt(void);
__attribute__((noreturn)) void halt_forever(void);
void load_page_directory(const unsigned int *directory);
void enable_paging(void);
__attribute__((noreturn)) void run_process(const struct context *context);

#endif
