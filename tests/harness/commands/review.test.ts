import { cpSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { gilt } from '../host-stub.ts';
import { makeProject, scenarioText, snapshotOf } from '../project-folder.ts';
import { guestWith } from '../two-changes.ts';

const HELLO = `
  await driver.runUntilText('H');
  driver.screenshot('hello');
  driver.checkpoint('hello');
`;

const goldenOf = (folder: string) => snapshotOf(join(folder, 'golden'));
const boot = (folder: string, guest: Uint8Array) => writeFileSync(join(folder, 'guest.img'), guest);

/** A blessed project whose guest then changed in two places, and the gate has said so. */
async function changeTwice(folder: string): Promise<void> {
  await gilt(folder, ['bless']);
  boot(folder, guestWith({ value: 2, letter: 'o' }));
  expect((await gilt(folder, ['gate'])).code).toBe(1);
}

const PROJECT = { 'guest.img': guestWith({}), 'scenarios/hello.scenario.ts': scenarioText(HELLO) };
const template = mkdtempSync(join(tmpdir(), 'gilt-review-'));

afterAll(() => rmSync(template, { recursive: true }));

/** Most tests begin with a copy of one such project, which the first one makes. */
async function twiceChanged(files?: { readonly [path: string]: string }): Promise<string> {
  const folder = makeProject({ ...PROJECT, ...files });
  if (files === undefined && existsSync(join(template, 'golden'))) {
    cpSync(template, folder, { recursive: true });
    return folder;
  }
  await changeTwice(folder);
  if (files === undefined) cpSync(folder, template, { recursive: true });
  return folder;
}

interface ListedCause {
  readonly id: string;
  readonly lens: string;
}

async function causesOf(folder: string): Promise<readonly ListedCause[]> {
  const { out } = await gilt(folder, ['review', '--list', '--json']);
  const { pending } = JSON.parse(out);
  return pending.flatMap((each: { readonly causes: readonly ListedCause[] }) => each.causes);
}

async function idOf(folder: string, lens: string): Promise<string> {
  const cause = (await causesOf(folder)).find((each) => each.lens === lens);
  return cause?.id ?? `no cause in ${lens}`;
}

describe('bless --only', () => {
  test('one cause is blessed, the others stay red', async () => {
    const folder = await twiceChanged();
    const trace = readFileSync(join(folder, 'golden/hello/trace.msgpack'));
    const ports = await idOf(folder, 'ports');
    const { code, out } = await gilt(folder, ['bless', '--only', ports]);
    expect({ code, out }).toEqual({ code: 0, out: 'blessed part of hello: 1 cause still differs\n' });
    expect(readFileSync(join(folder, 'golden/hello/trace.msgpack'))).toEqual(trace);
    const gate = await gilt(folder, ['gate']);
    expect(gate.code).toBe(1);
    expect(gate.out).toContain(`blessed alone [${ports}]: ports: `);
    expect(gate.out).not.toMatch(/^ {2}ports: /m);
    expect(gate.out).toMatch(/^ {2}memory: |^ {2}screen: /m);
  });

  test('when the others are mended the gate is green and goes on to tell what was blessed', async () => {
    const folder = await twiceChanged();
    const ports = await idOf(folder, 'ports');
    await gilt(folder, ['bless', '--only', ports]);
    boot(folder, guestWith({ value: 2 }));
    const { code, out } = await gilt(folder, ['gate']);
    expect({ code, out }).toEqual({
      code: 0,
      out: expect.stringContaining(`same hello\n  blessed alone [${ports}]: `),
    });
  });

  test.each([
    ['is undone', guestWith({ letter: 'o' }), 'does not occur in this run'],
    ['is something else again', guestWith({ value: 3 }), 'does not occur in this run'],
  ])('what was blessed alone and %s is red', async (_what, guest, says) => {
    const folder = await twiceChanged();
    await gilt(folder, ['bless', '--only', await idOf(folder, 'ports')]);
    boot(folder, guest);
    const { code, out } = await gilt(folder, ['gate']);
    expect(code).toBe(1);
    expect(out).toContain(says);
  });

  test('the last cause makes the run the golden', async () => {
    const folder = await twiceChanged();
    const ids = [...new Set((await causesOf(folder)).map(({ id }) => id))];
    const { out } = await gilt(folder, ['bless', ...ids.flatMap((id) => ['--only', id])]);
    expect(out).toContain('blessed hello\n');
    expect([...goldenOf(folder).keys()]).toEqual(['hello/hello.png', 'hello/summary.txt', 'hello/trace.msgpack']);
    expect((await gilt(folder, ['gate'])).out).toBe('same hello\n1 of 1 scenarios same\n');
    expect((await gilt(folder, ['review', '--list'])).out).toBe('nothing is pending\n');
  });

  test('a blessing of the whole scenario forgets what was blessed alone', async () => {
    const folder = await twiceChanged();
    await gilt(folder, ['bless', '--only', await idOf(folder, 'ports')]);
    await gilt(folder, ['bless']);
    expect(existsSync(join(folder, 'golden/hello/accepted.json'))).toBe(false);
    expect((await gilt(folder, ['gate'])).code).toBe(0);
  });

  test('a cause is the same in every scenario, and is blessed in all or in those that are named', async () => {
    const folder = await twiceChanged({ 'scenarios/again.scenario.ts': scenarioText(HELLO) });
    const ports = await idOf(folder, 'ports');
    expect((await causesOf(folder)).filter(({ id }) => id === ports)).toHaveLength(2);
    expect((await gilt(folder, ['bless', 'again', '--only', ports])).out).toMatch(/^blessed part of again: .*\n$/);
    expect((await gilt(folder, ['bless', '--only', ports.slice(0, 6)])).out).toMatch(/^blessed part of hello: .*\n$/);
  });

  test('a lens at level exact looks no further than its first difference, so it is not blessed alone', async () => {
    const config = `export default { image: 'guest.img', levels: { ports: 'exact' } };`;
    const folder = await twiceChanged({ 'gilt.config.ts': config });
    const before = goldenOf(folder);
    const { code, err } = await gilt(folder, ['bless', '--only', await idOf(folder, 'ports')]);
    const review = await gilt(folder, ['review', '--by', 'lens'], {}, ['s', 's', 's']);
    expect(review.out).toContain(
      "it can't be blessed: not apart from the rest of its run; `gilt review --by scenario`",
    );
    expect(code).toBe(2);
    expect(err).toContain("can't be told apart from the rest of the run");
    expect(goldenOf(folder)).toEqual(before);
  });
});

describe('review', () => {
  test('decides cause by cause: a paragraph, pictures, how summary.txt changes, a question', async () => {
    const folder = await twiceChanged();
    const { code, out } = await gilt(folder, ['review'], {}, ['nonsense', 'b', 's']);
    expect(out).toMatch(/^1 of 2: cause [0-9a-f]{8} in hello\n {2}\w+: /);
    expect(out).toContain('  picture .gilt/report/hello/hello-actual.png\n');
    expect(out).toMatch(/ {2}summary\.txt of hello:\n(.*\n)* {4}-.*Hi\n {4}\+.*Ho\n/);
    expect(out.match(/\[b\]less, \[s\]kip, \[q\]uit\? /g)).toHaveLength(3);
    expect(out).toContain('blessed part of hello: 1 cause still differs\n');
    expect(out).toMatch(/left as they are: hello\n$/);
    expect(code).toBe(1);
  });

  test('when every cause is blessed the run is the golden', async () => {
    const folder = await twiceChanged();
    const { code, out } = await gilt(folder, ['review'], {}, ['bless', 'bless']);
    expect({ code, end: out.slice(-25) }).toEqual({ code: 0, end: 'nothing is left to decide\n'.slice(-25) });
    expect((await gilt(folder, ['gate'])).out).toBe('same hello\n1 of 1 scenarios same\n');
  });

  test.each([
    ['lens', ['q'], /^1 of \d: \w+ in hello\n/],
    ['scenario', ['q'], /^1 of 1: hello differs\n/],
  ])('by %s', async (grouping, answers, says) => {
    const folder = await twiceChanged();
    const before = goldenOf(folder);
    const { code, out } = await gilt(folder, ['review', '--by', grouping], {}, answers);
    expect(out).toMatch(says);
    expect(code).toBe(1);
    expect(goldenOf(folder)).toEqual(before);
  });

  test('the end of the answers is as good as quit', async () => {
    const folder = await twiceChanged();
    const before = goldenOf(folder);
    expect((await gilt(folder, ['review'])).code).toBe(1);
    expect(goldenOf(folder)).toEqual(before);
  });

  test('a scenario without a golden is blessed as it was seen, not as it would be now', async () => {
    const folder = makeProject({ 'scenarios/hello.scenario.ts': scenarioText(HELLO) });
    await gilt(folder, ['gate']);
    boot(folder, guestWith({ letter: 'x' }));
    const { out } = await gilt(folder, ['review'], {}, ['b']);
    expect(out).toContain('1 of 1: hello has no golden\n');
    expect(readFileSync(join(folder, 'golden/hello/summary.txt'), 'utf8')).toContain('|Hi');
  });

  test('a run with a wait that was not met can be looked at, not blessed', async () => {
    const scenario = scenarioText(`await driver.runUntilText('H'); await driver.runUntilText('i', { limit: 1000 });`);
    const folder = await twiceChanged({ 'scenarios/hello.scenario.ts': scenario });
    const { code, out } = await gilt(folder, ['review', '--by', 'scenario'], {}, ['b', 's']);
    expect(out).toContain(`it can't be blessed: the scenario waited for the text "i" on the screen in vain`);
    expect(out.match(/\[s\]kip, \[q\]uit\?/g)).toHaveLength(2);
    expect(code).toBe(1);
  });

  test('a run of another image than is there now is noted, one of a scenario that is gone is left out', async () => {
    const folder = await twiceChanged();
    boot(folder, guestWith({}));
    expect((await gilt(folder, ['review'])).out).toMatch(
      /^note: the gate ran another image than guest\.img is now: hello\n/,
    );
    renameSync(join(folder, 'scenarios/hello.scenario.ts'), join(folder, 'scenarios/other.scenario.ts'));
    expect((await gilt(folder, ['review', '--list'])).out).toBe('nothing is pending\n');
  });

  test('--list --json is for scripts: causes with their ids, paths of traces and pictures', async () => {
    const folder = await twiceChanged();
    const { code, out } = await gilt(folder, ['review', '--list', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      version: 1,
      pending: [
        {
          scenario: 'hello',
          outcome: 'differs',
          trace: '.gilt/report/hello/actual.msgpack',
          pictures: expect.arrayContaining(['.gilt/report/hello/hello-difference.png']),
          causes: expect.arrayContaining([expect.objectContaining({ lens: 'ports', isSeparable: true })]),
        },
      ],
    });
  });
});

describe('what cannot be done is one clear error, and golden/ stays as it is', () => {
  test.each<readonly [string, (folder: string) => void, readonly string[], RegExp]>([
    [
      'an unknown cause',
      () => undefined,
      ['bless', '--only', 'ffffffff'],
      /cause "ffffffff": there is none; pending are /,
    ],
    [
      'a scenario of which nothing is pending',
      () => undefined,
      ['review', 'other'],
      /scenario "other": nothing of it is/,
    ],
    ['CI set, bless --only', () => undefined, ['bless', '--only', '0', '--ci'], /goldens are not written with CI set/],
    ['CI set, review', () => undefined, ['review', '--ci'], /goldens are not written with CI set/],
    [
      'a golden that changed after the gate',
      (folder) => writeFileSync(join(folder, 'golden/hello/trace.msgpack'), 'changed'),
      ['review', '--by', 'scenario'],
      /trace\.msgpack: has changed since the gate compared with it; run the gate again/,
    ],
    [
      'a damaged pending file',
      (folder) => writeFileSync(join(folder, '.gilt/report/hello/pending.json'), '{'),
      ['review'],
      /pending\.json: is no JSON/,
    ],
    [
      'a pending file with a field of the wrong kind',
      (folder) => writeFileSync(join(folder, '.gilt/report/hello/pending.json'), '{"version": 2}'),
      ['review'],
      /pending\.json: version: is 2; it must be 1; is this file from another version/,
    ],
    [
      'an accepted.json of another golden',
      (folder) =>
        writeFileSync(join(folder, 'golden/hello/accepted.json'), '{"version": 1, "goldenSha256": "0", "causes": []}'),
      ['gate'],
      /accepted\.json: belongs to another trace\.msgpack/,
    ],
  ])('%s', async (_name, spoil, args, message) => {
    const folder = await twiceChanged();
    spoil(folder);
    const before = goldenOf(folder);
    const env = args.includes('--ci') ? { CI: 'true' } : {};
    const given = args.filter((arg) => arg !== '--ci');
    const { code, out, err } = await gilt(folder, given, env, ['b']);
    expect(code).toBe(2);
    expect(out + err).toMatch(message);
    expect(out + err).not.toContain('internal error');
    expect(goldenOf(folder)).toEqual(before);
  });
});
