import { expect, test } from 'vitest';
import { CellTable } from '../../../harness/lenses/memory/cells/cell-table.ts';
import { KNOWN } from '../../../harness/lenses/memory/cells/value-records.ts';
import { Gates } from '../../../harness/lenses/memory/gates.ts';
import { newObject } from '../../../harness/lenses/memory/objects/raw-object.ts';
import type { AddressNames } from '../../../harness/lenses/names/address-names.ts';
import { noSymbols } from '../../../harness/symbols/index.ts';

const TSS = 0x0012_3460;

/** The texts of the two halves of what a table holds first. */
function textsOf(low: number, high: number, sizeBytes = 104): readonly (string | undefined)[] {
  const gdt = newObject({ kind: 'global', identity: 'gdt', label: 'gdt', symbol: 'gdt', start: 0x1000, end: 0x1010 });
  const table = new CellTable();
  for (const [offset, value] of [
    [0, low],
    [4, high],
  ]) {
    const cell = table.cellAt(gdt, offset);
    table.records.chunk(cell).value[table.records.row(cell)] = value;
    table.records.chunk(cell).flags[table.records.row(cell)] = KNOWN;
  }
  const symbol = { name: 'tss', start: TSS, sizeBytes, isOpenEnded: false, kind: 'object' } as const;
  const objectAt = (linear: number) => (linear < TSS ? undefined : { symbol, offset: linear - TSS });
  const names = { canonical: (name: string) => name } as AddressNames;
  const gates = new Gates(table, { ...noSymbols, objectAt }, names);
  return [low, high].map((value, i) => gates.textAt(gdt, 4 * i, table.cellAt(gdt, 4 * i), value));
}

test('the descriptor of a task state is named by the object whose address lies in its pieces', () => {
  expect(textsOf(0x3460_0067, 0x0000_8912)).toEqual(['descriptor of tss, 0x67', 'descriptor, 0x89']);
  expect(textsOf(0x3464_0067, 0x0000_8912)).toEqual([undefined, undefined]); // into the middle of something
  expect(textsOf(0x3464_0067, 0x0000_8912, 108)).toEqual(['descriptor of tss+0x4, 0x67', 'descriptor, 0x89']);
  expect(textsOf(0x3460_0067, 0x0000_9212)).toEqual([undefined, undefined]); // data
});
