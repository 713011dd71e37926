/* The heap: blocks that are split, merged and found by first fit. Results are multiples of 8, or 0 for "no room". */
#ifndef HEAP_H
#define HEAP_H

#include <stdint.h>

#define HEAP_BYTES 0x20000u

struct heap_use {
    uint32_t blocks;
    uint32_t bytes; /* with headers */
    uint32_t free_blocks;
    uint32_t largest_free; /* with its header */
};

void heap_init(void);
void *bmalloc(uint32_t bytes);
void *bcalloc(uint32_t count, uint32_t bytes);
void *brealloc(void *old, uint32_t bytes);
void bfree(void *bytes);
struct heap_use heap_measure(void);
uint32_t heap_offset(const void *bytes);

#endif
