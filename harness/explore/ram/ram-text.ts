import { hex } from '../../../emulator/index.ts';
import type { RamFillRun, RamReader, RamReport } from './ram-fills.ts';

const MOST_PARAGRAPHS = 5; // one reader leads to all of them, so the first ones tell most

/** A report for people: a line for each fill, then what reads it and what that changes. */
export function renderRamReport({ scenario, first, runs }: RamReport): string {
  const head = `${scenario}: RAM full of ${first} at power-on (below: golden), compared with ${runs.length} other fills`;
  return [head, ...runs.flatMap((run) => renderRun(run, first))].join('\n');
}

function renderRun({ fill, kind, reader, paragraphs }: RamFillRun, first: string): readonly string[] {
  if (kind === 'unread') return [`same    ${fill}: nothing in the recording depends on it`];
  const seen = kind === 'differs' ? 'the kernel does something else' : 'it is read, but no lens sees a difference';
  const lines = reader === undefined ? [] : readerLines(reader, fill, first);
  const more = paragraphs.length - MOST_PARAGRAPHS;
  const rest = more > 0 ? [`and ${more} more differences; --json has them`] : [];
  const told = [...lines, ...paragraphs.slice(0, MOST_PARAGRAPHS), ...rest];
  return [`${kind.padEnd(7)} ${fill}: ${seen}`, ...told.flatMap(indented)];
}

function readerLines({ icount, place, instruction, read }: RamReader, fill: string, first: string): readonly string[] {
  const found = read.filter(({ isNeverWritten }) => isNeverWritten);
  const what = found.map(({ linear, expected, actual }) => {
    return `${hex(linear)}, which nobody wrote: ${bytesText(expected)} with ${first}, ${bytesText(actual)} with ${fill}`;
  });
  return [`first read in ${place}, icount ${icount}: ${instruction}`, ...what.map((text) => `  reads ${text}`)];
}

function bytesText(bytes: readonly number[]): string {
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

function indented(text: string): readonly string[] {
  return text.split('\n').map((line) => `  ${line}`);
}
