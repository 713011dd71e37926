#include "frames.h"

#include "cpu.h"
#include "serial.h"

#define BITS 32u

/* From the linker: the end of the heap. */
extern unsigned char frame_area[];

/* A set bit is a frame in use; bit 0 of word 0 is the first. */
uint32_t frame_bitmap[FRAMES / BITS];

void frames_init(void)
{
    for (uint32_t word = 0; word < FRAMES / BITS; word++) {
        frame_bitmap[word] = 0;
    }
}

static uint32_t first_frame(void)
{
    return (uint32_t)(uintptr_t)frame_area;
}

/* The lowest clear bit; FRAMES when all are set. */
static uint32_t find_free_frame(void)
{
    uint32_t frame = 0;

    while (frame < FRAMES && (frame_bitmap[frame / BITS] >> frame % BITS & 1u) != 0) {
        frame++;
    }
    return frame;
}

/* The frame's bytes are what its last user left. */
uint32_t frame_alloc(void)
{
    uint32_t flags = hold_interrupts();
    uint32_t frame = find_free_frame();
    uint32_t physical = 0;

    if (frame < FRAMES) {
        frame_bitmap[frame / BITS] |= 1u << frame % BITS;
        physical = first_frame() + frame * PAGE_BYTES;
    }
    release_interrupts(flags);
    return physical;
}

int frame_is_ours(uint32_t physical)
{
    return physical >= first_frame() && physical - first_frame() < FRAMES * PAGE_BYTES;
}

void frame_free(uint32_t physical)
{
    uint32_t flags = hold_interrupts();
    uint32_t frame = (physical - first_frame()) / PAGE_BYTES;

    if (frame_is_ours(physical) && (frame_bitmap[frame / BITS] >> frame % BITS & 1u) != 0) {
        frame_bitmap[frame / BITS] &= ~(1u << frame % BITS);
    } else {
        log_line("frames: frame_free of what is not in use");
    }
    release_interrupts(flags);
}

uint32_t frames_left(void)
{
    uint32_t flags = hold_interrupts();
    uint32_t left = 0;

    for (uint32_t frame = 0; frame < FRAMES; frame++) {
        left += 1u - (frame_bitmap[frame / BITS] >> frame % BITS & 1u);
    }
    release_interrupts(flags);
    return left;
}
