/** What an allocator has to keep, in the order in which reports name it. */
export const ALLOCATOR_RULES = [
  'returns', // each call comes back, and the guest goes on
  'alignment', // results are multiples of what was asked for
  'bounds', // blocks lie in mapped memory, and in the region of the first one
  'overlap', // no two live blocks share a byte
  'contents', // nothing but their user changes the bytes of live blocks
  'zeroed', // calloc gives zeros
  'exhaustion', // there is an end, and it is said
  'reuse', // what was freed can be had again
] as const;
export type AllocatorRule = (typeof ALLOCATOR_RULES)[number];

/** Thrown where an allocator breaks a rule; the message says how. */
export class AllocatorFlaw extends Error {
  readonly rule: AllocatorRule;

  constructor(rule: AllocatorRule, message: string) {
    super(message);
    this.name = 'AllocatorFlaw';
    this.rule = rule;
  }
}
