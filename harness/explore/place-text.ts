/** The function of a place such as "kalloc+0x4 (heap.c:12)". */
export function functionOf(place: string): string {
  return /^[^+ ]*/.exec(place)?.[0] ?? place;
}
