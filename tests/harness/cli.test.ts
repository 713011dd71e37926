import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { beforeAll, expect, test } from 'vitest';
import { buildGilt, cliOf, startNode } from './built-cli.ts';
import { bootSector, CHANGED_GUEST, makeProject, scenarioText, snapshotOf } from './project-folder.ts';

let cli = '';

beforeAll(async () => {
  cli = cliOf(await buildGilt('gilt-test'));
});

const start = (cwd: string, args: readonly string[]) => startNode(cwd, [cli, ...args], { CI: '' });
const run = (cwd: string, args: readonly string[]) => start(cwd, args).ended;

test('scenario files import the gilt that is running', async () => {
  expect(await run(makeProject(), ['record', 'hello'])).toMatchObject({ code: 0, err: '' });
});

test('a reader that closes the pipe ends a dump silently', async () => {
  const folder = makeProject({
    'guest.img': bootSector([0xab, 0xeb, 0xfd]), // stosw, again and again
    'scenarios/hello.scenario.ts': scenarioText('await driver.runFor(400_000);'),
  });
  await run(folder, ['record', 'hello']);
  const { child, ended } = start(folder, ['dump', 'trace.msgpack']);
  child.stdout.once('data', () => child.stdout.destroy());
  expect(await ended).toMatchObject({ err: '' });
});

/** So that a run can't end before the signal comes. */
const SLOWLY = ['--engine', 'oracle'];
const ENDLESS = {
  'guest.img': bootSector([0xeb, 0xfe]),
  'scenarios/hello.scenario.ts': scenarioText('await driver.runFor(900_000_000);'),
};

test('SIGINT ends a run with 130 and leaves no half-written file', async () => {
  const folder = makeProject(ENDLESS);
  const before = snapshotOf(folder);
  const { child, ended } = start(folder, ['record', 'hello', ...SLOWLY]);
  while (snapshotOf(folder).size === before.size) await pause(20);
  child.kill('SIGINT');
  expect(await ended).toMatchObject({ code: 130, signal: null });
  expect(snapshotOf(folder)).toEqual(before);
});

const SCENARIOS = ['a', 'b'];
const many = (body: string) =>
  Object.fromEntries(SCENARIOS.map((name) => [`scenarios/${name}.scenario.ts`, scenarioText(body)]));

test('a gate on several threads says and leaves what one on a single thread does, in the same order', async () => {
  const folder = makeProject(many(`await driver.runUntilText('H'); driver.screenshot('s'); driver.checkpoint('s');`));
  expect(await run(folder, ['bless'])).toMatchObject({ code: 0 });
  writeFileSync(join(folder, 'guest.img'), CHANGED_GUEST);
  const gates = [];
  for (const jobs of ['1', '3']) {
    const { code, out, err } = await run(folder, ['gate', '--all', '--jobs', jobs]);
    gates.push({ code, out, err, report: snapshotOf(join(folder, '.gilt/report')) });
  }
  expect(gates[1]).toEqual(gates[0]);
  expect(gates[0]).toMatchObject({ code: 1, err: '' });
  expect(gates[0].out.match(/^differs \w+/gm)).toEqual([...SCENARIOS, 'hello'].map((name) => `differs ${name}`));
});

test('SIGINT leaves no half-written file of other threads either', async () => {
  const folder = makeProject({ ...ENDLESS, ...many('await driver.runFor(900_000_000);') });
  const before = snapshotOf(folder);
  const { child, ended } = start(folder, ['gate', '--jobs', '2', ...SLOWLY]);
  while (snapshotOf(folder).size < before.size + 2) await pause(20);
  child.kill('SIGINT');
  expect(await ended).toMatchObject({ code: 130 });
  expect(snapshotOf(folder)).toEqual(before);
});

test('reporters print and write files at once, and a review reads its answers from a pipe', async () => {
  const folder = makeProject();
  await run(folder, ['bless']);
  writeFileSync(join(folder, 'guest.img'), CHANGED_GUEST);
  const summary = join(folder, 'summary.md');
  const args = ['gate', '--reporter', 'terminal', '--reporter', 'github', '--reporter', 'junit=out/junit.xml'];
  const gate = await startNode(folder, [cli, ...args, '--reporter', 'json=out/r.json'], {
    GITHUB_STEP_SUMMARY: summary,
  }).ended;
  expect(gate).toMatchObject({
    code: 1,
    out: expect.stringMatching(/^differs hello\n.*\n::error title=gilt hello::/s),
  });
  expect(readFileSync(join(folder, 'out/junit.xml'), 'utf8')).toContain('<failure message="differs: ');
  expect(readFileSync(join(folder, 'out/r.json'), 'utf8')).toBe(
    readFileSync(join(folder, '.gilt/report/report.json'), 'utf8'),
  );
  expect(readFileSync(summary, 'utf8')).toContain('### gilt: 0 of 1 scenarios same');
  const review = start(folder, ['review', '--by', 'scenario']);
  review.child.stdin.end('nonsense\nb\n');
  expect(await review.ended).toMatchObject({
    code: 0,
    out: expect.stringMatching(/blessed hello\nnothing is left to decide\n$/),
  });
});
