import { type EngineName, OperatingError } from '../../emulator/index.ts';
import { RunFacts } from '../compare/index.ts';
import type { Project } from '../config/load-config.ts';
import type { GoldenStore } from '../golden/store.ts';
import { makeRunView } from '../lenses/index.ts';
import type { BootFiles } from '../run/files/boot-files.ts';
import { withWrites } from '../run/regenerate.ts';
import { setUp } from '../run/set-up.ts';
import { openWholeTrace } from '../run/trace/open-trace.ts';
import { viewConfigOf } from '../run/view-config.ts';
import type { ScenarioFile } from '../scenario/find-scenarios.ts';
import { loadScenario } from '../scenario/load-scenario.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Mutation } from './mutations.ts';
import { type Comparison, ScenarioTrial, type Witness } from './scenario-trial.ts';

/** What became of a mutant over all scenarios. */
export type Fate =
  | { readonly kind: 'killed'; readonly scenario: string; readonly by: Witness }
  | { readonly kind: 'unseen' } // executed by a scenario, and no lens sees a difference
  | { readonly kind: 'not-executed' }
  | { readonly kind: '16-bit' }; // of a function that runs as 16-bit code: its bytes mean something else

export interface Mutant {
  readonly mutation: Mutation;
  readonly fate: Fate;
}

export interface MutationRunOptions {
  readonly project: Project;
  readonly boot: BootFiles;
  readonly store: GoldenStore;
  readonly scenarios: readonly ScenarioFile[];
  readonly engine: EngineName;
  readonly onProgress?: (scenario: string, tried: number, all: number) => void;
}

/**
 * Tries every mutation in one scenario after the other until one kills it. Mutants come back in the order given. Errors:
 * OperatingError for a scenario without a golden, or one that differs from it as it is.
 */
export async function runMutations(
  mutations: readonly Mutation[],
  options: MutationRunOptions,
): Promise<readonly Mutant[]> {
  const fates = new Map<Mutation, Fate>(mutations.map((mutation) => [mutation, { kind: 'not-executed' }]));
  for (const file of options.scenarios) {
    const alive = mutations.filter((mutation) => !['killed', '16-bit'].includes(fates.get(mutation)?.kind ?? ''));
    if (alive.length === 0) break;
    const trial = await trialOf(file, alive, options);
    for (const [index, mutation] of alive.entries()) {
      options.onProgress?.(file.name, index, alive.length);
      const result = await trial.try(mutation);
      if (result.kind === 'killed') fates.set(mutation, { ...result, scenario: file.name });
      else if (result.kind !== 'not-executed') fates.set(mutation, result);
    }
  }
  return mutations.map((mutation) => ({ mutation, fate: fateOf(mutation, fates) }));
}

/** A function is 16-bit code as a whole if any of it is. */
function fateOf(mutation: Mutation, fates: ReadonlyMap<Mutation, Fate>): Fate {
  const own = fates.get(mutation) ?? { kind: 'not-executed' };
  if (own.kind !== 'not-executed') return own;
  const is16Bit = [...fates].some(([other, fate]) => other.function === mutation.function && fate.kind === '16-bit');
  return is16Bit ? { kind: '16-bit' } : own;
}

async function trialOf(
  file: ScenarioFile,
  mutations: readonly Mutation[],
  options: MutationRunOptions,
): Promise<ScenarioTrial> {
  const { project, boot, store, engine } = options;
  const scenario = await loadScenario(file);
  const machine = setUp(boot, project.config.allocators ?? [], [project.config.machine, scenario.machine]);
  const comparison = await comparisonFor(project, store, scenario);
  const trial = new ScenarioTrial({ ...machine, scenario, engine, comparison }, mutations);
  await trial.begin();
  return trial;
}

/** As the gate compares. */
async function comparisonFor({ config }: Project, store: GoldenStore, scenario: Scenario): Promise<Comparison> {
  const path = store.traceFile(scenario.name);
  if (!store.has(scenario.name))
    throw new OperatingError(path, 'no golden: mutants are compared with it; run gilt bless');
  const golden = makeRunView((await withWrites(openWholeTrace(path))).reader, viewConfigOf(config, scenario));
  return {
    golden: new RunFacts(golden, { isKept: true }),
    options: { levels: { ...config.levels, ...scenario.levels } },
  };
}
