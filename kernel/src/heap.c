#include "heap.h"

unsigned int heap_base;

void heap_init(void)
{
    heap_base = HEAP_START;
}

/* Nothing is rounded, checked or ever freed: what must be aligned has to be asked for first. */
void *kalloc(unsigned int bytes)
{
    unsigned int result = heap_base;

    heap_base += bytes;
    return (void *)result;
}
