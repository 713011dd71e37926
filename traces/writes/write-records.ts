import type { WriteColumns } from '../events.ts';

/**
 * The records of a chunk: rows that are each one write or, where `code` isn't 0, the first write of a range (write-range.ts).
 * The other values of ranges that list them lie in `listed`, in the order of the records, each in the bytes of its size.
 */
export interface WriteRecords extends WriteColumns {
  readonly writes: number;
  readonly code: Int32Array;
  readonly listed: Uint8Array;
}
