import { describe, expect, it } from 'vitest';
import type { RegisterName } from '../../../emulator/firmware/firmware-host.ts';
import { Machine } from '../../../emulator/machine/machine.ts';
import type { TraceEvent } from '../../../traces/events.ts';
import { type BiosFixture, poweredOn } from './bios-fixture.ts';
import {
  answerLine,
  BATCHES,
  type Batch,
  CRTC_SEGMENT,
  PROBED_REGISTERS,
  parsePrinted,
  probeDisk,
  type RecordedAnswer,
  recordedAnswers,
} from './seabios/answers.ts';

/** The calls whose answer differs on purpose. */
const DIFFERENCES: ReadonlyMap<string, string> = new Map([
  ['10 ax=1130 bx=600', 'the font is in another ROM'],
  ['1a ax=b101', 'there is no 32-bit entry for EDI'],
  ['10 ax=1017 bx=13 cx=5 dx=900', 'the DAC of QEMU has eight bits'],
  ['10 ax=1019', 'QEMU has no PEL mask'],
  ['10 ax=1201 bx=31', "SeaVGABIOS notes it in another byte than IBM's BIOS"],
  ['10 ax=1203 bx=31', "SeaVGABIOS notes it in another byte than IBM's BIOS"],
  ['15 ax=5302', 'the entry is at another place of the ROM'],
  ['15 ax=5303', 'the entry is at another place of the ROM'],
  ['15 ax=8302', 'SeaBIOS counts AL down while it looks for a subfunction that it does not have'],
]);

const PROGRAM = { physical: 0x8000, firstByte: 512, endByte: 33 * 512 } as const;

/** 32 bits of the registers that a service may need whole. */
function wholeName(name: (typeof PROBED_REGISTERS)[number]): RegisterName {
  return name === 'es' || name === 'bp' ? name : `e${name}`;
}

function ask({ host, call }: BiosFixture, answer: RecordedAnswer): string {
  for (const name of PROBED_REGISTERS) host.setReg(wholeName(name), answer.before.get(name) ?? 0);
  host.setReg('ds', 0);
  const { carry, zero } = call(answer.vector);
  const registers = new Map(PROBED_REGISTERS.map((name) => [name, host.reg(wholeName(name))]));
  return answerLine(answer, { registers, carry, zero, dumpHex: dumpHex(host, answer.dump) });
}

function dumpHex(host: BiosFixture['host'], dump: RecordedAnswer['dump']): string {
  if (dump === undefined) return '';
  const bytes = Array.from({ length: dump.sizeBytes }, (_, index) => {
    if (dump.segment !== CRTC_SEGMENT) return host.readByte(dump.segment * 16 + dump.offset + index);
    host.writePort(0x3d4, dump.offset + index);
    return host.readPort(0x3d5);
  });
  return Buffer.from(bytes).toString('hex');
}

/** What the probe prints to port E9h on a whole machine. */
function printedByProbe(batch: Batch): string[] {
  let printed = '';
  const event = (observed: TraceEvent) => {
    if (observed.kind === 'debug-out') printed += String.fromCharCode(observed.byte);
  };
  const sink = { writes: () => undefined, event };
  const machine = new Machine({}, { disk: probeDisk(batch) }, { engine: 'forms', sink });
  expect(machine.run({ until: 10_000_000 })).toEqual({ kind: 'exit-port', value: 0 });
  return printed.trimEnd().split('\n');
}

describe.each(BATCHES)('services answer as SeaBIOS on QEMU does: $answers', (batch) => {
  const answers = recordedAnswers(batch);
  const disk = probeDisk(batch);
  const fixture = poweredOn(disk);
  fixture.host.memory.set(disk.subarray(PROGRAM.firstByte, PROGRAM.endByte), PROGRAM.physical);

  it.each(answers.map((answer) => [answer.line, answer] as const))('%s', (line, answer) => {
    const actual = ask(fixture, answer);
    if (!DIFFERENCES.has(answer.given)) expect(actual).toBe(line);
  });

  it('and so they do through INT, the stubs of the ROM and IRET', () => {
    const actual = printedByProbe(batch).map((printed, index) => answerLine(answers[index], parsePrinted(printed)));
    const isCompared = (line: string) => !DIFFERENCES.has(line.split(' | ')[0]);
    expect(actual.filter(isCompared)).toEqual(answers.map(({ line }) => line).filter(isCompared));
  });
});
