import type { Argv } from 'yargs';
import type { Guest } from '../../explore/open-guest.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { WAIT_HELP } from '../../scenario/wait-forms.ts';
import type { Action } from '../command-line.ts';
import type { ExitCode, Host } from '../host.ts';
import { EXPLORE_OPTIONS, type ExploreArgs, guestChoice, seedOption } from '../options/explore-options.ts';
import { startProgress } from '../progress.ts';
import { UsageError } from '../usage-error.ts';

interface RamArgs extends ExploreArgs {
  readonly scenario: string | undefined;
  readonly until: string | undefined;
}

/** `gilt explore ram`: one run under several RAM fills. */
export function addExploreRam(parser: Argv, start: (action: Action) => void): Argv {
  return parser.command(
    'ram [scenario]',
    'run a scenario with RAM full of other bytes and find who reads what was never written',
    (command) =>
      command
        .positional('scenario', { type: 'string', describe: "the scenario's name; without one see --until" })
        .option('until', { type: 'string', describe: 'a wait: how far to run without a scenario; default idle' })
        .options(EXPLORE_OPTIONS)
        .example('$0 explore ram boot', 'zeros, FFh and two patterns')
        .example('$0 explore ram --image disk.img --until ticks:20', 'without a config')
        .epilogue(`${WAIT_HELP}\nExit codes: 0 nothing is read, 1 something is, 2 cannot tell.`),
    (args) => {
      start((host) => exploreRam(args, host));
    },
  );
}

async function exploreRam(args: RamArgs, host: Host): Promise<ExitCode> {
  const seed = seedOption(args.seed);
  const { findGuest } = await import('../../explore/open-guest.ts');
  const { compareFills } = await import('../../explore/ram/ram-fills.ts');
  const { renderRamReport } = await import('../../explore/ram/ram-text.ts');
  const { escapeText } = await import('../../report/escape.ts');
  const guest = await findGuest(guestChoice(args, host));
  const scenario = await scenarioOf(args, guest);
  const progress = await startProgress(host);
  const onProgress = (fill: string): void => progress.show(`${scenario.name}: ${fill}`);
  const options = { seed, engine: args.engine, onProgress };
  const report = await compareFills(guest, scenario, options).finally(() => progress.stop());
  const text = args.json ? JSON.stringify(report, undefined, 2) : escapeText(renderRamReport(report));
  await host.out(`${text}\n`);
  return report.runs.every(({ kind }) => kind === 'unread') ? 0 : 1;
}

async function scenarioOf({ scenario: name, until }: RamArgs, { project, boot }: Guest): Promise<Scenario> {
  if (name === undefined) {
    const { unwrittenScenario } = await import('../../scenario/unwritten-scenario.ts');
    return unwrittenScenario(boot.image.name, { until: until === undefined ? [] : [until], keys: [] });
  }
  if (until !== undefined) throw new UsageError('--until is for a run without a scenario');
  if (project === undefined) throw new UsageError('a scenario needs a gilt.config.ts, which says where scenarios are');
  const { selectScenarios } = await import('../../scenario/find-scenarios.ts');
  const { loadScenario } = await import('../../scenario/load-scenario.ts');
  const [file] = selectScenarios(project.scenarios, [name]);
  return loadScenario(file);
}
