import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';

const outdir = resolve('node_modules/.cache/threaded-assembly');
const folder = mkdtempSync(join(tmpdir(), 'gilt-threaded-'));

beforeAll(() =>
  build({
    entryPoints: { program: 'tests/harness/run/threaded-program.ts', 'trace-worker': 'harness/run/trace-worker.ts' },
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
