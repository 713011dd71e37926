import type { CellHistory, CellsDetail } from '../fact.ts';

const UNITS = [1, 8, 16, 32]; // bits that a table has for a page
const PAGE_BYTES = 4096;
const LARGEST_TABLE_BYTES = 1 << 20;

/**
 * Does a table with an entry for each page of memory differ by nothing but this: that the kernel itself takes more pages,
 * or less, in the actual build? Then its entries behind the kernel stand that much later, and those for the pages that it
 * takes more are alike. What the table held on the way isn't asked.
 */
export function differsByKernelPages(golden: CellsDetail, current: CellsDetail): boolean {
  const pages = current.image.end - golden.image.end;
  if (pages === 0 || golden.sizeBytes !== current.sizeBytes || golden.sizeBytes > LARGEST_TABLE_BYTES) return false;
  const [smaller, larger] = pages > 0 ? [golden, current] : [current, golden];
  const [before, after] = [bitsOf(smaller), bitsOf(larger)];
  // The first entry is for page 0, or for that of the kernel's start.
  return [0, smaller.image.start].some((first) => {
    const [end, laterEnd] = [smaller.image.end - first, larger.image.end - first];
    return UNITS.some((unit) => isSameBehind(before, unit * end, after, unit * laterEnd, unit));
  });
}

/** Do all values of a number differ by the pages that the kernel takes more, or by their bytes? */
export function countsKernelPages(expected: CellHistory, actual: CellHistory, pages: number): boolean {
  if (pages === 0 || expected.values.length !== actual.values.length || expected.isCut || actual.isCut) return false;
  const differences = new Set(expected.values.map(({ number }, i) => Math.abs((actual.values[i].number - number) | 0)));
  return differences.size === 1 && (differences.has(Math.abs(pages)) || differences.has(Math.abs(pages) * PAGE_BYTES));
}

/** What an object holds in the end, bit by bit from the lowest; what nobody stored is 0. */
function bitsOf(detail: CellsDetail): Uint8Array {
  const bits = new Uint8Array(8 * detail.sizeBytes);
  detail.cells().offsets.forEach((offset, row) => {
    const number = detail.history(row).values.at(-1)?.number ?? 0;
    for (let i = 0; i < 32; i++) bits[8 * offset + i] = (number >>> i) & 1;
  });
  return bits;
}

function isSameBehind(before: Uint8Array, end: number, after: Uint8Array, laterEnd: number, unit: number): boolean {
  if (laterEnd > after.length) return false;
  for (let i = 0; i < end; i++) if (before[i] !== after[i]) return false;
  for (let i = end + unit; i < laterEnd; i++) if (after[i] !== after[i - unit]) return false;
  for (let i = 0; laterEnd + i < after.length; i++) if (before[end + i] !== after[laterEnd + i]) return false;
  return true;
}
