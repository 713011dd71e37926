#ifndef PAGING_H
#define PAGING_H

#define PAGE_BYTES 4096u
#define PAGE_ENTRIES 1024u
#define PAGE_TABLES 3u
#define MAPPED_MIB (PAGE_TABLES * 4u)

#define PAGE_PRESENT 1u
#define PAGE_WRITABLE 2u
#define PAGE_USER 4u

void paging_init(void);
unsigned int peek(const unsigned int *location);

#endif
