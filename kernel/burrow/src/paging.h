/*
 * Address spaces. Each is a page directory, known by its physical address. The first KERNEL_TABLES entries are the same
 * in all: memory as it is, but for page 0. From ARENA_START on every space has its own arena, whose pages come with
 * the first access.
 */
#ifndef PAGING_H
#define PAGING_H

#include <stdint.h>

#include "interrupts.h"

#define KERNEL_TABLES 2u
#define ARENA_START 0x40000000u
#define ARENA_END 0x40100000u
#define USER_CODE ARENA_END

#define PAGE_PRESENT 1u
#define PAGE_WRITABLE 2u
#define PAGE_USER 4u

extern uint32_t kernel_directory;

void paging_init(void);
uint32_t space_create(void); /* 0 when there are too few frames */
void space_destroy(uint32_t directory);
uint32_t space_pages(uint32_t directory); /* frames mapped beyond the kernel's part */

int map_page(uint32_t directory, uint32_t linear, uint32_t physical, uint32_t flags);
int unmap_page(uint32_t directory, uint32_t linear); /* frees the frame; whether there was one */
int protect_page(uint32_t directory, uint32_t linear);

int page_fault(struct frame *frame); /* whether the task can go on */

#endif
