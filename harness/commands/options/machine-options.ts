import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { DriveSpec } from '../../../emulator/index.ts';
import type { MachineChoice, ModuleChoice } from '../../config/config.ts';
import { UsageError } from '../usage-error.ts';

/** What the machine is made of that an image given by itself is run on; a config says the same as `machine`. */
export interface MachineArgs {
  readonly append: string | undefined;
  readonly module: readonly string[] | undefined;
  readonly load: string | undefined;
  readonly as: DriveSpec['kind'] | undefined;
  readonly floppy: readonly string[] | undefined;
  readonly disk: readonly string[] | undefined;
  readonly cd: readonly string[] | undefined;
  readonly bios: string | undefined;
  readonly vgaBios: string | undefined;
  readonly memory: number | undefined;
  readonly clock: 'idle' | 'instructions' | undefined;
  readonly strict: boolean | undefined;
}

const MIB = 1024 * 1024;
const VIDEO_ROM = 'vgabios-stdvga.bin'; // as SeaBIOS names it
const LIST = { type: 'string', array: true, nargs: 1 } as const;

/** The options of the commands that take an image by itself. */
export const MACHINE_OPTIONS = {
  append: { type: 'string', describe: "a kernel's command line" },
  module: { ...LIST, describe: "a multiboot module for a kernel: 'FILE ARGUMENTS'" },
  as: {
    choices: ['floppy', 'disk', 'cd'],
    describe: 'the drive that the image is in; default by its size and its first sectors',
  },
  floppy: { ...LIST, describe: 'a floppy besides' },
  disk: { ...LIST, describe: 'a hard disk besides' },
  cd: { ...LIST, describe: 'a CD besides' },
  load: { type: 'string', describe: 'the image is flat: where it is put in memory and begins' },
  memory: { type: 'number', describe: 'RAM in MiB, 1 to 1024' },
  bios: { type: 'string', describe: 'a ROM instead of the built-in firmware, such as SeaBIOS' },
  'vga-bios': { type: 'string', describe: `the ROM of its VGA; default ${VIDEO_ROM} in the folder of --bios` },
  clock: {
    choices: ['idle', 'instructions'],
    describe: "does the guest's time pass while it waits (default), or with every instruction?",
  },
  strict: { type: 'boolean', describe: "stop at the first thing that isn't there" },
} as const;

/** The first of these options that is given. */
export function givenMachineOption(args: MachineArgs): string | undefined {
  const names = Object.keys(MACHINE_OPTIONS).map((name) => [name, name === 'vga-bios' ? 'vgaBios' : name]);
  return names.find(([, key]) => args[key as keyof MachineArgs] !== undefined)?.[0];
}

/** The machine they choose, but for its drives, which depend on the image. Paths stay as written. Errors: UsageError. */
export function machineChoice(args: MachineArgs, cwd: string): MachineChoice {
  const { memory, clock, strict, append, module: modules, load } = args;
  if (memory !== undefined && (!Number.isInteger(memory) || memory < 1 || memory > 1024)) {
    throw new UsageError(`--memory ${memory}: give MiB, from 1 to 1024`);
  }
  const loadAt = load === undefined ? undefined : Number(load);
  if (Number.isNaN(loadAt)) throw new UsageError(`--load ${load}: give an address, for example 0x100000`);
  return {
    ...(memory === undefined ? {} : { memoryBytes: memory * MIB }),
    ...(clock === undefined ? {} : { clock }),
    ...(strict === undefined ? {} : { isStrict: strict }),
    ...(append === undefined ? {} : { commandLine: append }),
    ...(modules === undefined ? {} : { modules: modules.map(moduleOf) }),
    ...(loadAt === undefined ? {} : { loadAt }),
    ...romPaths(args, cwd),
  };
}

/** The drive that holds the image and those besides; nothing when no option says anything of them. */
export async function driveChoice(args: MachineArgs, image: Uint8Array): Promise<MachineChoice> {
  const { BOOT_IMAGE, guessDrive } = await import('../../../emulator/index.ts');
  const besides = (['floppy', 'disk', 'cd'] as const).flatMap((kind) =>
    (args[kind] ?? []).map((path) => ({ kind, image: path })),
  );
  if (args.as === undefined && besides.length === 0) return {};
  return { drives: [{ kind: args.as ?? guessDrive(image), image: BOOT_IMAGE }, ...besides] };
}

function moduleOf(text: string): ModuleChoice {
  const [file] = text.split(' ');
  return file === text ? { file } : { file, arguments: text.slice(file.length + 1) };
}

function romPaths({ bios, vgaBios }: MachineArgs, cwd: string): MachineChoice {
  if (bios === undefined) {
    if (vgaBios !== undefined) throw new UsageError('--vga-bios belongs to --bios');
    return {};
  }
  const beside = join(dirname(bios), VIDEO_ROM);
  const video = vgaBios ?? (existsSync(resolve(cwd, beside)) ? beside : undefined);
  return { bios, ...(video === undefined ? {} : { vgaBios: video }) };
}
