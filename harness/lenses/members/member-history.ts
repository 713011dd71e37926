import { hex } from '../../../emulator/index.ts';
import type { CellHistory, CellValue } from '../fact.ts';
import type { AddressName } from '../names/address-names.ts';
import type { Leaf } from './member-leaves.ts';

/** What the history of a member is made of. */
export interface MemberSource {
  readonly cellAt: (offset: number) => CellHistory | undefined; // at a multiple of 4
  readonly nameOf: (value: number, icount: number) => AddressName; // of a number that may be a pointer
  readonly startsAtZero: boolean; // nobody need have stored the first zero
}

/** What a member held, in order, from the cells it lies in; undefined when nobody ever stored to them. */
export function memberHistory(leaf: Leaf, source: MemberSource): CellHistory | undefined {
  const start = leaf.offset & ~3;
  const cells = [source.cellAt(start), leaf.offset + leaf.sizeBytes > start + 4 ? source.cellAt(start + 4) : undefined];
  const [low] = cells;
  if (leaf.offset === start && leaf.sizeBytes === 4 && leaf.bits === undefined) return low;
  if (cells.every((cell) => cell === undefined)) return undefined;
  const values = valuesOf(leaf, cells, source);
  const isCut = cells.some((cell) => cell?.isCut === true);
  if (values.length === 0 && !isCut) return undefined;
  const lastIcount = cells.reduce((last, cell) => Math.max(last, cell?.lastIcount ?? 0), 0);
  return { offset: leaf.offset, values, isCut, lastIcount };
}

function valuesOf(leaf: Leaf, cells: readonly (CellHistory | undefined)[], source: MemberSource): readonly CellValue[] {
  const changes = ([0, 1] as const).flatMap((lane) => (cells[lane]?.values ?? []).map((value) => ({ lane, value })));
  changes.sort((a, b) => a.value.point - b.value.point || a.value.icount - b.value.icount);
  const held: [CellValue | undefined, CellValue | undefined] = [undefined, undefined];
  const values: CellValue[] = [];
  changes.forEach(({ lane, value }, index) => {
    held[lane] = value;
    if (changes[index + 1]?.value.point === value.point) return; // seen together
    const part = partOf(leaf, held, value, source);
    const isStart = values.length === 0 && source.startsAtZero && part?.number === 0;
    if (part !== undefined && !isStart && part.raw !== values.at(-1)?.raw) values.push(part);
  });
  return values;
}

/** What of the two cells is the member's; undefined when nothing of it was ever stored. */
function partOf(
  { offset, sizeBytes, bits }: Leaf,
  [low, high]: readonly [CellValue | undefined, CellValue | undefined],
  last: CellValue,
  source: MemberSource,
): CellValue | undefined {
  const lane = offset & 3;
  const unseen = source.startsAtZero ? 0xf : 0; // what is known of a cell that nobody stored to
  const known = (((low?.known ?? unseen) | ((high?.known ?? unseen) << 4)) >>> lane) & ((1 << sizeBytes) - 1);
  if (known === 0) return undefined;
  const beyond = 2 ** (8 * Math.max(0, lane + sizeBytes - 4)); // what the second cell may count
  const own = ((low?.number ?? 0) >>> (8 * lane)) + ((high?.number ?? 0) % beyond) * 2 ** (8 * (4 - lane));
  const number = Math.floor(own / 2 ** (bits?.first ?? 0)) % 2 ** (bits?.count ?? 8 * sizeBytes);
  const isWhole = known === (1 << sizeBytes) - 1;
  const isPointer = isWhole && sizeBytes === 4 && bits === undefined;
  return {
    number,
    known: isWhole ? 0xf : known,
    raw: `${number}/${isWhole ? 0xf : known}`,
    get normal() {
      if (isPointer) return source.nameOf(number, last.icount).normal;
      return isWhole ? hex(number, 1) : `${hex(number, 1)}/${known}`;
    },
    get text() {
      return isPointer ? source.nameOf(number, last.icount).text : hex(number, 1);
    },
    isLoaded: last.isLoaded,
    icount: last.icount,
    point: last.point,
    axis: undefined,
    at: () => last.at(),
  };
}
