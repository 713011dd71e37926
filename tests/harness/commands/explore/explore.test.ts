import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { gilt } from '../../host-stub.ts';
import { bootSector, makeFolder, makeProject, scenarioText } from '../../project-folder.ts';

const built = (name: string): readonly string[] => {
  const path = join(process.cwd(), name);
  return ['--image', `${path}.img`, '--symbols', `${path}.elf`];
};
const FLAW = built('kernel/regressions/built/flaw-early-tick');
const CALLOC = built('kernel/burrow/regressions/built/calloc-not-zeroed');
const HEAP = ['--alloc', 'bmalloc', '--calloc', 'bcalloc', '--free', 'bfree', '--runs', '20'];

describe('explore allocator', () => {
  test('a flaw is printed with its calls and the seed: exit code 1', async () => {
    const { code, out } = await gilt(makeFolder(), ['explore', 'allocator', ...CALLOC, ...HEAP, '--seed', '3']);
    expect(code).toBe(1);
    expect(out).toMatch(
      /^bmalloc, bcalloc, bfree: broken \(zeroed\)\n {2}bcalloc\(\d+, \d+\): byte \d+ of it is not 0\n/,
    );
    expect(out).toMatch(/ 1\. bmalloc\(\d+\) = 0x\w{8}\n(.*\n)* .*seed 3\n$/);
  });

  test('none is exit code 0; --json is the report', async () => {
    const guest = built('kernel/burrow/build/burrow');
    const { code, out } = await gilt(makeFolder(), ['explore', 'allocator', ...guest, ...HEAP, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ seed: 1, runs: 20 });
  });

  test('--save writes a scenario that fails as long as the flaw is there', async () => {
    const folder = makeProject();
    const saved = await gilt(folder, ['explore', 'allocator', ...CALLOC, ...HEAP, '--save', 'dirty-calloc']);
    expect(saved.err).toContain('dirty-calloc.scenario.ts');
    const text = readFileSync(join(folder, 'scenarios/dirty-calloc.scenario.ts'), 'utf8');
    expect(text).toContain("      calloc: 'bcalloc',");
    const gate = await gilt(folder, ['gate', ...CALLOC, 'dirty-calloc', '--json']);
    expect(gate.out).toMatch(/AllocatorFlaw: bcalloc\(\d+, \d+\): byte \d+ of it is not 0/);
    const again = await gilt(folder, ['explore', 'allocator', ...CALLOC, ...HEAP, '--save', 'dirty-calloc']);
    expect([again.code, again.err]).toEqual([2, expect.stringContaining('nothing is overwritten')]);
  });

  test.each([
    [['--free', 'bfree'], '--alloc: name the function that allocates, too'],
    [[], '--alloc: name the function that allocates: gilt.config.ts has no `allocators`'],
    [['--alloc', 'bmaloc'], 'no function "bmaloc"; did you mean bmalloc or bcalloc?'],
    [['--alloc', 'bmalloc', '--rules', 'speed'], '--rules: no rule "speed"; there is returns, alignment'],
    [['--alloc', 'bmalloc', '--runs', '0'], '--runs takes a count, 1 or more'],
    [['--alloc', 'bmalloc', '--save', 'x'], '--save needs a gilt.config.ts'],
  ])('%j is a clear error: exit code 2', async (args, message) => {
    const { code, err } = await gilt(makeFolder(), ['explore', 'allocator', ...CALLOC, ...args]);
    expect([code, err.trimEnd().split('\n').length]).toEqual([2, 1]);
    expect(err).toContain(message);
  });
});

test('a kernel that does not come to where the variants begin is a clear error', async () => {
  const args = ['explore', 'allocator', ...FLAW, '--alloc', 'kalloc', '--at', 'text:never'];
  const { code, err } = await gilt(makeFolder(), args);
  expect([code, err.trimEnd().split('\n').length]).toEqual([2, 1]);
  expect(err).toContain('--at: the kernel does not come there: waited for the text "never" on the screen in vain');
});

describe('explore interrupt', () => {
  test("539kernel's early tick is found in one command", async () => {
    const { code, out } = await gilt(makeFolder(), ['explore', 'interrupt', ...FLAW]);
    expect(code).toBe(1);
    expect(out).toMatch(/^IRQ 0 at \d+ instruction boundaries from kernel_main \(src\/main\.c:\d+\)/);
    expect(out).toMatch(/\nbroken \d+ boundaries: exception #DE divide error \(vector 0\) in next_process/);
  });

  test.each([
    [['--at', 'nowhere'], '--at: "nowhere" is nothing to wait for'],
    [['--irq', '2'], 'there is IRQ 0 to 15'],
    [['--seed', '1e12'], '--seed takes an integer'],
  ])('%j is a clear error: exit code 2', async (args, message) => {
    const { code, err } = await gilt(makeFolder(), ['explore', 'interrupt', ...FLAW, ...args]);
    expect([code, err.trimEnd().split('\n').length]).toEqual([2, 1]);
    expect(err).toContain(message);
  });

  test('a kernel without a known entry asks for --at', async () => {
    const folder = makeProject();
    expect(await gilt(folder, ['explore', 'interrupt'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('give --at'),
    });
  });
});

describe('explore ram', () => {
  // mov ax, [9000h]; mov [8000h], ax; cli; hlt
  const READER = bootSector([0xa1, 0x00, 0x90, 0xa3, 0x00, 0x80, 0xfa, 0xf4]);

  test('reads of what was never written are exit code 1, with or without a scenario', async () => {
    const scenario = scenarioText('await driver.runUntilStop();');
    const folder = makeProject({ 'guest.img': READER, 'scenarios/run.scenario.ts': scenario });
    for (const args of [['run'], ['--image', 'guest.img', '--until', 'stop']]) {
      const { code, out } = await gilt(folder, ['explore', 'ram', ...args]);
      expect(code).toBe(1);
      expect(out).toContain('first read in 0x00007c00, icount 0: mov ax');
    }
  });

  test('a guest that reads nothing of it is exit code 0', async () => {
    const { code, out } = await gilt(makeProject(), ['explore', 'ram', 'hello']);
    expect([code, out.split('\n')[1]]).toEqual([0, 'same    bytes 0xff: nothing in the recording depends on it']);
  });
});

test('explore alone says what there is', async () => {
  const { code, err } = await gilt(makeFolder(), ['explore']);
  expect([code, err]).toEqual([2, expect.stringContaining('explore what? allocator, interrupt or ram')]);
});
