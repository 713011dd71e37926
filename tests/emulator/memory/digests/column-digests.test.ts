import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hashBytes } from '../../../../emulator/base/digest.ts';
import { Arena } from '../../../../emulator/memory/arena.ts';
import { arenaMixer } from '../../../../emulator/memory/arena-mixer.ts';
import { columnDigests } from '../../../../emulator/memory/digests/column-digests.ts';
import { WriteLog } from '../../../../emulator/memory/write-log.ts';

const NAMES = ['icount', 'eip', 'linear', 'physical', 'value', 'size', 'origin'] as const;
const ROWS = 400;

for (const kind of ['compiled', 'plain'] as const) {
  test(`columns in a ${kind} arena have the digests of their bytes, however many rows`, () => {
    const arena = new Arena(65536, kind);
    const { columns } = new WriteLog(
      () => 0,
      () => 0,
      undefined,
      arena,
    );
    const digestsOf = columnDigests(arena, columns, arenaMixer(arena));
    fc.assert(
      fc.property(fc.nat(ROWS), fc.uint8Array({ minLength: 64, maxLength: 64 }), (count, seed) => {
        for (const name of NAMES) {
          const column = columns[name];
          const bytes = new Uint8Array(column.buffer, column.byteOffset, ROWS * column.BYTES_PER_ELEMENT);
          bytes.forEach((_, i) => {
            bytes[i] = seed[i % 61] * (i + name.length);
          });
        }
        const expected = NAMES.map((name) => {
          const column = columns[name].subarray(0, count);
          return hashBytes(new Uint8Array(column.buffer, column.byteOffset, column.byteLength));
        });
        expect(digestsOf({ ...columns, count })).toEqual(expected);
      }),
    );
  });
}
