import { availableParallelism } from 'node:os';
import type { AddCommand } from './command-line.ts';
import type { ExitCode, Host } from './host.ts';
import { buildListener, JOBS_OPTION, requireJobs } from './options/jobs.ts';
import { parseLevels } from './options/levels.ts';
import { startProgress } from './progress.ts';
import { UsageError } from './usage-error.ts';

interface LogArgs {
  readonly range: string;
  readonly scenario: readonly string[] | undefined;
  readonly lens: readonly string[] | undefined;
  readonly jobs: number | undefined;
}

/** `gilt log REV..REV`: a change log of behaviour. */
export const logCommand: AddCommand = (parser, start) =>
  parser.command(
    'log <range>',
    'list the commits of a range that change what the kernel does',
    (command) =>
      command
        .positional('range', { type: 'string', demandOption: true, describe: 'OLDER..NEWER; without NEWER, HEAD' })
        .option('scenario', { type: 'string', array: true, requiresArg: true, describe: 'only this one; repeatable' })
        .option('lens', { type: 'string', array: true, requiresArg: true, describe: 'only this lens; repeatable' })
        .option('jobs', JOBS_OPTION)
        .example('$0 log v1.0..v1.1', 'each commit with the lenses that see a change; silent commits folded')
        .example('$0 log v1.0.. --lens paging', 'who touched the page tables')
        .epilogue('Builds every commit of the range once, with the `build` command of the config.'),
    (args) => {
      start((host) => log(args, host));
    },
  );

async function log(args: LogArgs, host: Host): Promise<ExitCode> {
  const { loadProject } = await import('../config/load-config.ts');
  const { inWorkshop } = await import('../bisect/workshop.ts');
  const { changeLog } = await import('../bisect/change-log.ts');
  const { describeEffort, describeLog } = await import('../bisect/describe.ts');
  const [from, to = '', ...more] = args.range.split('..');
  if (from === '' || !args.range.includes('..') || more.length > 0 || to.startsWith('.')) {
    throw new UsageError(`a range is written OLDER..NEWER, not ${JSON.stringify(args.range)}`);
  }
  const project = await loadProject(host.cwd);
  const jobs = requireJobs(args.jobs) ?? availableParallelism();
  const levels = parseLevels({ lens: args.lens, level: undefined });
  const progress = await startProgress(host);
  const options = { scenarios: args.scenario ?? [], levels, jobs, ...buildListener(progress) };
  return inWorkshop<ExitCode>(project, options, async (workshop) => {
    const [older, newer] = [await workshop.history.resolve(from), await workshop.history.resolve(to || 'HEAD')];
    const entries = await changeLog(workshop, older.id, newer.id);
    progress.stop();
    await host.out(describeLog(entries) + describeEffort(workshop.trials));
    return 0;
  }).finally(() => progress.stop());
}
