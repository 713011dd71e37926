#include "heap.h"

#include "cpu.h"
#include "serial.h"

#define IN_USE 1u
#define HEADER_BYTES 8u
#define SMALLEST_BLOCK 16u
#define ALIGNMENT 8u

/* A block and its header. The last two members are there while it is free, in the bytes that a user gets. */
struct block {
    uint32_t size;        /* with the header; bit 0 tells whether it is in use */
    uint32_t size_before; /* of the block right below; 0 for the first */
    struct block *next;   /* the free blocks, by address */
    struct block *previous;
};

/* From the linker: the first page after the kernel, and HEAP_BYTES beyond it. */
extern unsigned char heap_area[];

struct block *free_list;

static uint32_t size_of(const struct block *block)
{
    return block->size & ~IN_USE;
}

static struct block *block_at(const void *address, uint32_t offset)
{
    return (struct block *)((uintptr_t)address + offset);
}

static struct block *block_after(const struct block *block)
{
    return block_at(block, size_of(block));
}

static struct block *block_before(const struct block *block)
{
    return (struct block *)((uintptr_t)block - block->size_before);
}

static int is_free(const struct block *block)
{
    return (block->size & IN_USE) == 0;
}

static void *bytes_of(struct block *block)
{
    return block_at(block, HEADER_BYTES);
}

static struct block *block_of(const void *bytes)
{
    return (struct block *)((uintptr_t)bytes - HEADER_BYTES);
}

static void set_size(struct block *block, uint32_t size, uint32_t use)
{
    block->size = size | use;
    block_after(block)->size_before = size;
}

static void list_remove(struct block *block)
{
    if (block->previous != 0) {
        block->previous->next = block->next;
    } else {
        free_list = block->next;
    }
    if (block->next != 0) {
        block->next->previous = block->previous;
    }
}

static void list_insert(struct block *block)
{
    struct block *previous = 0;
    struct block *next = free_list;

    while (next != 0 && (uintptr_t)next < (uintptr_t)block) {
        previous = next;
        next = next->next;
    }
    block->previous = previous;
    block->next = next;
    if (previous != 0) {
        previous->next = block;
    } else {
        free_list = block;
    }
    if (next != 0) {
        next->previous = block;
    }
}

/* One free block, and behind it an end that is always in use, so that no merge runs past it. */
void heap_init(void)
{
    struct block *first = block_at(heap_area, 0);
    struct block *end = block_at(heap_area, HEAP_BYTES - HEADER_BYTES);

    end->size = HEADER_BYTES | IN_USE;
    first->size_before = 0;
    set_size(first, HEAP_BYTES - HEADER_BYTES, 0);
    free_list = 0;
    list_insert(first);
}

/* Merges a block that nobody uses with free neighbours and puts the whole into the list. */
static void release_block(struct block *block)
{
    struct block *after = block_after(block);
    uint32_t size = size_of(block);

    if (is_free(after)) {
        list_remove(after);
        size += size_of(after);
    }
    if (block->size_before != 0 && is_free(block_before(block))) {
        block = block_before(block);
        list_remove(block);
        size += size_of(block);
    }
    set_size(block, size, 0);
    list_insert(block);
}

/* Cuts a block in use down to `size`; what is left over becomes free if it can stand alone. */
static void trim_block(struct block *block, uint32_t size)
{
    uint32_t rest = size_of(block) - size;

    if (rest < SMALLEST_BLOCK) {
        return;
    }
    set_size(block, size, IN_USE);
    block_after(block)->size = rest | IN_USE;
    release_block(block_after(block));
}

/* The size of a block for so many bytes, or 0 where the heap is too small for them anyway. */
static uint32_t block_size_for(uint32_t bytes)
{
    uint32_t size;

    if (bytes == 0 || bytes > HEAP_BYTES) {
        return 0;
    }
    size = (bytes + HEADER_BYTES + ALIGNMENT - 1u) & ~(ALIGNMENT - 1u);
    return size < SMALLEST_BLOCK ? SMALLEST_BLOCK : size;
}

static void *take_first_fit(uint32_t size)
{
    for (struct block *block = free_list; block != 0; block = block->next) {
        if (size_of(block) >= size) {
            list_remove(block);
            block->size |= IN_USE;
            trim_block(block, size);
            return bytes_of(block);
        }
    }
    return 0;
}

void *bmalloc(uint32_t bytes)
{
    uint32_t flags = hold_interrupts();
    uint32_t size = block_size_for(bytes);
    void *result = size == 0 ? 0 : take_first_fit(size);

    release_interrupts(flags);
    return result;
}

void *bcalloc(uint32_t count, uint32_t bytes)
{
    void *result;

    if (bytes != 0 && count > HEAP_BYTES / bytes) {
        return 0;
    }
    result = bmalloc(count * bytes);
    if (result != 0) {
        memset(result, 0, count * bytes);
    }
    return result;
}

static int is_block_in_use(const void *bytes)
{
    uintptr_t start = (uintptr_t)heap_area;
    uintptr_t address = (uintptr_t)bytes;

    return address >= start + HEADER_BYTES && address < start + HEAP_BYTES && address % ALIGNMENT == 0 &&
           !is_free(block_of(bytes));
}

void bfree(void *bytes)
{
    uint32_t flags;

    if (bytes == 0) {
        return;
    }
    flags = hold_interrupts();
    if (is_block_in_use(bytes)) {
        release_block(block_of(bytes));
    } else {
        log_line("heap: bfree of what is not in use");
    }
    release_interrupts(flags);
}

/* Lets a block grow into the free one above it. Returns whether there was room. */
static int grow_in_place(struct block *block, uint32_t size)
{
    struct block *after = block_after(block);

    if (!is_free(after) || size_of(block) + size_of(after) < size) {
        return 0;
    }
    list_remove(after);
    set_size(block, size_of(block) + size_of(after), IN_USE);
    return 1;
}

static void *move_bytes(void *old, uint32_t bytes)
{
    void *result = bmalloc(bytes);

    if (result != 0) {
        memcpy(result, old, size_of(block_of(old)) - HEADER_BYTES);
        bfree(old);
    }
    return result;
}

/* The block keeps its place if it can, and its bytes in any case. On failure it stays as it is. */
void *brealloc(void *old, uint32_t bytes)
{
    uint32_t size = block_size_for(bytes);
    uint32_t flags;
    void *result = 0;

    if (old == 0) {
        return bmalloc(bytes);
    }
    if (bytes == 0) {
        bfree(old);
        return 0;
    }
    flags = hold_interrupts();
    if (size != 0 && (size <= size_of(block_of(old)) || grow_in_place(block_of(old), size))) {
        trim_block(block_of(old), size);
        result = old;
    } else if (size != 0) {
        result = move_bytes(old, bytes);
    }
    release_interrupts(flags);
    return result;
}

/* Counts by walking from block to block; the end is no block. */
struct heap_use heap_measure(void)
{
    uint32_t flags = hold_interrupts();
    struct heap_use use = {0, 0, 0, 0};
    struct block *end = block_at(heap_area, HEAP_BYTES - HEADER_BYTES);

    for (struct block *block = block_at(heap_area, 0); block != end; block = block_after(block)) {
        if (!is_free(block)) {
            use.blocks++;
            use.bytes += size_of(block);
        } else {
            use.free_blocks++;
            if (size_of(block) > use.largest_free) {
                use.largest_free = size_of(block);
            }
        }
    }
    release_interrupts(flags);
    return use;
}

/* Where bytes lie in the heap, whatever the kernel's size. */
uint32_t heap_offset(const void *bytes)
{
    return (uint32_t)((uintptr_t)bytes - (uintptr_t)heap_area);
}
