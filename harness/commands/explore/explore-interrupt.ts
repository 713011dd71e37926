import type { Argv } from 'yargs';
import type { Guest } from '../../explore/open-guest.ts';
import { WAIT_HELP } from '../../scenario/wait-forms.ts';
import type { Action } from '../command-line.ts';
import type { ExitCode, Host } from '../host.ts';
import { countOption, EXPLORE_OPTIONS, type ExploreArgs, guestChoice, seedOption } from '../options/explore-options.ts';
import { startProgress } from '../progress.ts';
import { UsageError } from '../usage-error.ts';

const ENTRIES = ['kernel_main', 'kmain', 'main'];

interface InterruptArgs extends ExploreArgs {
  readonly irq: number;
  readonly at: string | undefined;
  readonly until: string;
  readonly most: number;
}

/** `gilt explore interrupt`: an IRQ at every instruction boundary of a window. */
export function addExploreInterrupt(parser: Argv, start: (action: Action) => void): Argv {
  return parser.command(
    'interrupt',
    'raise an IRQ at every instruction boundary of a window and group the outcomes',
    (command) =>
      command
        .option('irq', { type: 'number', default: 0, describe: 'the line: 0 timer, 1 keyboard, 4 COM1' })
        .option('at', { type: 'string', describe: `a wait: where the window begins; default call:${ENTRIES[0]}` })
        .option('until', { type: 'string', default: 'idle', describe: 'a wait: where the window ends' })
        .option('most', { type: 'number', default: 5000, describe: 'runs at most; chosen by --seed' })
        .options(EXPLORE_OPTIONS)
        .example('$0 explore interrupt', 'the timer, from kernel_main until the kernel is idle')
        .example('$0 explore interrupt --irq 1 --at call:kalloc --until return:kalloc', 'the keyboard, in one call')
        .epilogue(`${WAIT_HELP}\nExit codes: 0 no run broke, 1 some did, 2 cannot tell.`),
    (args) => {
      start((host) => exploreInterrupt(args, host));
    },
  );
}

async function exploreInterrupt(args: InterruptArgs, host: Host): Promise<ExitCode> {
  const seed = seedOption(args.seed);
  const most = countOption('--most', args.most, 1);
  const irq = countOption('--irq', args.irq);
  const { findGuest, reach, startGuest } = await import('../../explore/open-guest.ts');
  const { sweepInterrupt } = await import('../../explore/interrupt/sweep-interrupt.ts');
  const { renderInterruptReport } = await import('../../explore/interrupt/interrupt-text.ts');
  const { parseWait } = await import('../../scenario/wait-spec.ts');
  const { escapeText } = await import('../../report/escape.ts');
  const until = parseWait('--until', args.until);
  const choice = guestChoice(args, host);
  const guest = await findGuest(choice);
  const at = parseWait('--at', args.at ?? `call:${entryOf(guest)}`);
  const driver = startGuest(guest, choice);
  await reach(driver, '--at', at);
  const progress = await startProgress(host);
  const onProgress = (run: number, runs: number): void => progress.show(`run ${run} of ${runs}`);
  const sweep = { driver, irq, most, seed, until: until.run, onProgress };
  const report = await sweepInterrupt(sweep).finally(() => progress.stop());
  const text = args.json ? JSON.stringify(report, undefined, 2) : escapeText(renderInterruptReport(report));
  await host.out(`${text}\n`);
  return report.groups.some(({ kind }) => kind === 'broken') ? 1 : 0;
}

function entryOf({ boot }: Guest): string {
  const entry = ENTRIES.find((name) => boot.symbols.lookup(name) !== undefined);
  if (entry !== undefined) return entry;
  throw new UsageError(`there is no ${ENTRIES.join(', ')} in the symbols: give --at, for example --at call:my_main`);
}
