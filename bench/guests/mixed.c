/* mixed: quicksort of a million numbers, a sieve, a CRC-32 by table. */
#include "guest.h"
static u32 table[256];
static u32 seed = 42;
static u32 random(void) { return seed = seed * 1664525 + 1013904223; }
static __attribute__((noinline)) void sort(u32 *a, int low, int high) {
  while (low < high) {
    u32 pivot = a[(low + high) >> 1];
    int i = low, j = high;
    while (i <= j) {
      while (a[i] < pivot) i++;
      while (a[j] > pivot) j--;
      if (i <= j) {
        u32 t = a[i];
        a[i++] = a[j];
        a[j--] = t;
      }
    }
    if (j - low < high - i) {
      sort(a, low, j);
      low = i;
    } else {
      sort(a, i, high);
      high = j;
    }
  }
}
static __attribute__((noinline)) u32 sieve(u8 *composite, u32 limit) {
  u32 primes = 0;
  for (u32 i = 0; i < limit; i++) composite[i] = 0;
  for (u32 i = 2; i < limit; i++) {
    if (composite[i]) continue;
    primes++;
    for (u32 j = 2 * i; j < limit; j += i) composite[j] = 1;
  }
  return primes;
}
static __attribute__((noinline)) u32 crc(const u8 *bytes, u32 count) {
  u32 value = ~0u;
  while (count--) value = (value >> 8) ^ table[(value ^ *bytes++) & 255];
  return ~value;
}
u32 run(void) {
  u32 *numbers = (u32 *)BUFFER;
  for (u32 i = 0; i < 256; i++) {
    u32 value = i;
    for (u32 bit = 0; bit < 8; bit++) value = value & 1 ? (value >> 1) ^ 0xedb88320 : value >> 1;
    table[i] = value;
  }
  for (u32 i = 0; i < 1000000; i++) numbers[i] = random();
  sort(numbers, 0, 999999);
  u32 sum = crc(BUFFER, 4000000);
  for (u32 round = 0; round < 3; round++) sum += sieve(BUFFER + (8 << 20), 3000000);
  for (u32 round = 0; round < 4; round++) sum += crc(BUFFER, 4000000);
  return sum;
}
