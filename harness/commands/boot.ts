import { basename, resolve } from 'node:path';
import type { EngineName } from '../../emulator/index.ts';
import type { MachineChoice } from '../config/config.ts';
import type { Graphics } from '../live/graphics/protocol.ts';
import type { LiveEnding, LiveView } from '../live/live-guest.ts';
import type { LiveOutcome } from '../live/run-live.ts';
import type { BootFiles } from '../run/files/boot-files.ts';
import { WAIT_HELP } from '../scenario/wait-forms.ts';
import type { AddCommand } from './command-line.ts';
import { type ExitCode, type Host, usesColor } from './host.ts';
import { driveChoice, MACHINE_OPTIONS, type MachineArgs, machineChoice } from './options/machine-options.ts';
import { ENGINE_OPTION } from './options/options.ts';
import { UsageError } from './usage-error.ts';

interface BootArgs extends MachineArgs {
  readonly image: string;
  readonly symbols: string | undefined;
  readonly serial: boolean;
  readonly screen: boolean;
  readonly png: string | undefined;
  readonly graphics: Graphics | 'auto';
  readonly until: readonly string[] | undefined;
  readonly keys: readonly string[] | undefined;
  readonly seconds: number;
  readonly engine: EngineName;
}

const QEMU_MEMORY_MIB = 128;

/** `gilt boot IMAGE`: runs any image live in the terminal; nothing is recorded. */
export const bootCommand: AddCommand = (parser, start) =>
  parser.command(
    'boot <image>',
    'run an image in the terminal, live, with the keyboard connected',
    (command) =>
      command
        .positional('image', {
          type: 'string',
          demandOption: true,
          describe: 'a disk image, or a kernel: ELF or multiboot',
        })
        .options({ ...MACHINE_OPTIONS, memory: { ...MACHINE_OPTIONS.memory, default: QEMU_MEMORY_MIB } })
        .option('serial', { type: 'boolean', default: false, describe: 'show what the guest sends at COM1' })
        .option('screen', { type: 'boolean', default: false, describe: 'show the screen; default without --serial' })
        .option('png', { type: 'string', describe: 'a PNG of the last screen to write' })
        .option('graphics', {
          choices: ['auto', 'kitty', 'iterm', 'sixel', 'blocks'] as const,
          default: 'auto' as const,
          describe: 'how the terminal shows pictures; blocks works everywhere',
        })
        .option('until', {
          type: 'string',
          array: true,
          nargs: 1,
          describe: "how far to run; default to the guest's end, or Ctrl-C",
        })
        .option('keys', {
          type: 'string',
          array: true,
          nargs: 1,
          describe: "keys to type: 'help\\n{Up}{Control+c}'; --until and --keys take turns",
        })
        .option('seconds', {
          type: 'number',
          default: 30,
          describe: "without a terminal, how much of the guest's time may pass",
        })
        .option('symbols', { type: 'string', describe: 'the ELF that belongs to the image' })
        .option('engine', ENGINE_OPTION)
        .example('$0 boot disk.img', 'until the guest ends or Ctrl-C')
        .example("$0 boot kernel.elf --append 'debug' --module 'initrd.img root'", 'as GRUB would boot it')
        .example('$0 boot disk.img --bios /usr/share/seabios/bios.bin', 'with a real BIOS')
        .example('$0 boot disk.img --serial > log.txt', 'what it says at COM1')
        .example("$0 boot disk.img --until 'text:ready>' --keys 'help\\n' --until idle", 'with a command typed')
        .epilogue(
          `${WAIT_HELP}\nWithout a terminal a run also ends when nothing new came for ten seconds of the guest's time.`,
        ),
    (args) => {
      start((host) => boot(args, host));
    },
  );

/**
 * A run that isn't compared may go at a PC's pace: some 150 million instructions in a second of the guest's, and keys that are
 * down for a tenth of it.
 */
const LIVE: MachineChoice = {
  instructionLimit: Number.MAX_SAFE_INTEGER,
  workPerPitClock: 128,
  keyHoldPitClocks: 119_318,
};

async function boot(args: BootArgs, host: Host): Promise<ExitCode> {
  const { loadBootFiles } = await import('../run/files/boot-files.ts');
  const { setUp } = await import('../run/set-up.ts');
  const { runLive } = await import('../live/run-live.ts');
  const { seconds } = args;
  if (!(seconds > 0)) throw new UsageError(`--seconds ${seconds}: give a number above 0`);
  const choice = { ...machineChoice(args, host.cwd), ...LIVE };
  const imagePath = resolve(host.cwd, args.image);
  const found = loadBootFiles({
    image: imagePath,
    folder: host.cwd,
    config: { machine: choice },
    ...(args.symbols === undefined ? {} : { symbols: resolve(host.cwd, args.symbols) }),
  });
  const { boot: files, spec } = setUp(found, [], [choice, await driveChoice(args, found.image.bytes)]);
  const steps = { until: args.until ?? [], keys: args.keys ?? [] };
  const outcome = await runLive(
    { boot: files, spec, engine: args.engine, imagePath, steps, seconds },
    await viewFor(args, host),
  );
  if (args.png !== undefined) await writePng(resolve(host.cwd, args.png), outcome);
  await tell(host, files, outcome);
  return isGood(outcome.ending) ? 0 : 1;
}

async function viewFor(args: BootArgs, host: Host): Promise<LiveView> {
  const showsScreen = args.screen || !args.serial;
  if (host.terminal === undefined) {
    const { PlainView } = await import('../live/plain-view.ts');
    const longestSeconds = args.until === undefined ? args.seconds : undefined;
    return new PlainView({ showsScreen, showsSerial: args.serial, longestSeconds, out: host.out });
  }
  const { TerminalView } = await import('../live/terminal-view.ts');
  const { escapeLine } = await import('../report/escape.ts');
  const shows = args.serial ? (args.screen ? 'both' : 'serial') : 'screen';
  const title = escapeLine(`${basename(args.image)} in gilt; Ctrl-C leaves`);
  const { terminal, env, out } = host;
  const { graphics } = args;
  return new TerminalView({ terminal, shows, hasColours: usesColor(host), graphics, env, title, out });
}

async function writePng(path: string, { machine }: LiveOutcome): Promise<void> {
  const { renderScreen } = await import('../../emulator/index.ts');
  const { encodePng } = await import('../report/png.ts');
  const { writeFileWhole } = await import('../run/files/output-file.ts');
  writeFileWhole(path, encodePng(renderScreen(machine.look())));
}

/** On stderr, so that stdout is the guest's alone. */
async function tell(host: Host, { symbols }: BootFiles, { ending, machine, absent }: LiveOutcome): Promise<void> {
  const { describeUnmet } = await import('../run/describe/describe-unmet.ts');
  const { escapeText } = await import('../report/escape.ts');
  const { describeEnding } = await import('../live/describe-ending.ts');
  const text = ending.kind === 'unmet' ? describeUnmet(ending.unmet) : describeEnding(ending, machine, symbols);
  host.err(`${escapeText(text)}\n${absent.describe((linear) => symbols.describe(linear))}`);
}

function isGood(ending: LiveEnding): boolean {
  return (
    ending.kind !== 'unmet' &&
    !(ending.kind === 'stopped' && ['triple-fault', 'unhandled'].includes(ending.reason.kind))
  );
}
