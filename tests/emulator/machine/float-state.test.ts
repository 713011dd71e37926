import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as S from '../../../emulator/cpu/state.ts';
import { isFloatUnused, resetFloats } from '../../../emulator/cpu/x87/reset.ts';
import { Machine } from '../../../emulator/index.ts';
import { isAgainAt, takeMoment } from '../../../emulator/machine/idle/moment.ts';
import { Guest } from '../cpu/guest.ts';

const GUEST = readFileSync(new URL('../../guests/mechanisms/floats.bin', import.meta.url));
const SPEC = { memoryBytes: 4 * 1024 * 1024, clock: 'instructions' } as const;
const DISK_BYTES = 16 * 63 * 512;
const SINK = { writes: () => undefined, event: () => undefined };

function boot(): Machine {
  const disk = new Uint8Array(DISK_BYTES);
  disk.set(GUEST);
  return new Machine(SPEC, { disk }, { engine: 'forms', sink: SINK });
}

test('a machine that goes on from a snapshot has the x87 and SSE registers that it had', () => {
  const machine = boot();
  const places: { readonly icount: number; readonly state: string }[] = [];
  const snapshots = [];
  for (let icount = 20_000; machine.stopped === undefined && icount < 200_000; icount += 1500) {
    machine.run({ until: icount });
    snapshots.push(machine.snapshot());
    places.push({ icount: machine.icount, state: JSON.stringify(machine.floatRegisters()) });
  }
  expect(new Set(places.map(({ state }) => state)).size).toBeGreaterThan(5);
  for (const [index, snapshot] of snapshots.entries()) {
    machine.restore(snapshot);
    expect(JSON.stringify(machine.floatRegisters())).toBe(places[index].state);
    const next = places[index + 1];
    if (next === undefined) continue;
    machine.run({ until: next.icount });
    expect(JSON.stringify(machine.floatRegisters())).toBe(next.state);
  }
});

test('every slot of the x87 and SSE state counts for a moment, and for whether they were used', () => {
  const { cpu } = Guest.protected();
  const { floats } = cpu.state;
  resetFloats(cpu);
  const moment = takeMoment(cpu);
  for (let slot = 0; slot < S.FLOAT_SLOTS; slot++) {
    floats[slot] ^= 1;
    cpu.floatsChange();
    expect([slot, isAgainAt(moment, cpu), isFloatUnused(floats)]).toEqual([slot, false, false]);
    floats[slot] ^= 1;
    cpu.floatsChange();
    expect([isAgainAt(moment, cpu), isFloatUnused(floats)]).toEqual([true, true]);
  }
});

test('the firmware hands on an x87 that needs no FNINIT', () => {
  const disk = new Uint8Array(DISK_BYTES);
  disk.set([0xd9, 0xe8, 0xd9, 0xeb, 0xde, 0xf9, 0x9b, 0xf4]); // fld1; fldpi; fdivp; fwait; hlt
  disk.set([0x55, 0xaa], 510);
  const machine = new Machine(SPEC, { disk }, { engine: 'forms', sink: SINK });
  expect(machine.floatRegisters()).toMatchObject({ control: '037f' });
  machine.run({ until: machine.icount + 4 });
  expect(machine.registers().eip).toBe(0x7c07);
});

test('an x87 register makes another digest, none the one of a machine without', () => {
  const digest = (code: readonly number[]): string => {
    const disk = new Uint8Array(DISK_BYTES);
    disk.set([...code, 0xf4, 0xeb, 0xfd]);
    disk.set([0x55, 0xaa], 510);
    const machine = new Machine(SPEC, { disk }, { engine: 'forms', sink: SINK });
    machine.run({ until: machine.icount + 10 });
    // The bytes of the code lie in memory, too: afterwards all are the same.
    machine.apply({ kind: 'memory', linear: 0x7c00, bytes: new Uint8Array(8) });
    return machine.checkpoint('here').state;
  };
  const [nothing, constant, other] = [
    [0x90, 0x90],
    [0xd9, 0xe8],
    [0xd9, 0xeb],
  ].map((code) => digest(code));
  expect(new Set([nothing, constant, other]).size).toBe(3);
});
