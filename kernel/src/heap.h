#ifndef HEAP_H
#define HEAP_H

#define HEAP_START 0x100000u

void heap_init(void);
void *kalloc(unsigned int bytes);

#endif
