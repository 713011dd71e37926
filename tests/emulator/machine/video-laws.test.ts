import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type EngineName, Machine } from '../../../emulator/index.ts';
import type { WriteColumns } from '../../../traces/index.ts';

const GUESTS = new URL('../../guests/video/', import.meta.url);
const MEMORY_BYTES = 1024 * 1024;
const ROM_FIRST = 0xc0000;

function machineOf(name: string, engine: EngineName, writes: (columns: WriteColumns) => void = () => undefined) {
  const disk = new Uint8Array(readFileSync(new URL(`${name}.bin`, GUESTS)));
  const sink = { writes, event: () => undefined };
  return new Machine({ memoryBytes: MEMORY_BYTES }, { disk }, { engine, hotAfter: 2, sink });
}

/** Runs a guest to its end, and makes memory from its writes alone. */
function run(name: string, engine: EngineName) {
  const replica = new Uint8Array(MEMORY_BYTES);
  const machine = machineOf(name, engine, ({ count, physical, size, value }) => {
    for (let row = 0; row < count; row++) {
      for (let i = 0; i < size[row]; i++) {
        if (physical[row] + i < MEMORY_BYTES) replica[physical[row] + i] = value[row] >>> (8 * i);
      }
    }
  });
  expect(machine.run({ until: 5_000_000 })).toEqual({ kind: 'halted' });
  const { state, chain } = machine.checkpoint('end');
  return { machine, replica, digests: [state, chain] };
}

test.each(['12h', 'x', '13h', 'text'])(
  'guest %s: writes give memory, engines agree, and a snapshot has all of it',
  (name) => {
    const { machine, replica, digests } = run(name, 'forms');
    const actual = machine.readPhysical(0, ROM_FIRST);
    expect(Buffer.compare(replica.subarray(0, ROM_FIRST), actual)).toBe(0);
    expect(run(name, 'blocks').digests).toEqual(digests);
    const other = machineOf(name, 'forms');
    other.restore(machine.snapshot());
    const [mine, theirs] = [machine.look().picture, other.look().picture];
    expect(Buffer.compare(mine?.rgb ?? Buffer.of(1), theirs?.rgb ?? Buffer.of(2))).toBe(0);
    expect(other.checkpoint('again').state).toBe(digests[0]);
  },
);
