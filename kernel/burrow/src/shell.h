/* The shell, task 1. */
#ifndef SHELL_H
#define SHELL_H

#include <stdint.h>

void shell(uint32_t argument);
void announce(const char *text); /* a line from the current task, above the one that is being typed */

#endif
