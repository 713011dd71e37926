/* stores: bytes, words and dwords over 4 MiB. */
#include "guest.h"
u32 run(void) {
  volatile u8 *bytes = BUFFER;
  volatile u16 *words = (volatile u16 *)BUFFER;
  volatile u32 *dwords = (volatile u32 *)BUFFER;
  for (u32 round = 0; round < 14; round++) {
    for (u32 i = 0; i < 4 << 20; i++) bytes[i] = i + round;
    for (u32 i = 0; i < 2 << 20; i++) words[i] = i * 3 + round;
    for (u32 i = 0; i < 1 << 20; i++) dwords[i] = i ^ round;
  }
  return dwords[12345];
}
