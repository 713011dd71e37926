/* The frame pool: FRAMES pages of physical memory behind the heap, one bit for each. */
#ifndef FRAMES_H
#define FRAMES_H

#include <stdint.h>

#define PAGE_BYTES 4096u
#define FRAMES 256u

void frames_init(void);
uint32_t frame_alloc(void); /* a physical address, or 0 when none is left */
void frame_free(uint32_t physical);
int frame_is_ours(uint32_t physical);
uint32_t frames_left(void);

#endif
