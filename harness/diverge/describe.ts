import { type FloatRegisters, hex } from '../../emulator/index.ts';
import type { RegisterValues, WriteRow } from '../../traces/index.ts';
import { escapeText } from '../report/escape.ts';
import { describeObservation } from '../run/describe/describe-observation.ts';
import { describeWrite } from '../run/describe/describe-write.ts';
import type { Observation } from '../run/trace/trace-matcher.ts';
import type { Symbols } from '../symbols/index.ts';
import { type DivergeResult, differingRegisters, type Parted } from './diverge.ts';
import type { FirstDifference } from './first-difference.ts';

const PER_LINE = 4;
const GENERAL = ['eax', 'ebx', 'ecx', 'edx', 'esi', 'edi', 'ebp', 'esp', 'eip', 'eflags'] as const;

/** Where two runs part, both sides under each other. Texts of guest and traces are escaped. */
export function describeDivergence(result: DivergeResult, symbols: readonly [Symbols, Symbols]): string {
  const lines = linesOf(result, symbols);
  return escapeText(lines.map((line) => `${line}\n`).join(''));
}

function linesOf(result: DivergeResult, symbols: readonly [Symbols, Symbols]): readonly string[] {
  switch (result.kind) {
    case 'same':
      return ['same'];
    case 'unseen': {
      const what = 'they differ in what a scenario noted, or in memory that nothing has read';
      return [`no instruction diverges; ${what}`, ...result.headers.map(indent)];
    }
    case 'outside': {
      const { difference, headers } = result;
      const head = 'no instruction diverges by itself; the runs part by an input, or one of them ends';
      return [head, ...headers.map(indent), ...differenceLines(difference, symbols)];
    }
    case 'parted':
      return partedLines(result, symbols);
  }
}

function partedLines(parted: Parted, symbols: readonly [Symbols, Symbols]): readonly string[] {
  const { icount, interval, sides, difference, memory, headers } = parted;
  const since = interval.checkpoint === undefined ? 'from the start' : `after checkpoint ${interval.checkpoint}`;
  const lines = [`the first divergent instruction is at icount ${icount} (${since})`, ...headers.map(indent)];
  for (const [index, side] of sides.entries()) {
    const { name, place, instruction, before, after } = side;
    const other = sides[1 - index];
    lines.push(`${'AB'[index]} ${name}`, `  ${instruction} in ${place}`);
    lines.push(...registerLines(before, differingRegisters(before, other.before), 'before'));
    lines.push(...floatLines(side.floatsBefore, other.floatsBefore, 'before'));
    const changed = differingRegisters(after, other.after);
    lines.push(...(changed.length === 0 ? [] : registerLines(after, changed, 'after ')));
    lines.push(...floatLines(side.floatsAfter, other.floatsAfter, 'after '));
  }
  for (const { what, linear, bytes, writers } of memory) {
    lines.push(`${what} at ${hex(linear)} holds ${bytesText(bytes[0])} in A, ${bytesText(bytes[1])} in B`);
    lines.push(
      ...writers.map((writer, index) => `  last written in ${'AB'[index]} ${writerText(writer, symbols[index])}`),
    );
  }
  return [...lines, 'the first difference of the recordings', ...differenceLines(difference, symbols)];
}

function differenceLines({ a, b }: FirstDifference, symbols: readonly [Symbols, Symbols]): readonly string[] {
  return [`  A ${sideText(a, symbols[0])}`, `  B ${sideText(b, symbols[1])}`];
}

/** Those that differ are marked with a star. */
function registerLines(
  registers: RegisterValues,
  differing: readonly (keyof RegisterValues)[],
  when: string,
): readonly string[] {
  const shown = [...GENERAL, ...differing.filter((name) => !GENERAL.some((each) => each === name))];
  const texts = shown.map((name) => `${name}=${hex(registers[name]).slice(2)}${differing.includes(name) ? '*' : ' '}`);
  const lines: string[] = [];
  for (let at = 0; at < texts.length; at += PER_LINE) {
    lines.push(`  ${at === 0 ? when : ' '.repeat(when.length)} ${texts.slice(at, at + PER_LINE).join(' ')}`.trimEnd());
  }
  return lines;
}

/** Those of the x87 and SSE that differ. */
function floatLines(floats: FloatRegisters, others: FloatRegisters, when: string): readonly string[] {
  const differing = Object.keys(floats).filter((name) => floats[name] !== others[name]);
  return differing.map((name) => `  ${when} ${name}=${floats[name]}*`);
}

function writerText(writer: WriteRow | undefined, symbols: Symbols): string {
  if (writer === undefined) return 'by nobody: it is as memory was at power-on';
  return `at icount ${writer.icount} in ${symbols.describe(writer.eip)}: ${describeWrite(writer)}`;
}

function sideText(side: Observation | undefined, symbols: Symbols): string {
  return side === undefined ? 'has ended' : describeObservation(side, symbols);
}

function bytesText(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

function indent(line: string): string {
  return `  ${line}`;
}
