import { describe, expect, it } from 'vitest';
import { memorySink, TraceWriter, type WriteColumns } from '../../traces/index.ts';
import { newColumns } from '../../traces/writes/write-decoder.ts';
import { HEADER } from './content.ts';
import { syntheticWrites } from './synthetic.ts';

function bytesPerWrite(columns: WriteColumns): number {
  const sink = memorySink();
  const writer = new TraceWriter(sink, HEADER, []);
  writer.writes(columns);
  writer.close();
  return sink.bytes().length / columns.count;
}

/** Rows whose every field is unpredictable: the worst that a guest could do. */
function noise(count: number): WriteColumns {
  const columns = newColumns(count);
  let seed = 1;
  const next = (): number => {
    seed = (Math.imul(seed, 0x19660d) + 0x3c6ef35f) | 0;
    return Math.imul(seed ^ (seed >>> 15), 0x2c1b3c6d) >>> 0;
  };
  for (let row = 0; row < count; row++) {
    columns.icount[row] = row * 3;
    columns.eip[row] = next();
    columns.linear[row] = next();
    columns.physical[row] = next();
    columns.value[row] = next();
    columns.size[row] = 4;
    columns.origin[row] = next() % 8;
  }
  return columns;
}

describe('the size of a trace', () => {
  it('is under a tenth of a byte per write for fills, calls and interrupts', () => {
    expect(bytesPerWrite(syntheticWrites(300_000))).toBeLessThan(0.1);
  });

  it('is next to nothing for one long fill', () => {
    const columns = newColumns(300_000);
    for (let row = 0; row < columns.count; row++) {
      columns.icount[row] = row * 3;
      columns.eip[row] = 0x10_0000;
      columns.linear[row] = 0x20_0000 + row * 4;
      columns.physical[row] = 0x20_0000 + row * 4;
      columns.size[row] = 4;
    }
    expect(bytesPerWrite(columns)).toBeLessThan(0.005);
  });

  it('stays below the 24 bytes of the bare fields when nothing can be predicted', () => {
    expect(bytesPerWrite(noise(100_000))).toBeLessThan(24);
  });
});
