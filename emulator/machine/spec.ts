import { OperatingError } from '../base/errors.ts';
import type { RamFill } from '../memory/ram-fill.ts';

/** A place where the recorder notes calls and returns: the entry of a guest function. */
export interface ProbeSpec {
  readonly name: string;
  readonly linear: number; // address of the function's first instruction
  readonly args: number; // how many 32-bit arguments to note
  readonly convention?: 'cdecl' | 'regparm3'; // regparm3: the first three in EAX, EDX, ECX; default cdecl: all on the stack
}

/** A date and time of day for the CMOS clock at icount 0. */
export interface ClockDate {
  readonly year: number;
  readonly month: number; // 1-12
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

/** The image that a machine boots goes by this name. */
export const BOOT_IMAGE = 'image';

/** A drive and what is in it: `image` is BOOT_IMAGE, or the name of an image that is given besides. */
export interface DriveSpec {
  readonly kind: 'floppy' | 'disk' | 'cd';
  readonly image: string;
}

/** Everything about a machine that a run depends on besides its image and inputs. Plain data; stored in the trace header. */
export interface MachineSpec {
  readonly memoryBytes: number; // RAM, a multiple of 64 KiB from 1 MiB to 1 GiB
  readonly ramFill: RamFill;
  readonly instructionsPerPitClock: number; // a PIT clock (1/1193182 s) lasts this many instructions
  readonly date: ClockDate;
  /** Time as devices see it passes with every instruction, or only while the guest is idle. */
  readonly clock: 'instructions' | 'idle';
  readonly busyLimit: number; // clock 'idle': after this many instructions of work the next timer comes all the same
  /**
   * Clock 'idle': the work that a PC does in a clock of the PIT, and what an access to a port counts as. A guest that has
   * worked as long as its next timer takes gets it, even before the busy limit. Absent: that limit alone counts.
   */
  readonly workPerPitClock?: number;
  /** A key stays down for so many clocks of the PIT, or two fifths of it when another waits. Absent: it is released at once. */
  readonly keyHoldPitClocks?: number;
  readonly instructionLimit: number; // the run ends there, whatever the guest does
  readonly isStrict: boolean; // stop at the first port, range or function that gilt doesn't have
  readonly probes: readonly ProbeSpec[];
  /** For an image that is a kernel, not a disk: what it reads as its command line, and as those of its modules. */
  readonly commandLine?: string;
  readonly modules?: readonly string[];
  readonly loadAt?: number; // the image is flat: it is put there whole, and begins there
  /** At most 2 floppies, 4 disks and CDs. Absent: the image is that of the first disk. */
  readonly drives?: readonly DriveSpec[];
}

const DEFAULT_DRIVES: readonly DriveSpec[] = [{ kind: 'disk', image: BOOT_IMAGE }];

/** A kernel comes from a boot loader: its image is in no drive. */
export function drivesOf({ drives }: MachineSpec, isKernel: boolean): readonly DriveSpec[] {
  if (!isKernel) return drives ?? DEFAULT_DRIVES;
  return (drives ?? []).filter(({ image }) => image !== BOOT_IMAGE);
}

const DEFAULT_SPEC: MachineSpec = {
  memoryBytes: 16 * 1024 * 1024,
  ramFill: { kind: 'zero' },
  instructionsPerPitClock: 4,
  date: { year: 2024, month: 1, day: 1, hour: 12, minute: 0, second: 0 },
  clock: 'instructions',
  busyLimit: 2_000_000,
  instructionLimit: 1_000_000_000,
  isStrict: false,
  probes: [],
};

const MIB = 1024 * 1024;
const LOWEST_LOAD = 0x500; // vectors and BIOS data lie below
const CLOCKS: readonly string[] = ['instructions', 'idle'];

/** Fills in the defaults and checks every field. Errors: OperatingError naming the field and what is allowed. */
export function completeSpec(partial: Partial<MachineSpec>): MachineSpec {
  const spec: MachineSpec = { ...DEFAULT_SPEC, ...partial };
  requireSpec(
    Number.isInteger(spec.memoryBytes) &&
      spec.memoryBytes % 65536 === 0 &&
      spec.memoryBytes >= MIB &&
      spec.memoryBytes <= 1024 * MIB,
    `memoryBytes is ${spec.memoryBytes}; it must be a multiple of 65536 from ${MIB} to ${1024 * MIB}`,
  );
  requireSpec(
    Number.isInteger(spec.instructionsPerPitClock) &&
      spec.instructionsPerPitClock >= 1 &&
      spec.instructionsPerPitClock <= 100_000,
    `instructionsPerPitClock is ${spec.instructionsPerPitClock}; it must be an integer from 1 to 100000`,
  );
  requireSpec(CLOCKS.includes(spec.clock), `clock is ${spec.clock}; it must be one of ${CLOCKS.join(', ')}`);
  requireSpec(
    Number.isSafeInteger(spec.busyLimit) && spec.busyLimit > 0,
    `busyLimit is ${spec.busyLimit}; it must be a positive integer`,
  );
  for (const name of ['workPerPitClock', 'keyHoldPitClocks'] as const) {
    const { [name]: count } = spec;
    requireSpec(
      count === undefined || (Number.isInteger(count) && count > 0),
      `${name} is ${count}; it must be a positive integer`,
    );
  }
  requireSpec(
    Number.isSafeInteger(spec.instructionLimit) && spec.instructionLimit > 0,
    `instructionLimit is ${spec.instructionLimit}; it must be a positive integer`,
  );
  const { loadAt } = spec;
  requireSpec(
    loadAt === undefined || (Number.isInteger(loadAt) && loadAt >= LOWEST_LOAD && loadAt < spec.memoryBytes),
    `loadAt is ${loadAt}; it must be an address from ${LOWEST_LOAD} up, in RAM`,
  );
  checkFill(spec.ramFill);
  checkDrives(spec.drives ?? DEFAULT_DRIVES);
  return spec;
}

function checkFill(fill: RamFill): void {
  if (fill.kind === 'byte') {
    requireSpec(
      Number.isInteger(fill.value) && fill.value >= 0 && fill.value <= 255,
      `ramFill.value is ${fill.value}; it must be a byte`,
    );
  }
  if (fill.kind === 'pattern') {
    requireSpec(Number.isSafeInteger(fill.seed), `ramFill.seed is ${fill.seed}; it must be an integer`);
  }
}

function checkDrives(drives: readonly DriveSpec[]): void {
  const count = (...kinds: readonly string[]): number => drives.filter(({ kind }) => kinds.includes(kind)).length;
  requireSpec(count('floppy', 'disk', 'cd') === drives.length, 'drives: a drive is a floppy, a disk or a cd');
  requireSpec(count('floppy') <= 2, `drives: ${count('floppy')} floppies; a machine has 2 at most`);
  requireSpec(count('disk', 'cd') <= 4, `drives: ${count('disk', 'cd')} disks and CDs; a machine has 4 at most`);
  const images = drives.map(({ image }) => image);
  requireSpec(new Set(images).size === images.length, 'drives: one image is in two drives');
}

function requireSpec(isValid: boolean, message: string): void {
  if (!isValid) throw new OperatingError('machine spec', message);
}
