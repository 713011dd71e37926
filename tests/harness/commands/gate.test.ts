import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { gilt } from '../host-stub.ts';
import { CHANGED_GUEST, HALTING_GUEST, makeProject, scenarioText, snapshotOf } from '../project-folder.ts';

const HELLO = `
  await driver.runUntilText('H');
  driver.screenshot('hello');
  driver.checkpoint('hello');
`;

async function blessedProject(files: { readonly [path: string]: string | Uint8Array } = {}): Promise<string> {
  const folder = makeProject(files);
  const { code, err } = await gilt(folder, ['bless']);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return folder;
}

const goldenOf = (folder: string) => snapshotOf(join(folder, 'golden'));

describe('gate and bless', () => {
  test('without a golden the exit code is 1, after bless 0', async () => {
    const folder = makeProject();
    const before = await gilt(folder, ['gate']);
    expect(before.code).toBe(1);
    expect(before.out).toContain('no golden hello');
    expect(existsSync(join(folder, 'golden'))).toBe(false);
    expect((await gilt(folder, ['bless'])).out).toMatch(/^blessed hello: [\d.]+ KiB\n1 golden takes [\d.]+ KiB\n$/);
    const after = await gilt(folder, ['gate']);
    expect({ code: after.code, err: after.err }).toEqual({ code: 0, err: '' });
    expect(after.out).toContain('same hello');
  });

  test('a golden is a trace, a picture of each screen and a summary', async () => {
    const folder = await blessedProject();
    expect([...goldenOf(folder).keys()]).toEqual(['hello/hello.png', 'hello/summary.txt', 'hello/trace.msgpack']);
    expect(readFileSync(join(folder, 'golden/hello/summary.txt'), 'utf8')).toContain('|Hi');
  });

  test('blessing twice gives the same bytes', async () => {
    const folder = await blessedProject();
    const before = goldenOf(folder);
    await gilt(folder, ['bless']);
    expect(goldenOf(folder)).toEqual(before);
  });

  test('a changed guest gives exit code 1, a paragraph, pictures and a report, and leaves golden/ alone', async () => {
    const folder = await blessedProject();
    const before = goldenOf(folder);
    writeFileSync(join(folder, 'guest.img'), CHANGED_GUEST);
    const { code, out } = await gilt(folder, ['gate']);
    expect(code).toBe(1);
    expect(out).toContain('differs hello');
    expect(out).toMatch(/screen/);
    for (const side of ['actual', 'expected', 'difference']) {
      expect(existsSync(join(folder, `.gilt/report/hello/hello-${side}.png`))).toBe(true);
    }
    const report = JSON.parse(readFileSync(join(folder, '.gilt/report/report.json'), 'utf8'));
    expect(report).toMatchObject({ exitCode: 1, scenarios: [{ scenario: 'hello', outcome: 'differs' }] });
    expect(goldenOf(folder)).toEqual(before);
  });

  test('a scenario has levels and masks of its own', async () => {
    const own = `levels: { memory: 'off', ports: 'off' },
      masks: [{ kind: 'cells', rows: [0, 24], columns: [0, 79], reason: 'the greeting may change' }],`;
    const scenario = scenarioText(HELLO).replace('run:', `${own}\n  run:`);
    const folder = await blessedProject({ 'scenarios/hello.scenario.ts': scenario });
    writeFileSync(join(folder, 'guest.img'), CHANGED_GUEST);
    const { code, out } = await gilt(folder, ['gate']);
    expect({ code, out }).toEqual({
      code: 0,
      out: expect.stringMatching(
        /^same hello\n {2}mask "the greeting may change" hid \d+ cells, \d+ of which differs?\n/,
      ),
    });
  });

  test('a level that there is not is refused by scenario file and field', async () => {
    const scenario = scenarioText(HELLO).replace('run:', `levels: { memory: 'strict' },\n  run:`);
    const folder = makeProject({ 'scenarios/hello.scenario.ts': scenario });
    const { code, err } = await gilt(folder, ['bless']);
    expect(code).toBe(2);
    expect(err).toMatch(/hello\.scenario\.ts: levels\.memory.*is "strict"; it must be 'exact'/s);
  });

  test('pictures of an earlier gate are gone when the screens are the same again', async () => {
    const folder = await blessedProject();
    const image = readFileSync(join(folder, 'guest.img'));
    writeFileSync(join(folder, 'guest.img'), CHANGED_GUEST);
    await gilt(folder, ['gate']);
    writeFileSync(join(folder, 'guest.img'), image);
    await gilt(folder, ['gate']);
    expect([...snapshotOf(join(folder, '.gilt/report')).keys()]).toEqual(['hello/actual.msgpack', 'report.json']);
  });

  test('--json prints the report, --report chooses its folder', async () => {
    const folder = await blessedProject();
    const { out } = await gilt(folder, ['gate', '--json', '--report', 'elsewhere']);
    expect(JSON.parse(out)).toMatchObject({ exitCode: 0, scenarios: [{ outcome: 'same' }] });
    expect(readFileSync(join(folder, 'elsewhere/report.json'), 'utf8')).toBe(out);
  });

  test('--image boots another kernel against the same goldens', async () => {
    const folder = await blessedProject({ 'other.img': CHANGED_GUEST });
    expect((await gilt(folder, ['gate', '--image', 'other.img'])).code).toBe(1);
    expect((await gilt(folder, ['gate', '--image', 'guest.img'])).code).toBe(0);
    expect((await gilt(folder, ['gate', '--symbols', 'x.elf'])).code).toBe(2);
  });
});

describe('a golden whose scenario is gone', () => {
  test('is stale: the gate is red until bless removes it, unless it is asked about others', async () => {
    const folder = await blessedProject();
    renameSync(join(folder, 'scenarios/hello.scenario.ts'), join(folder, 'scenarios/hallo.scenario.ts'));
    await gilt(folder, ['bless', 'hallo']);
    const { code, out } = await gilt(folder, ['gate']);
    expect({ code, out }).toEqual({
      code: 1,
      out:
        'same hallo\n' +
        'stale hello: a golden without a scenario; `gilt bless` removes it, or bring the scenario back\n' +
        '1 of 2 scenarios same, 1 not\n',
    });
    expect((await gilt(folder, ['gate', 'hallo'])).code).toBe(0);
    expect((await gilt(folder, ['bless'])).out).toContain('removed the golden of hello: there is no such scenario');
    expect((await gilt(folder, ['gate'])).out).toBe('same hallo\n1 of 1 scenarios same\n');
  });
});

describe('a guest that hangs or ends early is a difference, not an error', () => {
  test('it halts where the golden went on', async () => {
    const folder = await blessedProject({ 'halting.img': HALTING_GUEST });
    const { code, out } = await gilt(folder, ['gate', '--image', 'halting.img']);
    expect(code).toBe(1);
    expect(out).toContain('waited for 2 timer ticks in vain: the guest halted with interrupts off');
    expect(out).toContain('| Hi');
  });

  test('bless refuses a run with a wait that is not met', async () => {
    const folder = makeProject({ 'guest.img': HALTING_GUEST });
    const { code, err } = await gilt(folder, ['bless']);
    expect(code).toBe(2);
    expect(err).toContain('not blessed: the scenario waited for 2 timer ticks');
    expect(existsSync(join(folder, 'golden'))).toBe(false);
  });
});

describe('bad input is one clear error and exit code 2, and golden/ stays as it is', () => {
  const golden = 'golden/hello/trace.msgpack';
  const change = (folder: string, alter: (bytes: Uint8Array) => Uint8Array): void => {
    writeFileSync(join(folder, golden), alter(new Uint8Array(readFileSync(join(folder, golden)))));
  };

  test.each<readonly [string, (folder: string) => void, readonly string[], RegExp]>([
    ['a truncated golden', (folder) => change(folder, (bytes) => bytes.slice(0, -100)), ['gate'], /trace\.msgpack/],
    [
      'a golden with a flipped byte',
      (folder) => change(folder, (bytes) => bytes.with(bytes.length >> 1, bytes[bytes.length >> 1] ^ 1)),
      ['gate'],
      /trace\.msgpack, byte \d+/,
    ],
    ['an empty golden', (folder) => change(folder, () => new Uint8Array(0)), ['gate'], /trace\.msgpack/],
    [
      'a golden that is a folder',
      (folder) => {
        rmSync(join(folder, golden));
        mkdirSync(join(folder, golden));
      },
      ['gate'],
      /trace\.msgpack: is not a file/,
    ],
    ['an unknown scenario', () => undefined, ['gate', 'helo'], /no scenario "helo"; did you mean hello\?/],
    [
      'an image that is not bootable',
      (folder) => writeFileSync(join(folder, 'guest.img'), new Uint8Array(512)),
      ['gate'],
      /guest\.img: not bootable/,
    ],
    [
      'an image shorter than a sector',
      (folder) => writeFileSync(join(folder, 'guest.img'), 'short'),
      ['bless'],
      /guest\.img: not bootable: 5 bytes/,
    ],
    ['a missing image', (folder) => rmSync(join(folder, 'guest.img')), ['bless'], /guest\.img: no such file/],
    [
      'missing symbols',
      (folder) =>
        writeFileSync(join(folder, 'gilt.config.ts'), `export default { image: 'guest.img', symbols: 'no.elf' };`),
      ['bless'],
      /no\.elf: no such file/,
    ],
    [
      'an allocator without symbols',
      (folder) =>
        writeFileSync(
          join(folder, 'gilt.config.ts'),
          `export default { image: 'guest.img', allocators: [{ name: 'kalloc', args: 1 }] };`,
        ),
      ['bless'],
      /symbols: none are given, so the function "kalloc"/,
    ],
    [
      'a scenario that throws',
      (folder) => writeFileSync(join(folder, 'scenarios/hello.scenario.ts'), scenarioText(`throw new Error('oh');`)),
      ['bless'],
      /hello\.scenario\.ts:\d+: Error: oh/,
    ],
    [
      'a scenario with a syntax error',
      (folder) => writeFileSync(join(folder, 'scenarios/hello.scenario.ts'), 'export default {'),
      ['bless'],
      /hello\.scenario\.ts:1/,
    ],
    ['CI set', () => undefined, ['bless', '--ci'], /goldens are not written with CI set/],
    [
      'a report folder that is a file',
      (folder) => writeFileSync(join(folder, 'taken'), ''),
      ['gate', '--report', 'taken'],
      /taken/,
    ],
  ])('%s', async (_name, spoil, args, message) => {
    const folder = await blessedProject();
    spoil(folder);
    const before = goldenOf(folder);
    const isCi = args.includes('--ci');
    const { code, out, err } = await gilt(
      folder,
      args.filter((arg) => arg !== '--ci'),
      isCi ? { CI: 'true' } : {},
    );
    expect(code).toBe(2);
    expect(out + err).toMatch(message);
    expect(out + err).not.toContain('internal error');
    expect(goldenOf(folder)).toEqual(before);
  });

  test('a broken scenario does not keep the gate from judging the others', async () => {
    const folder = await blessedProject({ 'scenarios/other.scenario.ts': scenarioText('await driver.runFor(100);') });
    writeFileSync(join(folder, 'scenarios/hello.scenario.ts'), scenarioText(`driver.readMemory('heap', 4);`));
    const { code, out } = await gilt(folder, ['gate']);
    expect(code).toBe(2);
    expect(out).toContain('error hello');
    expect(out).toContain('no symbol "heap"');
    expect(out).toContain('same other');
  });
});
