/* COM1: a log to it, input from it. Logging never waits for an interrupt, so it may be used inside of one. */
#ifndef SERIAL_H
#define SERIAL_H

#include <stdint.h>

void serial_init(void);
void serial_received(void);
void log_line(const char *text);
void log_text(const char *label, const char *text);
void log_number(const char *label, uint32_t number, uint32_t radix);

#endif
