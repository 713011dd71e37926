/* paging: builds tables, maps, touches and unmaps pages, with INVLPG and loads of CR3. */
#include "guest.h"
#define DIRECTORY ((volatile u32 *)0x200000)
#define TABLES ((volatile u32 *)0x201000)
#define WINDOW 0x1000000
static void loadCr3(u32 value) { __asm__ volatile("mov %0, %%cr3" : : "r"(value) : "memory"); }
static void invalidate(u32 linear) { __asm__ volatile("invlpg (%0)" : : "r"(linear) : "memory"); }
u32 run(void) {
  for (u32 i = 0; i < 1024; i++) DIRECTORY[i] = 0;
  for (u32 t = 0; t < 8; t++) {
    DIRECTORY[t] = (u32)(TABLES + 1024 * t) | 7;
    for (u32 i = 0; i < 1024; i++) TABLES[1024 * t + i] = t < 4 ? ((t << 22) | (i << 12) | 7) : 0;
  }
  loadCr3((u32)DIRECTORY);
  __asm__ volatile("mov %%cr0, %%eax; or $0x80000000, %%eax; mov %%eax, %%cr0" : : : "eax", "memory");
  u32 sum = 0;
  for (u32 round = 0; round < 200000; round++) {
    u32 page = round & 255;
    TABLES[4096 + page] = (0x800000 + ((round * 7 & 255) << 12)) | 3;
    volatile u32 *at = (volatile u32 *)(WINDOW + (page << 12));
    for (u32 i = 0; i < 128; i++) at[i * 7] = round + i;
    for (u32 i = 0; i < 128; i++) sum += at[i * 7] ^ i;
    if ((round & 3) == 3) TABLES[4096 + page] = 0;
    invalidate((u32)at);
    loadCr3((u32)DIRECTORY);
  }
  return sum;
}
