import type { AddCommand } from './command-line.ts';
import { type ExitCode, type Host, isCi } from './host.ts';
import { progressText, startProgress } from './progress.ts';

/** `gilt bless [SCENARIO...]`: makes what scenarios do now their goldens. */
export const blessCommand: AddCommand = (parser, start) =>
  parser.command(
    'bless [scenarios..]',
    'run scenarios and make what they do now their goldens',
    (command) =>
      command
        .positional('scenarios', { type: 'string', array: true, default: [], describe: 'names; default all' })
        .example('$0 bless', 'all scenarios')
        .example('$0 bless boot && git diff golden/boot/summary.txt', 'one, and what changed')
        .epilogue('The only command that writes golden/. It refuses when the variable CI is set.'),
    (args) => {
      start((host) => blessAll(args.scenarios, host));
    },
  );

async function blessAll(names: readonly string[], host: Host): Promise<ExitCode> {
  const { OperatingError } = await import('../../emulator/index.ts');
  const { loadProject } = await import('../config/load-config.ts');
  const { GoldenStore } = await import('../golden/store.ts');
  const { selectScenarios } = await import('../scenario/find-scenarios.ts');
  const { loadBootFiles } = await import('../run/boot-files.ts');
  const { bless } = await import('../run/bless.ts');
  const project = await loadProject(host.cwd);
  if (isCi(host)) {
    throw new OperatingError(project.golden, 'goldens are not written with CI set: bless on your machine and commit');
  }
  const files = selectScenarios(project.scenarios, names);
  const boot = loadBootFiles(project);
  const store = new GoldenStore(project.golden, isCi(host));
  const progress = await startProgress(host);
  const onProgress = (scenario: string, icount: number): void => progress.show(progressText(scenario, icount));
  try {
    for (const file of files) {
      const { scenario, removed } = await bless(file, { project, boot, engine: 'forms', store, onProgress });
      const note = removed.length === 0 ? '' : ` (removed ${removed.join(', ')})`;
      await host.out(`blessed ${scenario}${note}\n`);
    }
  } finally {
    progress.stop();
  }
  return 0;
}
