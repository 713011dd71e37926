import { expect, test } from 'vitest';
import { AtapiCd } from '../../../../../emulator/devices/storage/ide/atapi-cd.ts';
import { Medium } from '../../../../../emulator/devices/storage/medium.ts';
import { IdeBench } from './ide-bench.ts';

const STATUS = 0x1f7;
const ERROR = 0x1f1;
const [PACKET, IDENTIFY_PACKET] = [0xa0, 0xa1];

function emptyDrive(): IdeBench {
  return new IdeBench((connection) => new AtapiCd({ number: 3, medium: undefined, connection }));
}

/** Sends a packet, and gives the status afterwards, the error register and the first bytes of the answer. */
function packet(bench: IdeBench, ...bytes: readonly number[]): readonly number[] {
  bench.out(0x1f4, 64);
  bench.out(0x1f5, 0);
  bench.out(STATUS, PACKET);
  const padded = Uint8Array.from({ length: 12 }, (_, i) => bytes[i] ?? 0);
  for (let i = 0; i < 12; i += 2) bench.ports.write(0x1f0, 2, padded[i] | (padded[i + 1] << 8));
  bench.clock.advance(1000);
  const [status, error] = [bench.in(STATUS), bench.in(ERROR)];
  const answer = (status & 8) === 0 ? 0 : bench.ports.read(0x1f0, 2) | (bench.ports.read(0x1f0, 2) << 16);
  return [status, error, answer >>> 0];
}

test('an empty CD drive is there and tells what it is', () => {
  const bench = emptyDrive();
  const shown = () => [0x1f1, 0x1f2, 0x1f3, 0x1f4, 0x1f5, STATUS].map((port) => bench.in(port));
  expect(shown()).toEqual([0, 0, 0, 0, 0, 0x50]); // as firmware leaves it
  bench.out(STATUS, 0xec);
  expect(shown().slice(3)).toEqual([0x14, 0xeb, 0x41]);
  bench.out(STATUS, IDENTIFY_PACKET);
  expect([bench.in(STATUS), bench.ports.read(0x1f0, 2)]).toEqual([0x58, 0x85c0]);
  expect(packet(emptyDrive(), 0x12, 0, 0, 0, 36)).toEqual([0x58, 0, 0x21008005]);
});

test('an empty CD drive has no disc to tell of: not ready, medium not present', () => {
  for (const command of [0x00, 0x25, 0x28, 0x2b, 0x43, 0x51, 0xa8, 0xbe]) {
    const bench = emptyDrive();
    expect([command, ...packet(bench, command, 0, 0, 0, 0, 0, 0, 0, 1)]).toEqual([command, 0x41, 0x20, 0]);
    expect(packet(bench, 0x03, 0, 0, 0, 18)).toEqual([0x58, 0, 0x000200f0]);
    expect(bench.unhandled).toEqual([]);
  }
});

test('a sector that is asked for in smaller parts comes in one go, the next one after a while', () => {
  const disc = new Medium(
    Uint8Array.from({ length: 4096 }, (_, i) => i >> 3),
    { sectorBytes: 2048, isReadOnly: true },
  );
  const bench = new IdeBench((connection) => new AtapiCd({ number: 3, medium: disc, connection }));
  expect(packet(bench, 0x28, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0)).toEqual([0x58, 0, 0]);
  const words = Array.from({ length: 1022 }, () => bench.ports.read(0x1f0, 2));
  expect(words).toEqual(Array.from({ length: 1022 }, (_, i) => (((i + 2) >> 2) * 0x0101) & 0xffff));
  expect(bench.in(STATUS)).toBe(0x80);
  bench.clock.advance(1000);
  for (let i = 0; i < 1024; i++) bench.ports.read(0x1f0, 2);
  expect(bench.in(STATUS)).toBe(0x50);
});
