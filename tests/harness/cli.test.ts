import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { build } from 'esbuild';
import { beforeAll, expect, test } from 'vitest';
import { bootSector, makeProject, scenarioText, snapshotOf } from './project-folder.ts';

let cli = '';

/** Built as `npm run build` does it, into node_modules/, so that packages are found and dist/ is left alone. */
beforeAll(async () => {
  const outdir = resolve('node_modules/.cache/gilt-test');
  await build({
    entryPoints: ['harness/cli.ts', 'harness/index.ts'],
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
  });
  cli = join(outdir, 'cli.js');
});

function start(cwd: string, args: readonly string[]) {
  const child = spawn(process.execPath, [cli, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let err = '';
  child.stderr.on('data', (bytes: Buffer) => {
    err += bytes.toString();
  });
  return { child, exit: once(child, 'close'), err: () => err };
}

test('scenario files import the gilt that is running', async () => {
  const { exit, err } = start(makeProject(), ['record', 'hello']);
  expect(await exit).toEqual([0, null]);
  expect(err()).toBe('');
});

test('a reader that closes the pipe ends a dump silently', async () => {
  const folder = makeProject({
    'guest.img': bootSector([0xab, 0xeb, 0xfd]), // stosw, again and again
    'scenarios/hello.scenario.ts': scenarioText('await driver.runFor(400_000);'),
  });
  await start(folder, ['record', 'hello']).exit;
  const { child, exit, err } = start(folder, ['dump', 'trace.msgpack']);
  child.stdout.once('data', () => child.stdout.destroy());
  await exit;
  expect(err()).toBe('');
});

test('SIGINT ends a run with 130 and leaves no half-written file', async () => {
  const folder = makeProject({
    'guest.img': bootSector([0xeb, 0xfe]),
    'scenarios/hello.scenario.ts': scenarioText('await driver.runFor(900_000_000);'),
  });
  const before = snapshotOf(folder);
  const { child, exit } = start(folder, ['record', 'hello']);
  while (snapshotOf(folder).size === before.size) await pause(20);
  child.kill('SIGINT');
  expect(await exit).toEqual([130, null]);
  expect(snapshotOf(folder)).toEqual(before);
});
