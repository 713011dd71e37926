import { readFileSync } from 'node:fs';
import { type EngineName, Machine } from '../../../emulator/index.ts';
import type { TraceEvent } from '../../../traces/index.ts';

const INSTRUCTIONS_AT_MOST = 3_000_000;
const DISK_BYTES = 16 * 63 * 512;

/** Boots a guest of this folder and gives what it put out, line by line, without the mark that lines begin with. */
export function runGuest(name: string, engine: EngineName): readonly string[] {
  const disk = new Uint8Array(DISK_BYTES);
  disk.set(readFileSync(new URL(`./${name}.bin`, import.meta.url)));
  const output: number[] = [];
  const note = (event: TraceEvent): void => {
    if (event.kind === 'debug-out') output.push(event.byte);
  };
  const spec = { memoryBytes: 4 * 1024 * 1024, clock: 'instructions' } as const;
  const sink = { writes: () => undefined, event: note };
  const machine = new Machine(spec, { disk }, { engine, sink, hotAfter: 1 });
  machine.run({ until: INSTRUCTIONS_AT_MOST });
  return String.fromCharCode(...output)
    .split('\n')
    .flatMap((line) => (line.startsWith('~') ? [line.slice(1).trimEnd()] : []));
}

/** What an oracle gave, recorded by record.mjs. */
export function recorded(name: string, oracle: 'qemu' | 'bochs'): readonly string[] {
  return readFileSync(new URL(`./${name}.${oracle}.txt`, import.meta.url), 'utf8')
    .trimEnd()
    .split('\n');
}
