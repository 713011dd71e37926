import { relative, resolve } from 'node:path';
import type { Project } from '../config/load-config.ts';
import type { Pending } from '../golden/pending.ts';
import type { Grouping } from '../review/units.ts';
import type { AddCommand } from './command-line.ts';
import { type ExitCode, type Host, isCi } from './host.ts';
import { UsageError } from './usage-error.ts';

interface ReviewArgs {
  readonly scenarios: readonly string[];
  readonly by: Grouping;
  readonly list: boolean;
  readonly json: boolean;
  readonly report: string | undefined;
}

/** `gilt review [SCENARIO...]`: what the last gate left to decide. */
export const reviewCommand: AddCommand = (parser, start) =>
  parser.command(
    'review [scenarios..]',
    'walk through what the last gate found different, and bless or skip it',
    (command) =>
      command
        .positional('scenarios', { type: 'string', array: true, default: [], describe: 'names; default all' })
        .option('by', {
          choices: ['cause', 'lens', 'scenario'] as const,
          default: 'cause' as const,
          describe: 'what one decision is about',
        })
        .option('list', { type: 'boolean', default: false, describe: 'only list what is pending' })
        .option('json', { type: 'boolean', default: false, describe: 'with --list: for scripts' })
        .option('report', { type: 'string', describe: 'the report folder of the gate', normalize: true })
        .example('$0 review', 'cause by cause')
        .example('$0 review boot --by scenario', 'one scenario, as a whole')
        .example('$0 review --list --json', 'what is pending, for scripts')
        .epilogue('Exit code 0: nothing is left to decide, or only listed; 1: something is left.'),
    (args) => {
      start((host) => review(args, host));
    },
  );

async function review(args: ReviewArgs, host: Host): Promise<ExitCode> {
  if (args.json && !args.list) throw new UsageError('--json belongs to --list');
  const { loadProject } = await import('../config/load-config.ts');
  const { GoldenStore } = await import('../golden/store.ts');
  const { pendingOf, selectPending } = await import('../golden/pending.ts');
  const { renderPending, renderPendingJson } = await import('../review/list.ts');
  const { walk } = await import('../review/walk.ts');
  const project = await loadProject(host.cwd);
  const report = args.report === undefined ? project.report : resolve(host.cwd, args.report);
  const pending = selectPending(pendingOf(project, report), args.scenarios);
  if (args.list || pending.length === 0) {
    await host.out(args.json ? renderPendingJson(pending, report, host.cwd) : renderPending(pending));
    return 0;
  }
  const store = new GoldenStore(project.golden, isCi(host));
  store.requireWritable();
  await host.out(await otherImages(project, pending));
  const talk = { out: host.out, ask: host.ask, shownFrom: host.cwd };
  const left = await walk({ project, store, report }, pending, args.by, talk);
  await host.out(left.length === 0 ? 'nothing is left to decide\n' : `left as they are: ${namesOf(left)}\n`);
  return left.length === 0 ? 0 : 1;
}

/** What was recorded from another image than lies there now is still what its picture shows, but no longer news. */
async function otherImages(project: Project, pending: readonly Pending[]): Promise<string> {
  const { fileSha256 } = await import('../golden/file-sha256.ts');
  const present = fileSha256(project.image);
  const others: Pending[] = [];
  for (const each of pending) {
    const isPresent = each.imageSha256 === present || each.imageSha256 === (await presentBoot(project, each.scenario));
    if (!isPresent) others.push(each);
  }
  if (others.length === 0) return '';
  return `note: the gate ran another image than ${relative(project.folder, project.image)} is now: ${namesOf(others)}\n`;
}

/** Of all files that a scenario boots from; undefined when they or the scenario aren't there any more. */
async function presentBoot(project: Project, scenario: string): Promise<string | undefined> {
  const { OperatingError } = await import('../../emulator/index.ts');
  const { bootSha256 } = await import('../run/files/boot-sha256.ts');
  const { loadBootFiles } = await import('../run/files/boot-files.ts');
  const { setUp } = await import('../run/set-up.ts');
  const { selectScenarios } = await import('../scenario/find-scenarios.ts');
  const { loadScenario } = await import('../scenario/load-scenario.ts');
  try {
    const [file] = selectScenarios(project.scenarios, [scenario]);
    const { machine } = await loadScenario(file);
    const { folder, image, config } = project;
    return bootSha256(setUp(loadBootFiles({ folder, image, config }), [], [config.machine, machine]).boot.files);
  } catch (error) {
    if (error instanceof OperatingError) return undefined;
    throw error;
  }
}

function namesOf(pending: readonly { readonly scenario: string }[]): string {
  return pending.map(({ scenario }) => scenario).join(', ');
}
