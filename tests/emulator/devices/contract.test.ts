import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AssertionError } from '../../../emulator/base/assert.ts';
import { PortSpace } from '../../../emulator/bus/port-space.ts';
import type { AccessSize } from '../../../emulator/bus/ports.ts';
import type { DeviceState } from '../../../emulator/devices/device.ts';
import { SUBJECTS, type Subject } from './subjects.ts';

type Step =
  | { readonly kind: 'read'; readonly place: number; readonly size: AccessSize }
  | { readonly kind: 'write'; readonly place: number; readonly size: AccessSize; readonly value: number }
  | { readonly kind: 'advance'; readonly instructions: number }
  | { readonly kind: 'input'; readonly byte: number };

const ONE_BYTE: readonly AccessSize[] = [1];
const place = fc.nat(255);
const size = fc.constantFrom<AccessSize>(1, 1, 1, 1, 2, 4);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('read' as const), place, size }),
  fc.record({ kind: fc.constant('write' as const), place, size, value: fc.nat(0xffffffff) }),
  fc.record({ kind: fc.constant('advance' as const), instructions: fc.oneof(fc.nat(10), fc.nat(3000)) }),
  fc.record({ kind: fc.constant('input' as const), byte: fc.nat(255) }),
);
const steps = fc.array(step, { maxLength: 60 });

/** Runs steps on a device and gives everything that could be seen of it. */
function play(subject: Subject, sequence: readonly Step[]): readonly string[] {
  const ports = new PortSpace((what) => subject.log.push(what));
  for (const claim of subject.claims) ports.claim(claim);
  const claimed = subject.claims.flatMap(({ first, last }) =>
    Array.from({ length: last - first + 1 }, (_, i) => first + i),
  );
  for (const one of sequence) {
    const port = 'place' in one && claimed.length > 0 ? claimed[one.place % claimed.length] : undefined;
    if (one.kind === 'advance') subject.clock.advance(one.instructions);
    else if (one.kind === 'input') subject.log.push(JSON.stringify(subject.input(one.byte)) ?? 'nothing');
    else if (port === undefined) continue;
    else if (one.kind === 'read') subject.log.push(`${port.toString(16)}: ${ports.read(port, one.size)}`);
    else ports.write(port, one.size, (one.value & (one.size === 4 ? -1 : (1 << (one.size * 8)) - 1)) >>> 0);
  }
  return subject.log;
}

function everyState({ device, neighbours, clock }: Subject) {
  return { device: device.save(), neighbours: neighbours.map((one) => one.save()), timers: clock.scheduler.save() };
}

/** A fresh device that continues where `original` is. */
function copyOf(original: Subject, make: () => Subject): Subject {
  const copy = make();
  const saved = structuredClone(everyState(original));
  copy.clock.icount = original.clock.icount;
  copy.neighbours.forEach((one, index) => {
    one.load(saved.neighbours[index]);
  });
  copy.device.load(saved.device);
  copy.clock.scheduler.load(saved.timers);
  return copy;
}

describe.each(Object.entries(SUBJECTS))('%s', (_name, make) => {
  it('continues identically after save and load on a fresh one', () => {
    fc.assert(
      fc.property(steps, steps, (before, after) => {
        const original = make();
        play(original, before);
        const copy = copyOf(original, make);
        original.log.length = 0;
        copy.log.length = 0;
        expect(play(copy, after)).toEqual(play(original, after));
        expect(everyState(copy)).toEqual(everyState(original));
      }),
    );
  });

  it('is back in power-on state after reset, with no timer of the past', () => {
    fc.assert(
      fc.property(steps, (sequence) => {
        const subject = make();
        const fresh = everyState(make());
        for (const part of [sequence, sequence]) {
          play(subject, part);
          subject.release();
          for (const one of [...subject.neighbours, subject.device]) one.reset();
          expect(everyState(subject)).toEqual(fresh);
        }
      }),
    );
  });

  it('answers every access to its ports with an unsigned value of the size, and throws at none', () => {
    const { claims, clock } = make();
    fc.assert(
      fc.property(place, fc.constantFrom<AccessSize>(1, 2, 4), fc.nat(0xffffffff), (offset, accessSize, value) => {
        for (const { first, last, widths = ONE_BYTE, read, write } of claims) {
          const port = first + (offset % (last - first + 1));
          const width = widths.includes(accessSize) ? accessSize : widths[0];
          const limit = 2 ** (width * 8);
          write?.(port, width, value % limit);
          clock.advance(offset);
          const result = read?.(port, width) ?? 0;
          expect(Number.isInteger(result) && result >= 0 && result < limit, `port ${port} gave ${result}`).toBe(true);
        }
      }),
    );
  });

  it('a steady read changes nothing, and gives the same until a timer fires, an input comes or the guest writes', () => {
    fc.assert(
      fc.property(steps, fc.nat(255), fc.nat(3000), (sequence, offset, instructions) => {
        const subject = make();
        play(subject, sequence);
        for (const { first, last, read, readNature } of subject.claims) {
          const port = first + (offset % (last - first + 1));
          if (read === undefined || readNature?.(port) !== 'steady') continue;
          const before = everyState(subject);
          const value = read(port, 1);
          expect(everyState(subject)).toEqual(before);
          subject.clock.icount += Math.min(
            instructions,
            subject.clock.scheduler.nextDeadline() - subject.clock.icount - 1,
          );
          expect(readNature(port), `port ${port} is steady no more`).toBe('steady');
          expect(read(port, 1), `port ${port}`).toBe(value);
        }
      }),
    );
  });

  it('saves plain data that shares nothing with the device', () => {
    fc.assert(
      fc.property(steps, steps, (before, after) => {
        const subject = make();
        play(subject, before);
        const saved = subject.device.save();
        const kept = structuredClone(saved);
        expect(kept).toEqual(saved);
        expect(Object.values(saved).every(ownsItsBytes)).toBe(true);
        play(subject, after);
        expect(saved).toEqual(kept);
      }),
    );
  });

  it('refuses a saved state in which a field is missing or of another type', () => {
    const state = make().device.save();
    for (const name of Object.keys(state)) {
      const { [name]: _, ...incomplete } = state;
      for (const wrong of [{ ...state, [name]: 'wrong' }, incomplete]) {
        expect(() => make().device.load(wrong), name).toThrow(AssertionError);
      }
    }
  });
});

function ownsItsBytes(value: DeviceState[string]): boolean {
  return !(value instanceof Uint8Array) || value.byteLength === value.buffer.byteLength;
}

it('the contract covers every class in emulator/devices that implements Device', () => {
  const folder = new URL('../../../emulator/devices/', import.meta.url);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const sources = files.map((file) => readFileSync(new URL(file, folder), 'utf8'));
  const classes = sources.flatMap((source) => [...source.matchAll(/^export class (\w+) .*\bDevice\b/gm)]);
  const covered = Object.values(SUBJECTS).map((make) => make().device.constructor.name);
  expect(covered.sort()).toEqual(classes.map(([, name]) => name).sort());
});
