#ifndef SCREEN_H
#define SCREEN_H

void screen_init(void);
void print(const char *text);
void println(const char *text);
void printi(int number);

#endif
