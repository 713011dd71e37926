import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { buildGilt, type Ended, startNode } from '../built-cli.ts';
import { gilt } from '../host-stub.ts';
import { CHANGED_GUEST, makeProject, scenarioText, snapshotOf } from '../project-folder.ts';

let built = '';

beforeAll(async () => {
  built = await buildGilt('gilt-vitest-test');
});

const HELLO = `
  await driver.runUntilText('H');
  driver.screenshot('hello');
  driver.checkpoint('hello');
`;

const OWN_TEST = `
import { record } from 'gilt/vitest';
import { expect, test } from 'vitest';
test('one and one are two', () => expect(1 + 1).toBe(2));
test('the greeting stays', async () => {
  const run = await record({ description: 'x', run: async (driver) => { ${HELLO} } });
  await expect(run).toMatchGoldenTrace();
  await expect(run.screen('hello')).toMatchGoldenScreen('greeting');
});
`;

/** A project that has gilt and vitest installed, a scenario more and a test of its own. */
function makeTestProject(): string {
  const folder = makeProject({
    'package.json': '{ "type": "module" }',
    'vitest.config.ts': `
      import { gilt } from 'gilt/vitest';
      import { defineConfig } from 'vitest/config';
      export default defineConfig({ plugins: [gilt()], test: { isolate: false, maxWorkers: 1 } });`,
    'scenarios/hello.scenario.ts': scenarioText(HELLO),
    'scenarios/other.scenario.ts': scenarioText(HELLO),
    'own.test.ts': OWN_TEST,
  });
  mkdirSync(join(folder, 'node_modules/gilt'), { recursive: true });
  symlinkSync(resolve('node_modules/vitest'), join(folder, 'node_modules/vitest'));
  symlinkSync(built, join(folder, 'node_modules/gilt/dist'));
  writeFileSync(join(folder, 'node_modules/gilt/package.json'), readFileSync('package.json'));
  return folder;
}

function vitest(folder: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const program = join(folder, 'node_modules/vitest/vitest.mjs');
  return startNode(folder, [program, 'run', ...args], { CI: '', NO_COLOR: '1', VITEST: undefined, ...env }).ended;
}

const goldenOf = (folder: string) => snapshotOf(join(folder, 'golden'));

test('with CI set nothing is written and missing goldens fail; -u blesses; diverged and stale goldens fail in shards, too', async () => {
  const folder = makeTestProject();
  const ci = await vitest(folder, ['-u'], { CI: 'true' });
  expect(ci).toMatchObject({ code: 1, out: expect.stringMatching(/Tests {2}3 failed \| 2 passed/) });
  expect(ci.err).toContain('golden: goldens are not written with CI set: bless on your machine and commit');
  expect(existsSync(join(folder, 'golden'))).toBe(false);

  expect(await vitest(folder, ['-u'])).toMatchObject({ code: 0, out: expect.stringMatching(/Tests {2}5 passed/) });
  const blessed = ['hello.png', 'summary.txt', 'trace.msgpack'];
  expect([...goldenOf(folder).keys()]).toEqual([
    '_tests/greeting.png',
    ...blessed.map((file) => `_tests/the-greeting-stays/${file}`),
    ...['hello', 'other'].flatMap((name) => blessed.map((file) => `${name}/${file}`)),
  ]);
  expect((await gilt(folder, ['gate'])).code).toBe(0);

  writeFileSync(join(folder, 'guest.img'), CHANGED_GUEST);
  cpSync(join(folder, 'golden/hello'), join(folder, 'golden/gone'), { recursive: true });
  rmSync(join(folder, 'golden/other'), { recursive: true });
  const before = goldenOf(folder);
  const shard = (part: string) => vitest(folder, ['--reporter=blob', `--shard=${part}`]);
  expect((await Promise.all(['1/2', '2/2'].map(shard))).map(({ code }) => code)).toContain(1);
  const { code, out, err } = await vitest(folder, ['--merge-reports']);
  expect(code).toBe(1);
  expect(out).toMatch(/Test Files {2}3 failed.*Tests {2}4 failed \| 1 passed/s);
  expect(err).toMatch(/GoldenError: differs: \d causes?\n {2}\w+: .* \[[0-9a-f]{8}\]/);
  expect(err).toContain('GoldenError: there is no golden to compare with\n  vitest -u blesses it\n');
  expect(err).toContain('golden run the-greeting-stays: differs: ');
  expect(err).toContain('goldens without a scenario: gone; -u removes them');
  expect(goldenOf(folder)).toEqual(before);
  expect((await gilt(folder, ['review', '--list'])).out).toMatch(/^hello: differs\n(.*\n)+other: no golden\n$/);

  expect(await vitest(folder, ['-u'])).toMatchObject({ code: 0 });
  expect([...goldenOf(folder).keys()]).not.toContain('gone/trace.msgpack');
  expect(await gilt(folder, ['gate'])).toMatchObject({
    err: '',
    out: 'same hello\nsame other\n2 of 2 scenarios same\n',
  });
});
