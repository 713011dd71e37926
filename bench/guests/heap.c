/* heap: a first-fit free list, two million operations. NEAR: its data lies on the page that the code is on. */
#include "guest.h"
#ifdef NEAR
static u8 space[2400];
#define SPACE space
#define SPACE_BYTES sizeof space
#define SLOTS 16
#define LARGEST 96
#else
#define SPACE BUFFER
#define SPACE_BYTES (1u << 20)
#define SLOTS 64
#define LARGEST 512
#endif
struct block { u32 size; u32 isFree; struct block *next; };
static struct block *first;
static struct block *slots[SLOTS];
static u32 seed = 12345;
static u32 random(void) { return seed = seed * 1664525 + 1013904223; }
static __attribute__((noinline)) void *allocate(u32 bytes) {
  bytes = (bytes + 3) & ~3u;
  for (struct block *b = first; b; b = b->next) {
    if (!b->isFree || b->size < bytes) continue;
    if (b->size >= bytes + sizeof(struct block) + 8) {
      struct block *rest = (struct block *)((u8 *)(b + 1) + bytes);
      rest->size = b->size - bytes - sizeof(struct block);
      rest->isFree = 1;
      rest->next = b->next;
      b->next = rest;
      b->size = bytes;
    }
    b->isFree = 0;
    return b;
  }
  return 0;
}
static __attribute__((noinline)) void release(struct block *b) {
  b->isFree = 1;
  for (struct block *each = first; each; each = each->next) {
    while (each->isFree && each->next && each->next->isFree) {
      each->size += each->next->size + sizeof(struct block);
      each->next = each->next->next;
    }
    if (each >= b) break;
  }
}
u32 run(void) {
  first = (struct block *)SPACE;
  first->size = SPACE_BYTES - sizeof(struct block);
  first->isFree = 1;
  first->next = 0;
  u32 sum = 0;
  for (u32 i = 0; i < 2000000; i++) {
    u32 slot = (random() >> 16) % SLOTS;
    if (slots[slot]) {
      release(slots[slot]);
      slots[slot] = 0;
    } else {
      u32 bytes = 8 + (random() >> 16) % LARGEST;
      struct block *b = allocate(bytes);
      if (b) {
        u32 *words = (u32 *)(b + 1);
        for (u32 w = 0; w < 6 && 4 * w < bytes; w++) words[w] = i + w;
        slots[slot] = b;
        sum += (u32)b;
      }
    }
  }
  return sum;
}
