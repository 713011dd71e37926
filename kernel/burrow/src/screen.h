/* The 80x25 text screen: a status row on top, and below it text that scrolls. */
#ifndef SCREEN_H
#define SCREEN_H

#include <stdint.h>

void screen_init(void);
void print(const char *text);
void print_number(uint32_t number, uint32_t radix);
void print_padded(const char *text, uint32_t width);
void print_line(const char *text);
void erase_character(void); /* the one before the cursor */
void erase_row(void);       /* the one with the cursor */
void show_status(void);
void show_beat(char character); /* at the right end of the status row */

#endif
