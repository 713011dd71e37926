import { resolve } from 'node:path';
import type { Project } from '../config/load-config.ts';
import type { GoldenStore } from '../golden/store.ts';
import type { AddCommand } from './command-line.ts';
import { type ExitCode, type Host, isCi } from './host.ts';
import { progressText, startProgress } from './progress.ts';

interface BlessArgs {
  readonly scenarios: readonly string[];
  readonly only: readonly string[] | undefined;
  readonly report: string | undefined;
}

/** `gilt bless [SCENARIO...]`: makes what scenarios do now their goldens. */
export const blessCommand: AddCommand = (parser, start) =>
  parser.command(
    'bless [scenarios..]',
    'run scenarios and make what they do now their goldens',
    (command) =>
      command
        .positional('scenarios', { type: 'string', array: true, default: [], describe: 'names; default all' })
        .option('only', {
          type: 'string',
          array: true,
          requiresArg: true,
          describe: 'bless one cause of the last gate, by its id; may be repeated',
        })
        .option('report', { type: 'string', describe: 'with --only: the report folder of the gate', normalize: true })
        .example('$0 bless', 'all scenarios; goldens without a scenario are removed')
        .example('$0 bless boot && git diff golden/boot/summary.txt', 'one, and what changed')
        .example('$0 bless --only 1f0c93ab', 'what one paragraph of the gate tells; the rest still differs')
        .epilogue('With `gilt review`, the only command that writes golden/. Both refuse when the variable CI is set.'),
    (args) => {
      start((host) => bless(args, host));
    },
  );

async function bless(args: BlessArgs, host: Host): Promise<ExitCode> {
  const { loadProject } = await import('../config/load-config.ts');
  const { GoldenStore } = await import('../golden/store.ts');
  const project = await loadProject(host.cwd);
  const store = new GoldenStore(project.golden, isCi(host));
  store.requireWritable();
  if (args.only !== undefined) return blessOnly(args.only, args, { project, store }, host);
  await blessRuns(args.scenarios, { project, store }, host);
  if (args.scenarios.length === 0) await removeStale(project, store, host);
  await host.out(await sizeReport(store));
  return 0;
}

interface BlessPlace {
  readonly project: Project;
  readonly store: GoldenStore;
}

async function blessRuns(names: readonly string[], { project, store }: BlessPlace, host: Host): Promise<void> {
  const { selectScenarios } = await import('../scenario/find-scenarios.ts');
  const { loadBootFiles } = await import('../run/files/boot-files.ts');
  const { bless } = await import('../gate/bless.ts');
  const { sizeText } = await import('../golden/sizes.ts');
  const files = selectScenarios(project.scenarios, names);
  const boot = loadBootFiles(project);
  const progress = await startProgress(host);
  const onProgress = (scenario: string, icount: number): void => progress.show(progressText(scenario, icount));
  try {
    for (const file of files) {
      const { scenario, removed, hasDigests } = await bless(file, {
        project,
        boot,
        engine: 'forms',
        store,
        onProgress,
      });
      const note = removed.length === 0 ? '' : ` (removed ${removed.join(', ')})`;
      const size = `${sizeText(store.sizeBytes(scenario))}${hasDigests ? ', with digests for its writes' : ''}`;
      await host.out(`blessed ${scenario}: ${size}${note}\n`);
    }
  } finally {
    progress.stop();
  }
}

async function removeStale(project: Project, store: GoldenStore, host: Host): Promise<void> {
  const { staleGoldens } = await import('../golden/stale.ts');
  for (const scenario of staleGoldens(project, store)) {
    store.remove(scenario);
    await host.out(`removed the golden of ${scenario}: there is no such scenario any more\n`);
  }
}

async function sizeReport(store: GoldenStore): Promise<string> {
  const { sizeText } = await import('../golden/sizes.ts');
  const scenarios = store.scenarios();
  const total = scenarios.reduce((sum, scenario) => sum + store.sizeBytes(scenario), 0);
  return `${scenarios.length} ${scenarios.length === 1 ? 'golden takes' : 'goldens take'} ${sizeText(total)}\n`;
}

async function blessOnly(
  ids: readonly string[],
  { scenarios, report: folder }: BlessArgs,
  place: BlessPlace,
  host: Host,
): Promise<ExitCode> {
  const { pendingOf, selectPending } = await import('../golden/pending.ts');
  const { acceptCauses } = await import('../review/decide.ts');
  const { findCause } = await import('../review/units.ts');
  const { blessedText } = await import('../review/walk.ts');
  const report = folder === undefined ? place.project.report : resolve(host.cwd, folder);
  for (const id of ids) {
    for (const { pending, causes } of findCause(selectPending(pendingOf(place.project, report), scenarios), id)) {
      await host.out(blessedText(pending.scenario, await acceptCauses({ ...place, report }, pending, causes)));
    }
  }
  return 0;
}
