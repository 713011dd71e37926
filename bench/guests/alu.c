/* alu: an integer loop with branches. */
#include "guest.h"
u32 run(void) {
  u32 x = 1, sum = 0;
  for (u32 i = 0; i < 60000000; i++) {
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    if (x & 1) sum += x;
    else sum ^= i;
  }
  return sum;
}
