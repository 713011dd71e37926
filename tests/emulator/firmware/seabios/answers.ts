import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** Registers in the order in which the probe prints them. */
export const PROBED_REGISTERS = ['ax', 'bx', 'cx', 'dx', 'si', 'di', 'bp', 'es'] as const;
export const CRTC_SEGMENT = 0xfffd;
const DISK_BYTES = 65536;

/** One line of answers, and what its call asked for. */
export interface RecordedAnswer {
  readonly line: string;
  readonly vector: number;
  readonly given: string;
  readonly before: ReadonlyMap<string, number>;
  readonly dump: { readonly segment: number; readonly offset: number; readonly sizeBytes: number } | undefined;
}

export interface ProbedState {
  readonly registers: ReadonlyMap<string, number>;
  readonly carry: boolean;
  readonly zero: boolean;
  readonly dumpHex: string;
}

/** What record.py calls a batch: its calls with their answers, and its disk. */
export type Batch = { readonly answers: string; readonly disk: string };

export const BATCHES: readonly Batch[] = [
  { answers: 'answers.txt', disk: 'probe.img.gz' },
  { answers: 'services.txt', disk: 'services.img.gz' },
  { answers: 'video.txt', disk: 'video.img.gz' },
  { answers: 'vbe.txt', disk: 'vbe.img.gz' },
  { answers: 'rest.txt', disk: 'rest.img.gz' },
  { answers: 'power.txt', disk: 'power.img.gz' },
];

export function recordedAnswers({ answers }: Batch): readonly RecordedAnswer[] {
  const text = readFileSync(new URL(answers, import.meta.url), 'utf8');
  return text.trimEnd().split('\n').map(parseAnswer);
}

/** The disk that record.py booted on QEMU. */
export function probeDisk({ disk: file }: Batch): Uint8Array {
  const disk = new Uint8Array(DISK_BYTES);
  disk.set(gunzipSync(readFileSync(new URL(file, import.meta.url))));
  return disk;
}

/** `state` as a line of answers would have it for the same call. */
export function answerLine({ given, before, dump }: RecordedAnswer, state: ProbedState): string {
  const changed = PROBED_REGISTERS.map((name) => [name, state.registers.get(name) ?? 0] as const)
    .filter(([name, value]) => value !== (before.get(name) ?? 0))
    .map(([name, value]) => `${name}=${value.toString(16)}`);
  const flags = [`cf=${Number(state.carry)}`, `zf=${Number(state.zero)}`];
  const place = dump === undefined ? '' : ` | ${digits(dump.segment)}:${digits(dump.offset)} ${state.dumpHex}`;
  return `${given} | ${[...changed, ...flags].join(' ')}${place}`;
}

/** The state in a line that the probe printed. */
export function parsePrinted(printed: string): ProbedState {
  const words = printed.split(' ');
  const flags = Number.parseInt(words[9], 16);
  return {
    registers: new Map(PROBED_REGISTERS.map((name, index) => [name, Number.parseInt(words[index], 16)])),
    carry: (flags & 0x01) !== 0,
    zero: (flags & 0x40) !== 0,
    dumpHex: words[10],
  };
}

function parseAnswer(line: string): RecordedAnswer {
  const [given, , memory] = line.split(' | ');
  const [vector, ...assignments] = given.split(' ');
  const before = assignments.map((word) => word.split('=')).map(([name, value]) => [name, Number.parseInt(value, 16)]);
  const [place, bytes] = memory?.split(' ') ?? [];
  const [segment, offset] = (place ?? '').split(':').map((text) => Number.parseInt(text, 16));
  return {
    line,
    vector: Number.parseInt(vector, 16),
    given,
    before: new Map(before as [string, number][]),
    dump: bytes === undefined ? undefined : { segment, offset, sizeBytes: bytes.length / 2 },
  };
}

function digits(value: number): string {
  return value.toString(16).padStart(4, '0');
}
