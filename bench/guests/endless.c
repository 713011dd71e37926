/* endless: stores.c without an end, for curves over the number of writes. */
#include "guest.h"
u32 run(void) {
  volatile u8 *bytes = BUFFER;
  volatile u32 *dwords = (volatile u32 *)BUFFER;
  for (u32 round = 0;; round++) {
    for (u32 i = 0; i < 4 << 20; i++) bytes[i] = i + round;
    for (u32 i = 0; i < 1 << 20; i++) dwords[i] = i * 7 ^ round;
  }
}
