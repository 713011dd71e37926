import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../repo/source-files.ts';
import { gilt } from '../host-stub.ts';
import { makeRepository, type Step, short, silent } from './repository.ts';

const CONFIG = "symbols: 'build/guest.elf', allocators: [{ name: 'kalloc', args: 1, size: 0 }]";
// A commit's kernel was built beforehand: no cross compiler is needed.
const BUILD = `mkdir -p build && cp ${ROOT}/kernel/$(cat src/kernel).img build/guest.img && cp ${ROOT}/kernel/$(cat src/kernel).elf build/guest.elf`;
const PROJECT = {
  '.gitignore': 'build/\n.gilt/\n',
  'src/kernel': 'build/539kernel',
  'scenarios/boot.scenario.ts': readFileSync(join(ROOT, 'kernel/scenarios/boot.scenario.ts')),
  'golden/boot/trace.msgpack': readFileSync(join(ROOT, 'golden/boot/trace.msgpack')),
};

function regression(name: string, more: Partial<Step> = {}): Step {
  return { message: name, files: { 'src/kernel': `regressions/built/${name}` }, ...more };
}

test('of 64 commits of 539kernel names the one that broke kalloc with at most 8 builds, the revert included', async () => {
  const steps = [
    { message: 'start' },
    ...silent(36, 'before'),
    regression('kalloc-rounds-to-eight', { author: 'Carl Coder' }),
    ...silent(27, 'after'),
  ];
  const { folder, ids, builds } = makeRepository(steps, { build: BUILD, more: CONFIG, project: PROJECT });
  expect(ids).toHaveLength(65);
  const { code, out, err } = await gilt(folder, ['bisect', '--good', ids[0]]);
  expect(err).toBe('');
  expect(code).toBe(0);
  expect(out).toContain(`${short(ids[37])} is the first commit that changes this`);
  expect(out).toContain('by Carl Coder');
  expect(out).toMatch(/allocations: kalloc\(.* in \w+ \(src\/\w+\.c:\d+\).*golden.*kernel_main/);
  expect(out).toContain('restores the golden run');
  expect(builds()).toBeLessThanOrEqual(8);
  expect(out).toContain(`${builds()} builds`);
});

test('attributes regressions of paging, screen and heap to their three commits', async () => {
  const steps = [
    { message: 'start' },
    ...silent(3, 'first'),
    regression('screen-wrong-attribute'),
    ...silent(4, 'second'),
    regression('paging-user-pages'),
    ...silent(3, 'third'),
    regression('kalloc-rounds-to-eight'),
    ...silent(2, 'fourth'),
  ];
  const { folder, ids } = makeRepository(steps, { build: BUILD, more: CONFIG, project: PROJECT });
  const { code, out } = await gilt(folder, ['bisect', '--good', ids[0], '--all']);
  expect(code).toBe(0);
  const changes = [...out.matchAll(/^(\w+) changes behaviour\n {2}"([^"]+)"/gm)].map(([, , subject]) => subject);
  expect(changes).toEqual(['screen-wrong-attribute', 'paging-user-pages', 'kalloc-rounds-to-eight']);
  const { out: log } = await gilt(folder, ['log', `${ids[0]}..`, '--lens', 'paging']);
  expect(log).toMatch(/^\w+ paging paging-user-pages \(Ann Author\)$/m);
});
