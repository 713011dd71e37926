import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { DriveSpec, EngineName } from '../../emulator/index.ts';
import type { MachineChoice, ModuleChoice } from '../config/config.ts';
import type { Graphics } from '../live/graphics/protocol.ts';
import type { LiveEnding, LiveView } from '../live/live-guest.ts';
import type { LiveOutcome } from '../live/run-live.ts';
import type { BootFiles } from '../run/boot-files.ts';
import { WAIT_HELP } from '../scenario/wait-forms.ts';
import type { AddCommand } from './command-line.ts';
import { type ExitCode, type Host, usesColor } from './host.ts';
import { ENGINE_OPTION } from './options.ts';
import { UsageError } from './usage-error.ts';

interface BootArgs {
  readonly image: string;
  readonly append: string | undefined;
  readonly module: readonly string[] | undefined;
  readonly load: string | undefined;
  readonly as: DriveSpec['kind'] | undefined;
  readonly floppy: readonly string[] | undefined;
  readonly disk: readonly string[] | undefined;
  readonly cd: readonly string[] | undefined;
  readonly bios: string | undefined;
  readonly vgaBios: string | undefined;
  readonly symbols: string | undefined;
  readonly memory: number;
  readonly serial: boolean;
  readonly screen: boolean;
  readonly png: string | undefined;
  readonly graphics: Graphics | 'auto';
  readonly until: readonly string[] | undefined;
  readonly keys: readonly string[] | undefined;
  readonly seconds: number;
  readonly clock: 'idle' | 'instructions';
  readonly strict: boolean;
  readonly engine: EngineName;
}

const MIB = 1024 * 1024;
const QEMU_MEMORY_MIB = 128;
const VIDEO_ROM = 'vgabios-stdvga.bin'; // as SeaBIOS names it

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
        .option('append', { type: 'string', describe: "a kernel's command line" })
        .option('module', {
          type: 'string',
          array: true,
          nargs: 1,
          describe: "a multiboot module for a kernel: 'FILE ARGUMENTS'",
        })
        .option('as', {
          choices: ['floppy', 'disk', 'cd'] as const,
          describe: 'the drive that the image is in; default by its size and its first sectors',
        })
        .option('floppy', { type: 'string', array: true, nargs: 1, describe: 'a floppy besides' })
        .option('disk', { type: 'string', array: true, nargs: 1, describe: 'a hard disk besides' })
        .option('cd', { type: 'string', array: true, nargs: 1, describe: 'a CD besides' })
        .option('load', { type: 'string', describe: 'the image is flat: where it is put in memory and begins' })
        .option('memory', { type: 'number', default: QEMU_MEMORY_MIB, describe: 'RAM in MiB, 1 to 1024' })
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
        .option('bios', { type: 'string', describe: 'a ROM instead of the built-in firmware, such as SeaBIOS' })
        .option('vga-bios', {
          type: 'string',
          describe: `the ROM of its VGA; default ${VIDEO_ROM} in the folder of --bios`,
        })
        .option('symbols', { type: 'string', describe: 'the ELF that belongs to the image' })
        .option('clock', {
          choices: ['idle', 'instructions'] as const,
          default: 'idle' as const,
          describe: "does the guest's time pass while it waits, or with every instruction?",
        })
        .option('strict', { type: 'boolean', default: false, describe: "stop at the first thing that isn't there" })
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

async function boot(args: BootArgs, host: Host): Promise<ExitCode> {
  const { loadBootFiles } = await import('../run/boot-files.ts');
  const { setUp } = await import('../run/set-up.ts');
  const { BOOT_IMAGE, guessDrive } = await import('../../emulator/index.ts');
  const { runLive } = await import('../live/run-live.ts');
  const inFolder = (path: string): string => resolve(host.cwd, path);
  const choice = { ...machineChoice(args), ...romPaths(args, inFolder) };
  const imagePath = inFolder(args.image);
  const found = loadBootFiles({
    image: imagePath,
    folder: host.cwd,
    config: { machine: choice },
    ...(args.symbols === undefined ? {} : { symbols: inFolder(args.symbols) }),
  });
  const drives = [
    { kind: args.as ?? guessDrive(found.image.bytes), image: BOOT_IMAGE },
    ...furtherDrives(args, inFolder),
  ];
  const { boot: files, spec } = setUp(found, [], [choice, { drives }]);
  const steps = { until: args.until ?? [], keys: args.keys ?? [] };
  const outcome = await runLive(
    { boot: files, spec, engine: args.engine, imagePath, steps },
    await viewFor(args, host),
  );
  if (args.png !== undefined) await writePng(resolve(host.cwd, args.png), outcome);
  await tell(host, files, outcome);
  return isGood(outcome.ending) ? 0 : 1;
}

function machineChoice({ memory, seconds, clock, strict, append, module: modules, load }: BootArgs): MachineChoice {
  if (!Number.isInteger(memory) || memory < 1 || memory > 1024) {
    throw new UsageError(`--memory ${memory}: give MiB, from 1 to 1024`);
  }
  if (!(seconds > 0)) throw new UsageError(`--seconds ${seconds}: give a number above 0`);
  const loadAt = load === undefined ? undefined : Number(load);
  if (Number.isNaN(loadAt)) throw new UsageError(`--load ${load}: give an address, for example 0x100000`);
  return {
    memoryBytes: memory * MIB,
    clock,
    isStrict: strict,
    instructionLimit: Number.MAX_SAFE_INTEGER,
    ...(append === undefined ? {} : { commandLine: append }),
    ...(modules === undefined ? {} : { modules: modules.map(moduleOf) }),
    ...(loadAt === undefined ? {} : { loadAt }),
  };
}

function moduleOf(text: string): ModuleChoice {
  const [file] = text.split(' ');
  return file === text ? { file } : { file, arguments: text.slice(file.length + 1) };
}

function romPaths({ bios, vgaBios }: BootArgs, inFolder: (path: string) => string): MachineChoice {
  if (bios === undefined) {
    if (vgaBios !== undefined) throw new UsageError('--vga-bios belongs to --bios');
    return {};
  }
  const beside = join(dirname(inFolder(bios)), VIDEO_ROM);
  const video = vgaBios === undefined ? (existsSync(beside) ? beside : undefined) : inFolder(vgaBios);
  return { bios: inFolder(bios), ...(video === undefined ? {} : { vgaBios: video }) };
}

function furtherDrives({ floppy, disk, cd }: BootArgs, inFolder: (path: string) => string): readonly DriveSpec[] {
  const drives = (kind: DriveSpec['kind'], paths: readonly string[] = []): readonly DriveSpec[] =>
    paths.map((path) => ({ kind, image: inFolder(path) }));
  return [...drives('floppy', floppy), ...drives('disk', disk), ...drives('cd', cd)];
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
  const { writeFileWhole } = await import('../run/output-file.ts');
  writeFileWhole(path, encodePng(renderScreen(machine.look())));
}

/** On stderr, so that stdout is the guest's alone. */
async function tell(host: Host, { symbols }: BootFiles, { ending, machine, absent }: LiveOutcome): Promise<void> {
  const { describeUnmet } = await import('../run/describe-unmet.ts');
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
