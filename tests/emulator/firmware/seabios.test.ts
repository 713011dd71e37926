import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { RegisterName } from '../../../emulator/firmware/firmware-host.ts';
import { type BiosFixture, numberedDisk, poweredOn } from './bios-fixture.ts';

const REGISTERS = ['eax', 'ebx', 'ecx', 'edx', 'esi', 'edi', 'bp', 'es'] as const;
const CRTC_SEGMENT = 0xfffd;
/** The disk address packets and buffers of record.py, by their address. */
const PACKETS: readonly (readonly [number, readonly number[]])[] = [
  [0xb000, [16, 0, 1, 0, 0, 0, 0, 0x20]],
  [0xb020, [16, 0, 2, 0, 0, 0, 0, 0x20, 1]],
  [0xb040, [16, 0, 0, 0, 0, 0, 0, 0x20, 1]],
  [0xb060, [16, 0, 200, 0, 0, 0, 0, 0x20, 1]],
  [0xb080, [16, 0, 1, 0, 0, 0, 0, 0x20, 0x88, 0x13]],
  [0xb0a0, [16, 0, 127, 0, 0, 0, 0, 0x20, 1]],
  [0xb0c0, [16, 0, 3, 0, 0, 0, 0, 0x20, 126]],
  [0xb0e0, [16, 0, 1, 0, 0, 0, 0, 0x20, 0, 0, 0, 0, 2]],
  [0xb100, [26, 0]],
  [0xb120, [25, 0]],
];
/** Answers that differ on purpose, by what precedes the first bar. */
const DIFFERENCES: ReadonlyMap<string, string> = new Map([
  ['10 ax=1130 bx=600', 'the font is in another ROM'],
]);

/** One line of answers.txt. */
interface Row {
  readonly vector: number;
  readonly given: string;
  readonly before: ReadonlyMap<string, number>;
  readonly after: ReadonlyMap<string, number>;
  readonly dump: { readonly segment: number; readonly offset: number; readonly bytes: string } | undefined;
}

function parseRow(line: string): Row {
  const [given, changed, memory] = line.split(' | ');
  const [vector, ...before] = given.split(' ');
  const numbers = (words: readonly string[]) =>
    new Map(words.map((word) => word.split('=')).map(([name, value]) => [name, Number.parseInt(value, 16)]));
  const [place, bytes] = memory?.split(' ') ?? [];
  const [segment, offset] = (place ?? '').split(':').map((digits) => Number.parseInt(digits, 16));
  const dump = bytes === undefined ? undefined : { segment, offset, bytes };
  return {
    vector: Number.parseInt(vector, 16),
    given,
    before: numbers(before),
    after: numbers(changed.split(' ')),
    dump,
  };
}

function ask({ host, call }: BiosFixture, row: Row): string {
  for (const name of REGISTERS) host.setReg(name, row.before.get(shortName(name)) ?? 0);
  host.setReg('ds', 0);
  const { carry, zero } = call(row.vector);
  const changed = REGISTERS.map((name) => [shortName(name), host.reg(name)] as const)
    .filter(([name, value]) => value !== (row.before.get(name) ?? 0))
    .map(([name, value]) => `${name}=${value.toString(16)}`);
  const memory = row.dump === undefined ? '' : ` | ${dumpOf(host, row.dump)}`;
  return `${row.given} | ${[...changed, `cf=${Number(carry)}`, `zf=${Number(zero)}`].join(' ')}${memory}`;
}

function dumpOf(host: BiosFixture['host'], { segment, offset, bytes }: NonNullable<Row['dump']>): string {
  const digits = (value: number, count: number) => value.toString(16).padStart(count, '0');
  const read = (index: number) => {
    if (segment !== CRTC_SEGMENT) return host.readByte(segment * 16 + index);
    host.writePort(0x3d4, index);
    return host.readPort(0x3d5);
  };
  const shown = Array.from({ length: bytes.length / 2 }, (_, index) => digits(read(offset + index), 2)).join('');
  return `${digits(segment, 4)}:${digits(offset, 4)} ${shown}`;
}

function shortName(name: RegisterName): string {
  return name.length === 3 ? name.slice(1) : name;
}

describe('services answer as SeaBIOS on QEMU does', () => {
  const fixture = poweredOn(numberedDisk());
  for (const [physical, bytes] of PACKETS) fixture.host.memory.set(bytes, physical);
  fixture.host.memory.fill(0, 0x7df0, 0x7dfe); // the end of the probe's boot sector
  const lines = readFileSync(new URL('./seabios/answers.txt', import.meta.url), 'utf8').trimEnd().split('\n');

  it.each(lines.map((line, index) => [index + 1, line] as const))('line %i: %s', (_, line) => {
    const row = parseRow(line);
    const actual = ask(fixture, row);
    if (!DIFFERENCES.has(row.given)) expect(actual).toBe(line);
  });
});
