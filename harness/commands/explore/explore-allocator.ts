import type { Argv } from 'yargs';
import type { AllocatorCheck } from '../../explore/allocator/check-allocator.ts';
import type { SavedCheck } from '../../explore/allocator/save-scenario.ts';
import type { Guest } from '../../explore/open-guest.ts';
import { WAIT_HELP } from '../../scenario/wait-forms.ts';
import type { Action } from '../command-line.ts';
import type { ExitCode, Host } from '../host.ts';
import { countOption, EXPLORE_OPTIONS, type ExploreArgs, guestChoice, seedOption } from '../options/explore-options.ts';
import { startProgress } from '../progress.ts';
import { UsageError } from '../usage-error.ts';

interface AllocatorArgs extends ExploreArgs {
  readonly alloc: string | undefined;
  readonly calloc: string | undefined;
  readonly realloc: string | undefined;
  readonly free: string | undefined;
  readonly at: string;
  readonly align: number | undefined;
  readonly rules: string | undefined;
  readonly runs: number;
  readonly steps: number;
  readonly largest: number;
  readonly save: string | undefined;
}

/** `gilt explore allocator`: random calls of the kernel's allocator against a model. */
export function addExploreAllocator(parser: Argv, start: (action: Action) => void): Argv {
  return parser.command(
    'allocator',
    "call the kernel's allocator in random sequences and check what it gives",
    (command) =>
      command
        .option('alloc', { type: 'string', describe: "the function that allocates; default the config's" })
        .option('free', { type: 'string', describe: 'the one that frees, if there is one' })
        .option('realloc', { type: 'string', describe: 'the one that resizes (address, bytes)' })
        .option('calloc', { type: 'string', describe: 'the one that gives zeroed memory (count, bytes)' })
        .option('at', { type: 'string', default: 'idle', describe: 'a wait: where the calls begin' })
        .option('align', { type: 'number', describe: 'bytes that every result has to be a multiple of' })
        .option('rules', { type: 'string', describe: 'check only these, with commas between them' })
        .option('runs', { type: 'number', default: 300, describe: 'how many sequences' })
        .option('steps', { type: 'number', default: 30, describe: 'the most calls in one' })
        .option('largest', { type: 'number', default: 4096, describe: 'bytes of the largest block asked for' })
        .option('save', { type: 'string', describe: 'write what broke as the scenario of this name' })
        .options(EXPLORE_OPTIONS)
        .example('$0 explore allocator', 'the functions of `allocators` in gilt.config.ts')
        .example('$0 explore allocator --alloc kmalloc --free kfree --align 8', 'these two')
        .epilogue(`${WAIT_HELP}\nExit codes: 0 no flaw found, 1 broken, 2 cannot tell.`),
    (args) => {
      start((host) => exploreAllocator(args, host));
    },
  );
}

async function exploreAllocator(args: AllocatorArgs, host: Host): Promise<ExitCode> {
  const check = await checkOf(args);
  const { findGuest, reach, startGuest } = await import('../../explore/open-guest.ts');
  const { chooseAllocator } = await import('../../explore/allocator/choose-allocator.ts');
  const { exploreAllocator: explore } = await import('../../explore/allocator/check-allocator.ts');
  const { renderAllocatorReport } = await import('../../explore/allocator/allocator-text.ts');
  const { parseWait } = await import('../../scenario/wait-spec.ts');
  const { escapeText } = await import('../../report/escape.ts');
  const at = parseWait('--at', args.at);
  const choice = guestChoice(args, host);
  const guest = await findGuest(choice);
  const { alloc, calloc, realloc, free } = args;
  const functions = chooseAllocator({ alloc, calloc, realloc, free }, guest.config);
  const whole = { ...check, ...functions, regions: guest.config.regions ?? [] };
  const save = await savingOf(args, guest);
  const driver = startGuest(guest, choice);
  await reach(driver, '--at', at);
  const progress = await startProgress(host);
  const onProgress = (run: number): void => progress.show(`sequence ${run} of ${args.runs}`);
  const report = await explore({ ...whole, driver, onProgress }).finally(() => progress.stop());
  const text = args.json ? JSON.stringify(report, undefined, 2) : escapeText(renderAllocatorReport(functions, report));
  await host.out(`${text}\n`);
  if (report.flaw === undefined) return 0;
  if (save !== undefined)
    host.err(`saved as ${save({ check: whole, flaw: report.flaw, seed: report.seed, startCode: at.code })}\n`);
  return 1;
}

async function checkOf(
  args: AllocatorArgs,
): Promise<Pick<AllocatorCheck, 'seed' | 'runs' | 'steps' | 'largest' | 'alignment' | 'rules'>> {
  const { ALLOCATOR_RULES } = await import('../../explore/allocator/allocator-flaw.ts');
  const rules = args.rules?.split(',').map((text) => {
    const rule = ALLOCATOR_RULES.find((each) => each === text.trim());
    if (rule !== undefined) return rule;
    throw new UsageError(`--rules: no rule ${JSON.stringify(text)}; there is ${ALLOCATOR_RULES.join(', ')}`);
  });
  return {
    seed: seedOption(args.seed),
    runs: countOption('--runs', args.runs, 1),
    steps: countOption('--steps', args.steps, 1),
    largest: countOption('--largest', args.largest, 1),
    ...(args.align === undefined ? {} : { alignment: countOption('--align', args.align, 1) }),
    ...(rules === undefined ? {} : { rules }),
  };
}

/** Refuses a name that can't be saved before anything is tried. */
async function savingOf(
  { save: name }: AllocatorArgs,
  { project }: Guest,
): Promise<((saved: SavedCheck) => string) | undefined> {
  if (name === undefined) return undefined;
  if (project === undefined) throw new UsageError('--save needs a gilt.config.ts, which says where scenarios are');
  const { newScenarioFile, saveScenario } = await import('../../explore/allocator/save-scenario.ts');
  const file = newScenarioFile(project.scenarios, name);
  return (saved) => {
    saveScenario(file, saved);
    return file;
  };
}
