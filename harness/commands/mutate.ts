import type { EngineName } from '../../emulator/index.ts';
import type { AddCommand } from './command-line.ts';
import { type ExitCode, type Host, isCi } from './host.ts';
import { ENGINE_OPTION } from './options/options.ts';
import { startProgress } from './progress.ts';
import { UsageError } from './usage-error.ts';

interface MutateArgs {
  readonly scenarios: readonly string[];
  readonly functions: string | undefined;
  readonly limit: number | undefined;
  readonly seed: number;
  readonly json: boolean;
  readonly engine: EngineName;
}

/** `gilt mutate [SCENARIO...]`: how much the goldens pin. */
export const mutateCommand: AddCommand = (parser, start) =>
  parser.command(
    'mutate [scenarios..]',
    'break the kernel in small ways and count what the scenarios notice',
    (command) =>
      command
        .positional('scenarios', { type: 'string', array: true, default: [], describe: 'names; default all' })
        .option('functions', {
          type: 'string',
          describe: 'where to break it: names with commas; default all functions',
        })
        .option('limit', { type: 'number', describe: 'try that many mutants, chosen by --seed; default all' })
        .option('seed', { type: 'number', default: 1, describe: 'another seed chooses other mutants' })
        .option('json', { type: 'boolean', default: false, describe: 'print the JSON report instead of text' })
        .option('engine', ENGINE_OPTION)
        .example('$0 mutate --functions kalloc,paging_init', 'two functions, all scenarios')
        .example('$0 mutate boot --limit 100', 'a hundred mutants of the whole kernel, one scenario'),
    (args) => {
      start((host) => mutate(args, host));
    },
  );

async function mutate(args: MutateArgs, host: Host): Promise<ExitCode> {
  const limit = requireCount('--limit', args.limit ?? Number.MAX_SAFE_INTEGER);
  const seed = requireCount('--seed', args.seed);
  const { loadProject } = await import('../config/load-config.ts');
  const { GoldenStore } = await import('../golden/store.ts');
  const { loadBootFiles } = await import('../run/files/boot-files.ts');
  const { selectScenarios } = await import('../scenario/find-scenarios.ts');
  const { runMutations } = await import('../mutate/mutation-run.ts');
  const { mutationsOf } = await import('../mutate/mutations.ts');
  const { renderMutants, renderMutantsJson } = await import('../mutate/report.ts');
  const { sample } = await import('../mutate/sample.ts');
  const { GENERATOR } = await import('../version.ts');
  const project = await loadProject(host.cwd);
  const scenarios = selectScenarios(project.scenarios, args.scenarios);
  const boot = loadBootFiles(project);
  const store = new GoldenStore(project.golden, isCi(host));
  const mutations = sample(mutationsOf(boot, namesIn(args.functions)), limit, seed);
  const progress = await startProgress(host);
  const mutants = await runMutations(mutations, {
    project,
    boot,
    store,
    scenarios,
    engine: args.engine,
    onProgress: (scenario, tried, all) => progress.show(`${scenario}: mutant ${tried + 1} of ${all}`),
  }).finally(() => {
    progress.stop();
  });
  const names = scenarios.map(({ name }) => name);
  await host.out(args.json ? renderMutantsJson(GENERATOR, names, mutants) : renderMutants(mutants));
  return 0;
}

function namesIn(functions: string | undefined): readonly string[] {
  if (functions === undefined) return [];
  const names = functions.split(',').map((name) => name.trim());
  if (names.includes('')) throw new UsageError(`--functions "${functions}": it takes names with commas between them`);
  return names;
}

function requireCount(option: string, count: number): number {
  if (!Number.isSafeInteger(count) || count < 0) throw new UsageError(`${option} takes a count, 0 or more`);
  return count;
}
