import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadProject } from '../../../harness/config/load-config.ts';
import { GoldenStore } from '../../../harness/golden/store.ts';
import { type Mutant, runMutations } from '../../../harness/mutate/mutation-run.ts';
import { type Mutation, mutationsOf } from '../../../harness/mutate/mutations.ts';
import { renderMutants } from '../../../harness/mutate/report.ts';
import { sample } from '../../../harness/mutate/sample.ts';
import { loadBootFiles } from '../../../harness/run/files/boot-files.ts';
import { selectScenarios } from '../../../harness/scenario/find-scenarios.ts';
import { gilt } from '../host-stub.ts';
import { makeFolder, scenarioText } from '../project-folder.ts';

const IMAGE = resolve('kernel/build/539kernel.img');
const SYMBOLS = resolve('kernel/build/539kernel.elf');

const CONFIG = `
import { defineConfig } from 'gilt';
export default defineConfig({
  image: ${JSON.stringify(IMAGE)},
  symbols: ${JSON.stringify(SYMBOLS)},
  machine: { instructionLimit: 2000000 },
  allocators: [{ name: 'kalloc', args: 1, size: 0 }],
});
`;

const BOOT = scenarioText(`
  await driver.runUntilCall('process_init');
  driver.checkpoint('paging-on');
  await driver.runUntilText('processes are ready');
  await driver.runTicks(2);
  driver.screenshot('two-ticks');
  driver.checkpoint('two-ticks');
`);

/** A project with the committed kernel and a golden of one short scenario. */
async function kernelProject(): Promise<string> {
  const folder = makeFolder({ 'gilt.config.ts': CONFIG, 'scenarios/boot.scenario.ts': BOOT });
  expect((await gilt(folder, ['bless'])).err).toBe('');
  return folder;
}

async function mutantsOf(
  folder: string,
  choose: (mutations: readonly Mutation[]) => readonly Mutation[],
): Promise<readonly Mutant[]> {
  const project = await loadProject(folder);
  const boot = loadBootFiles(project);
  return runMutations(choose(mutationsOf(boot, [])), {
    project,
    boot,
    store: new GoldenStore(project.golden, false),
    scenarios: selectScenarios(project.scenarios, []),
    engine: 'forms',
  });
}

/** The kernel's image with the mutation in it. The boot loader copies the code as it lies in the image. */
function patchedImage({ linear, original, mutated }: Mutation): Uint8Array {
  const image = readFileSync(IMAGE);
  const at = linear - 0x9000 + 512;
  expect([...image.subarray(at, at + original.length)]).toEqual([...original]);
  image.set(mutated, at);
  return image;
}

describe('mutants', () => {
  test('meet the fate that the gate gives to an image with the same change in it', async () => {
    const folder = await kernelProject();
    const mutants = await mutantsOf(folder, (all) => sample(all, 12, 539));
    for (const { mutation, fate } of mutants.filter((each) => each.fate.kind !== '16-bit')) {
      writeFileSync(join(folder, 'mutant.img'), patchedImage(mutation));
      const { code } = await gilt(folder, ['gate', '--image', 'mutant.img', '--symbols', SYMBOLS]);
      const { place, before, after } = mutation;
      expect({ place, before, after, isKilled: fate.kind === 'killed' }).toEqual({
        place,
        before,
        after,
        isKilled: code !== 0,
      });
    }
    expect(new Set(mutants.map(({ fate }) => fate.kind)).size).toBeGreaterThan(1);
  });

  test('are told apart: killed, executed and unseen, never executed, 16-bit code', async () => {
    const folder = await kernelProject();
    const isChosen = ({ function: name, before }: Mutation): boolean =>
      ['kalloc', 'peek', 'start'].includes(name) || (name === 'protected_mode' && before.startsWith('mov esp'));
    const mutants = await mutantsOf(folder, (all) => all.filter(isChosen));
    const fates = (name: string) =>
      new Set(mutants.filter(({ mutation }) => mutation.function === name).map(({ fate }) => fate.kind));
    expect(fates('kalloc')).toEqual(new Set(['killed']));
    expect(fates('peek')).toEqual(new Set(['not-executed']));
    expect(fates('start')).toEqual(new Set(['16-bit']));
    expect(fates('protected_mode')).toContain('unseen');
    const text = renderMutants(mutants);
    expect(text).toMatch(/^kalloc +7 +7 +0 +0 +100 %$/m);
    expect(text).toContain('not mutated, 16-bit code: start\n');
    expect(text).toMatch(/never executed by these scenarios:\n {2}0x[0-9a-f]{8} peek/);
  });
});
