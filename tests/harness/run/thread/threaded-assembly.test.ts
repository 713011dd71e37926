import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ThreadedAssembly } from '../../../../harness/run/thread/threaded-assembly.ts';
import { memorySink, TraceWriter } from '../../../../traces/index.ts';
import { HEADER } from '../../../traces/content.ts';
import { syntheticWrites } from '../../../traces/synthetic.ts';

const outdir = resolve('node_modules/.cache/threaded-assembly');
const folder = mkdtempSync(join(tmpdir(), 'gilt-threaded-'));

beforeAll(() =>
  build({
    entryPoints: {
      program: 'tests/harness/run/threaded-program.ts',
      'trace-worker': 'harness/run/thread/trace-worker.ts',
    },
    outdir,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
  }),
);
afterAll(() => rmSync(folder, { recursive: true }));

async function run(...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [join(outdir, 'program.js'), ...args]);
  return stdout.trim();
}

test('a trace that another thread assembles has the same bytes, also when nothing comes after its start', async () => {
  expect(await run('whole', join(folder, 'trace.msgpack'))).toBe('true true true');
});

test('a disk that is full is an error that names the file', async () => {
  expect(await run('full')).toBe('disk: no space left on the device');
});

test('a recording that is given up leaves nothing behind', async () => {
  expect(await run('stop', join(folder, 'sub/trace.msgpack'))).toBe('stopped');
  expect(readdirSync(join(folder, 'sub'))).toEqual([]);
});

test('many events among few writes fill the ring, and have the same bytes without a thread', () => {
  const columns = syntheticWrites(1000);
  const record = (writer: TraceWriter): void => {
    for (let number = 0; number < 45_000; number++) {
      if (number === 22_000) writer.writes(columns);
      const writes = Math.min(1000, Math.floor(number / 22));
      writer.event({ kind: 'debug-out', byte: number & 0xff, icount: 2 ** 40 + number, writes });
    }
    writer.close();
  };
  const [sink, plain] = [memorySink(), memorySink()];
  const file = { path: 'none', descriptor: -1, write: (bytes: Uint8Array): void => sink.write(bytes) };
  record(new TraceWriter(sink, HEADER, [], (begun) => new ThreadedAssembly(begun, file)));
  record(new TraceWriter(plain, HEADER, []));
  expect(Buffer.compare(sink.bytes(), plain.bytes())).toBe(0);
});
