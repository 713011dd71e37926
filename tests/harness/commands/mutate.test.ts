import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { gilt } from '../host-stub.ts';
import { makeFolder, makeProject, scenarioText } from '../project-folder.ts';

const IMAGE = resolve('kernel/build/539kernel.img');
const SYMBOLS = resolve('kernel/build/539kernel.elf');

const KERNEL_START = 0x9000; // the second sector of the image
const STACK_TOP_CONSTANT = 0x9041; // in protected_mode: mov esp, 0xaba0

const BOOT = scenarioText(`
  await driver.runUntilCall('process_init');
  driver.checkpoint('paging-on');
  driver.screenshot('paging-on');
`);

function kernelProject(image = IMAGE): string {
  const paths = `image: ${JSON.stringify(image)}, symbols: ${JSON.stringify(SYMBOLS)}`;
  return makeFolder({
    'gilt.config.ts': `import { defineConfig } from 'gilt';\nexport default defineConfig({ ${paths} });\n`,
    'scenarios/boot.scenario.ts': BOOT,
  });
}

describe('mutate', () => {
  test('prints the same scores and survivors each time, and exits 0 whatever they are', async () => {
    const folder = kernelProject();
    await gilt(folder, ['bless']);
    const args = ['mutate', 'boot', '--functions', 'heap_init,kalloc,peek', '--limit', '8', '--seed', '3'];
    const first = await gilt(folder, args);
    expect({ code: first.code, err: first.err }).toEqual({ code: 0, err: '' });
    expect(first.out).toMatch(/^in all +8 /m);
    expect((await gilt(folder, args)).out).toBe(first.out);
  });

  test('prints every mutant with its fate as JSON', async () => {
    const folder = kernelProject();
    await gilt(folder, ['bless']);
    const { out } = await gilt(folder, ['mutate', '--functions', 'heap_init', '--json']);
    const report = JSON.parse(out);
    expect(report).toMatchObject({ version: 1, scenarios: ['boot'], score: { name: 'in all' } });
    expect(report.mutants).toHaveLength(report.score.mutants);
    expect(report.mutants[0]).toMatchObject({ function: 'heap_init', linear: expect.any(Number), kind: 'constant' });
  });

  test('an unknown function is exit code 2, with the nearest names', async () => {
    const { code, err } = await gilt(kernelProject(), ['mutate', '--functions', 'kalloc,paging_inti']);
    expect(code).toBe(2);
    expect(err).toContain('no function "paging_inti"; did you mean paging_init');
  });

  test('without symbols, a golden, or a run that is as the golden, it is exit code 2', async () => {
    expect((await gilt(makeProject(), ['mutate'])).err).toContain('none are given');
    const folder = kernelProject();
    const withoutGolden = await gilt(folder, ['mutate', '--functions', 'kalloc']);
    expect(withoutGolden.code).toBe(2);
    expect(withoutGolden.err).toContain('no golden');
    await gilt(folder, ['bless']);
    writeFileSync(join(folder, 'scenarios/boot.scenario.ts'), BOOT.replace('process_init', 'paging_init'));
    const changed = await gilt(folder, ['mutate', '--functions', 'kalloc']);
    expect(changed.code).toBe(2);
    expect(changed.err).toContain('differs from its golden without any mutation');
  });

  test('an image that isn’t the ELF’s is exit code 2', async () => {
    const image = readFileSync(IMAGE);
    image[512 + STACK_TOP_CONSTANT - KERNEL_START] += 16;
    const folder = kernelProject('other.img');
    writeFileSync(join(folder, 'other.img'), image);
    await gilt(folder, ['bless']);
    const { code, err } = await gilt(folder, ['mutate']);
    expect(code).toBe(2);
    expect(err).toContain('do image and symbols belong together?');
  });

  test('empty names and counts below 0 are refused', async () => {
    const folder = kernelProject();
    expect((await gilt(folder, ['mutate', '--functions', 'kalloc,'])).err).toContain('names with commas');
    expect((await gilt(folder, ['mutate', '--limit', '-1'])).err).toContain('--limit takes a count');
  });
});
