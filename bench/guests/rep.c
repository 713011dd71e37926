/* rep: REP STOSD and REP MOVSD over 4 MiB. */
#include "guest.h"
u32 run(void) {
  for (u32 round = 0; round < 64; round++) {
    u8 *to = BUFFER, *from;
    u32 count = 1 << 20;
    __asm__ volatile("rep stosl" : "+D"(to), "+c"(count) : "a"(round * 0x01010101) : "memory");
    to = BUFFER + (8 << 20);
    from = BUFFER;
    count = 1 << 20;
    __asm__ volatile("rep movsl" : "+D"(to), "+S"(from), "+c"(count) : : "memory");
  }
  return *(u32 *)(BUFFER + (8 << 20) + 4000);
}
