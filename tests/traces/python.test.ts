import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { memorySource, openTrace } from '../../traces/index.ts';
import { type Content, HEADER, recordTrace, rowsOf } from './content.ts';
import { EXAMPLES, exampleEvents } from './examples.ts';
import { syntheticWrites } from './synthetic.ts';

const PYTHON = ['/usr/bin/python3', 'python3'].find(
  (python) => spawnSync(python, ['-c', 'import msgpack']).status === 0,
);

const columns = syntheticWrites(70_000);
const CONTENT: Content = {
  writes: rowsOf([{ ...columns, number: columns.icount }]),
  events: exampleEvents,
  files: [{ role: 'image', name: 'kernel.img', sha256: 'a'.repeat(64), bytes: new Uint8Array(100).fill(0x90) }],
};

/** What decode.py prints. */
interface Decoded {
  readonly header: readonly unknown[];
  readonly files: Readonly<Record<string, { readonly hex: string }>>;
  readonly writes: readonly (readonly number[])[];
  readonly events: readonly (readonly unknown[])[];
  readonly index: readonly [chunks: readonly (readonly number[])[], checkpoints: readonly (readonly unknown[])[]];
  readonly footer: readonly number[];
}

function decodeInPython(trace: Uint8Array): Decoded {
  const folder = mkdtempSync(join(tmpdir(), 'gilt-trace-'));
  try {
    const path = join(folder, 'trace.msgpack');
    writeFileSync(path, trace);
    const script = join(import.meta.dirname, 'decode.py');
    return JSON.parse(execFileSync(PYTHON ?? 'python3', [script, path], { encoding: 'utf8', maxBuffer: 1 << 28 }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('a decoder in Python that knows only FORMAT.md', () => {
  const name = PYTHON === undefined ? ' (skipped: no python3 with the msgpack module here)' : '';

  it.skipIf(PYTHON === undefined)(`reads the same trace${name}`, () => {
    const bytes = recordTrace(CONTENT);
    const decoded = decodeInPython(bytes);
    const sha = 'a'.repeat(64);
    expect(decoded.header).toEqual([HEADER.scenario, HEADER.spec, HEADER.generator, [[0, 'kernel.img', sha, 100]]]);
    expect(decoded.files['0'].hex).toBe('90'.repeat(100));
    expect(JSON.stringify(decoded.writes) === JSON.stringify(CONTENT.writes)).toBe(true);
    expect(decoded.events).toEqual(
      EXAMPLES.map(([, [kind, ...fields]], number) => [kind, 2 ** 33 + number, number * 2000, ...fields]),
    );
    expect(decoded.footer.slice(2)).toEqual([70_000, EXAMPLES.length]);
    const reader = openTrace(memorySource(bytes, 'trace'));
    expect(decoded.index[1]).toEqual(reader.checkpoints().map((at) => Object.values(at)));
    expect(decoded.index[0].map(([kind]) => kind)).toEqual([1, 2, 3, 3, 4]);
  });
});
