import { availableParallelism } from 'node:os';
import type { AddCommand } from './command-line.ts';
import type { ExitCode, Host } from './host.ts';
import { buildListener, JOBS_OPTION, requireJobs } from './options/jobs.ts';
import { parseLevels } from './options/levels.ts';
import { startProgress } from './progress.ts';

interface BisectArgs {
  readonly good: string;
  readonly bad: string;
  readonly scenario: readonly string[] | undefined;
  readonly lens: readonly string[] | undefined;
  readonly all: boolean;
  readonly jobs: number | undefined;
}

/** `gilt bisect --good REV --bad REV`: the commit that changed what the kernel does. */
export const bisectCommand: AddCommand = (parser, start) =>
  parser.command(
    'bisect',
    'find the commit that changed what the kernel does',
    (command) =>
      command
        .option('good', { type: 'string', demandOption: true, requiresArg: true, describe: 'a commit that is right' })
        .option('bad', { type: 'string', default: 'HEAD', requiresArg: true, describe: 'a later one that is wrong' })
        .option('scenario', { type: 'string', array: true, requiresArg: true, describe: 'only this one; repeatable' })
        .option('lens', { type: 'string', array: true, requiresArg: true, describe: 'only this lens; repeatable' })
        .option('all', { type: 'boolean', default: false, describe: 'every change in the range, not one alone' })
        .option('jobs', { ...JOBS_OPTION, describe: 'builds at once; above 1, one change is sought by trying ahead' })
        .example('$0 bisect --good v1.0 --bad HEAD', 'which commit made the gate red')
        .example('$0 bisect --good v1.0 --scenario boot --lens paging', 'what boot does to the page tables alone')
        .example('$0 bisect --good v1.0 --all', 'which commits changed what')
        .epilogue(
          "Commits are built by the config's `build` command in worktrees of their own; config, scenarios and goldens " +
            'are those of your checkout. Builds and runs are kept in .gilt/bisect, so an interrupted bisect goes on when ' +
            'it is called again. Exit codes: 0 found, 1 not narrowed down to one commit, 2 cannot tell.',
        ),
    (args) => {
      start((host) => runBisect(args, host));
    },
  );

async function runBisect(args: BisectArgs, host: Host): Promise<ExitCode> {
  const { loadProject } = await import('../config/load-config.ts');
  const { inWorkshop } = await import('../bisect/workshop.ts');
  const { bisect, rangeOf } = await import('../bisect/bisect.ts');
  const { checkChanges, findChanges } = await import('../bisect/changes.ts');
  const { describeChanges, describeEffort, describeFinding } = await import('../bisect/describe.ts');
  const project = await loadProject(host.cwd);
  const jobs = requireJobs(args.jobs);
  const levels = parseLevels({ lens: args.lens, level: undefined });
  const progress = await startProgress(host);
  const options = {
    scenarios: args.scenario ?? [],
    levels,
    jobs: jobs ?? availableParallelism(),
    ...buildListener(progress),
  };
  return inWorkshop(project, options, async (workshop) => {
    const range = await rangeOf(workshop, args.good, args.bad);
    if (!args.all) {
      const finding = await bisect(workshop, range, jobs ?? 1);
      progress.stop();
      await host.out(describeFinding(finding, range.bad) + describeEffort(workshop.trials));
      return finding.result.kind === 'found' ? 0 : 1;
    }
    const changes = await findChanges(workshop, range.good.id, range.bad.id);
    const checked = await checkChanges(workshop, range.bad, changes);
    progress.stop();
    await host.out(describeChanges(checked, range.bad) + describeEffort(workshop.trials));
    return changes.every(({ commits }) => commits.length === 1) ? 0 : 1;
  }).finally(() => progress.stop());
}
