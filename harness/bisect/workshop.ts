import { join, resolve } from 'node:path';
import { OperatingError } from '../../emulator/index.ts';
import type { Recipe } from '../commits/build.ts';
import { ContentStore, sha256Of } from '../commits/content-store.ts';
import { History } from '../commits/history.ts';
import { type BuildListener, Kernels } from '../commits/kernels.ts';
import { Worktrees } from '../commits/worktrees.ts';
import type { LensLevels } from '../config/config.ts';
import type { Project } from '../config/load-config.ts';
import { loadModule } from '../config/load-module.ts';
import { fileSha256 } from '../golden/file-sha256.ts';
import { furtherFilesOf } from '../run/files/further-files.ts';
import { mergeChoices } from '../run/machine-spec.ts';
import { selectScenarios } from '../scenario/find-scenarios.ts';
import { loadScenario } from '../scenario/load-scenario.ts';
import { type Question, Runs } from './runs.ts';
import { Trials } from './trials.ts';

export interface WorkshopOptions extends BuildListener {
  readonly scenarios: readonly string[]; // names; none means all
  readonly levels: LensLevels; // laid over those of the config and the scenario
  readonly jobs: number; // builds at once, at most
}

/** All that is needed to build and run commits of a project. Config, scenarios and goldens are the checkout's. */
export interface Workshop {
  readonly project: Project;
  readonly history: History;
  readonly kernels: Kernels;
  readonly runs: Runs;
  readonly trials: Trials;
  readonly worktrees: Worktrees;
  readonly questions: readonly Question[];
  readonly jobs: number;
}

/** Opens a workshop for `work` and leaves no worktree behind. Errors: OperatingError. */
export async function inWorkshop<Result>(
  project: Project,
  options: WorkshopOptions,
  work: (workshop: Workshop) => Promise<Result>,
): Promise<Result> {
  const history = await History.of(project.folder);
  const { questions, further } = await questionsOf(project, history, options);
  const recipe = { ...recipeOf(project, history), further };
  const folder = join(project.folder, '.gilt/bisect');
  const store = new ContentStore(folder);
  const worktrees = await Worktrees.open(history.top, options.jobs);
  const kernels = new Kernels({ history, store, worktrees }, project, recipe, options);
  const runs = new Runs(join(folder, 'traces'), store, project, kernels);
  try {
    const trials = new Trials(kernels, runs);
    return await work({ project, history, kernels, runs, trials, worktrees, questions, jobs: options.jobs });
  } finally {
    kernels.forgetFailures();
    await worktrees.close();
  }
}

function recipeOf(project: Project, history: History): Recipe {
  const { build, image, symbols } = project.config;
  if (build === undefined) {
    const hint = "`build: 'make'` for example, the command that makes image and symbols";
    throw new OperatingError(project.configFile, `has no field "build", so other commits can't be built; add ${hint}`);
  }
  const command = build;
  const requirePath = (field: string, path: string): string => {
    const inside = history.pathOf(path);
    if (inside !== undefined) return inside;
    throw new OperatingError(`${project.configFile}: ${field}`, `lies outside of the repository ${history.top}`);
  };
  return {
    command,
    folder: history.prefix,
    image: requirePath('image', project.image),
    symbols: symbols === undefined ? undefined : requirePath('symbols', project.symbols ?? image),
  };
}

/** The scenarios, and the further files that they boot from: those in the repository, which each commit has its own of. */
async function questionsOf(
  { folder, scenarios: place, config }: Project,
  history: History,
  { scenarios, levels }: WorkshopOptions,
): Promise<{ readonly questions: readonly Question[]; readonly further: Readonly<Record<string, string>> }> {
  const questions: Question[] = [];
  const further = new Map<string, string>();
  for (const file of selectScenarios(place, scenarios)) {
    const scenario = await loadScenario(file);
    const { digest } = await loadModule(file.file);
    const outside: string[] = [];
    for (const { path } of furtherFilesOf(mergeChoices([config.machine, scenario.machine]))) {
      const inside = history.pathOf(resolve(folder, path));
      if (inside === undefined) outside.push(path, fileSha256(resolve(folder, path)) ?? '');
      else further.set(path, inside);
    }
    const whole = outside.length === 0 ? digest : sha256Of([digest, ...outside]);
    questions.push({ scenario, digest: whole, levels: { ...config.levels, ...scenario.levels, ...levels } });
  }
  return { questions, further: Object.fromEntries([...further].sort(([a], [b]) => (a < b ? -1 : 1))) };
}
