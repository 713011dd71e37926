#include "paging.h"

#include "cpu.h"
#include "frames.h"
#include "serial.h"

#define ENTRIES 1024u
#define TABLE_BYTES (ENTRIES * PAGE_BYTES)
#define FRAME_MASK 0xFFFFF000u
#define FAULT_PROTECTION 1u

/* cpu.asm: the two instructions that may fault, and where they go on then. */
extern unsigned char try_read_access[];
extern unsigned char try_read_refused[];
extern unsigned char try_write_access[];
extern unsigned char try_write_refused[];

uint32_t kernel_directory;

/* Frames lie in the kernel's part of every space, where linear is physical. */
static uint32_t *entries_of(uint32_t physical)
{
    return (uint32_t *)(uintptr_t)(physical & FRAME_MASK);
}

static uint32_t zeroed_frame(void)
{
    uint32_t physical = frame_alloc();

    if (physical != 0) {
        memset(entries_of(physical), 0, PAGE_BYTES);
    }
    return physical;
}

static void fill_kernel_table(uint32_t number)
{
    uint32_t table = zeroed_frame();

    for (uint32_t entry = 0; entry < ENTRIES; entry++) {
        entries_of(table)[entry] = (number * ENTRIES + entry) * PAGE_BYTES | PAGE_PRESENT | PAGE_WRITABLE;
    }
    entries_of(kernel_directory)[number] = table | PAGE_PRESENT | PAGE_WRITABLE;
}

/* Page 0 is left out, so that an access through a null pointer shows. */
void paging_init(void)
{
    kernel_directory = zeroed_frame();
    for (uint32_t number = 0; number < KERNEL_TABLES; number++) {
        fill_kernel_table(number);
    }
    entries_of(entries_of(kernel_directory)[0])[0] = 0;
    load_directory(kernel_directory);
    enable_paging();
}

uint32_t space_create(void)
{
    uint32_t directory = zeroed_frame();

    if (directory != 0) {
        for (uint32_t number = 0; number < KERNEL_TABLES; number++) {
            entries_of(directory)[number] = entries_of(kernel_directory)[number];
        }
    }
    return directory;
}

/* Pages that are no frames of the pool, such as the program's, belong to somebody else. */
static void free_table(uint32_t table)
{
    for (uint32_t entry = 0; entry < ENTRIES; entry++) {
        uint32_t page = entries_of(table)[entry];

        if ((page & PAGE_PRESENT) != 0 && frame_is_ours(page & FRAME_MASK)) {
            frame_free(page & FRAME_MASK);
        }
    }
    frame_free(table & FRAME_MASK);
}

/* The space must not be the one in CR3. */
void space_destroy(uint32_t directory)
{
    for (uint32_t number = KERNEL_TABLES; number < ENTRIES; number++) {
        uint32_t table = entries_of(directory)[number];

        if ((table & PAGE_PRESENT) != 0) {
            free_table(table);
        }
    }
    frame_free(directory);
}

uint32_t space_pages(uint32_t directory)
{
    uint32_t pages = 0;

    for (uint32_t number = KERNEL_TABLES; number < ENTRIES; number++) {
        uint32_t table = entries_of(directory)[number];

        for (uint32_t entry = 0; (table & PAGE_PRESENT) != 0 && entry < ENTRIES; entry++) {
            uint32_t page = entries_of(table)[entry];

            pages += (page & PAGE_PRESENT) != 0 && frame_is_ours(page & FRAME_MASK);
        }
    }
    return pages;
}

/* The entry that maps a page, or 0 when its table isn't there. */
static uint32_t *page_entry(uint32_t directory, uint32_t linear)
{
    uint32_t table = entries_of(directory)[linear / TABLE_BYTES];

    return (table & PAGE_PRESENT) == 0 ? 0 : &entries_of(table)[linear / PAGE_BYTES % ENTRIES];
}

/* Makes the table if it must. Returns 0 when there is no frame for it. */
int map_page(uint32_t directory, uint32_t linear, uint32_t physical, uint32_t flags)
{
    uint32_t *entry = page_entry(directory, linear);

    if (entry == 0) {
        uint32_t table = zeroed_frame();

        if (table == 0) {
            return 0;
        }
        entries_of(directory)[linear / TABLE_BYTES] = table | PAGE_PRESENT | PAGE_WRITABLE | PAGE_USER;
        entry = page_entry(directory, linear);
    }
    *entry = physical | flags | PAGE_PRESENT;
    forget_translation(linear);
    return 1;
}

int unmap_page(uint32_t directory, uint32_t linear)
{
    uint32_t *entry = page_entry(directory, linear);
    uint32_t physical;

    if (entry == 0 || (*entry & PAGE_PRESENT) == 0) {
        return 0;
    }
    physical = *entry & FRAME_MASK;
    *entry = 0;
    forget_translation(linear);
    frame_free(physical);
    return 1;
}

/* From now on the page can only be read, by ring 0 too. */
int protect_page(uint32_t directory, uint32_t linear)
{
    uint32_t *entry = page_entry(directory, linear);

    if (entry == 0 || (*entry & PAGE_PRESENT) == 0) {
        return 0;
    }
    *entry &= ~PAGE_WRITABLE;
    forget_translation(linear);
    return 1;
}

/* Gives the arena of the space in CR3 the page that was missed. */
static int page_in(uint32_t linear)
{
    uint32_t physical = zeroed_frame();

    if (physical == 0) {
        log_line("paging: no frame is left");
        return 0;
    }
    if (!map_page(read_directory(), linear & FRAME_MASK, physical, PAGE_WRITABLE | PAGE_USER)) {
        frame_free(physical);
        return 0;
    }
    log_number("paging: page in at ", linear & FRAME_MASK, 16);
    return 1;
}

int page_fault(struct frame *frame)
{
    uint32_t linear = read_fault_linear();

    if ((frame->error & FAULT_PROTECTION) == 0 && linear >= ARENA_START && linear < ARENA_END && page_in(linear)) {
        return 1;
    }
    if (frame->eip == (uint32_t)(uintptr_t)try_read_access) {
        frame->eip = (uint32_t)(uintptr_t)try_read_refused;
        return 1;
    }
    if (frame->eip == (uint32_t)(uintptr_t)try_write_access) {
        frame->eip = (uint32_t)(uintptr_t)try_write_refused;
        return 1;
    }
    return 0;
}
