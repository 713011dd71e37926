#include "paging.h"

#include "cpu.h"
#include "heap.h"

unsigned int *page_directory;

/* RAM need not be zero, so every entry is written: a stale one might look present. */
void create_page_directory(void)
{
    page_directory = kalloc(PAGE_BYTES);

    for (unsigned int entry = 0; entry < PAGE_ENTRIES; entry++) {
        page_directory[entry] = 0;
    }
}

/* Maps the 4 MiB with this number onto themselves. */
void create_page_table(unsigned int number)
{
    unsigned int *table = kalloc(PAGE_BYTES);
    unsigned int frame = number * PAGE_ENTRIES;

    for (unsigned int entry = 0; entry < PAGE_ENTRIES; entry++) {
        table[entry] = (frame + entry) * PAGE_BYTES | PAGE_PRESENT | PAGE_WRITABLE;
    }
    page_directory[number] = (unsigned int)table | PAGE_PRESENT | PAGE_WRITABLE;
}

void paging_init(void)
{
    create_page_directory();
    for (unsigned int number = 0; number < PAGE_TABLES; number++) {
        create_page_table(number);
    }
    load_page_directory(page_directory);
    enable_paging();
}

/* Nobody calls this at boot: it lets a test read any linear address from inside the kernel. */
__attribute__((used, noinline)) unsigned int peek(const unsigned int *location)
{
    return *(const volatile unsigned int *)location;
}
