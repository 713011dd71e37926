/* cpu.asm. */
#ifndef CPU_H
#define CPU_H

#include <stdint.h>

uint32_t read_port(uint32_t port);
void write_port(uint32_t port, uint32_t value);

uint32_t hold_interrupts(void);
void release_interrupts(uint32_t flags);
void wait_for_interrupt(void);
void halt_forever(void) __attribute__((noreturn));
void load_idt(const void *idt, uint32_t bytes);

uint32_t read_fault_linear(void);
uint32_t read_directory(void);
void load_directory(uint32_t directory);
void enable_paging(void);
void forget_translation(uint32_t linear);

void system_call(uint32_t number, uint32_t argument);
uint32_t try_read(uint32_t linear, uint32_t *value);
uint32_t try_write(uint32_t linear, uint32_t value);

void *memset(void *target, int value, uint32_t bytes);
void *memcpy(void *target, const void *source, uint32_t bytes);

#endif
