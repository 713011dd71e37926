/* Characters from the keyboard and from COM1, in one queue. */
#ifndef INPUT_H
#define INPUT_H

#include <stdint.h>

void input_init(void);
int input_is_empty(void);
void input_put(char character); /* lost when the queue is full */
char input_wait(void);
void keyboard_received(void);

#endif
