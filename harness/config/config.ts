import type { MachineSpec, ProbeSpec } from '../../emulator/index.ts';
import type { LensName, Level } from '../lenses/fact.ts';
import type { AllocatorView, RegionView } from '../lenses/view-config.ts';

/**
 * A function of the guest that hands memory out or takes it back: its name in the symbols and what it does. Its calls and
 * returns are recorded.
 */
export interface AllocatorConfig extends AllocatorView {
  readonly args: number; // how many 32-bit arguments it takes, 0 to 8
  readonly convention?: ProbeSpec['convention']; // default 'cdecl'; 'regparm3' passes the first three in EAX, EDX, ECX
}

/** A named range of addresses, such as a heap or a pool of frames: `{ name: 'heap', start: { symbol: '_end', align: 4096 }, end: 0x400000 }`. */
export type RegionConfig = RegionView;

/** What is not compared, and why. `rows` and `columns` are from-to, both included; a `*` in `key` is any text. */
export type MaskConfig =
  | {
      readonly kind: 'cells';
      readonly screen?: string; // by name; default every screen
      readonly rows: readonly [number, number];
      readonly columns: readonly [number, number];
      readonly reason: string;
    }
  | { readonly kind: 'facts'; readonly lens: LensName; readonly key: string; readonly reason: string };

export const LEVELS: readonly Level[] = ['exact', 'behaviour', 'state', 'off'];

/** How strictly each lens is compared; a lens that isn't named is compared at 'behaviour'. */
export type LensLevels = { readonly [Lens in LensName]?: Level };

/** A file that a boot loader puts beside a kernel, which reads its path and then the arguments as its text. */
export interface ModuleChoice {
  readonly file: string;
  readonly arguments?: string;
}

/**
 * The part of the machine spec that people choose, and further files that it boots from; probes come from `allocators`.
 * An image of `drives` that isn't 'image' is the path of another file; the drive of the image itself may be left out.
 */
export interface MachineChoice extends Partial<Omit<MachineSpec, 'probes' | 'modules'>> {
  readonly modules?: readonly ModuleChoice[]; // for an image that is a multiboot kernel
  readonly bios?: string; // a ROM instead of the built-in firmware
  readonly vgaBios?: string; // the ROM of its VGA
}

/** What `gilt.config.ts` holds. Paths are relative to the config file. */
export interface GiltConfig {
  readonly image: string; // a disk image to boot, or a kernel as a boot loader takes it
  readonly symbols?: string; // an ELF of the kernel, with DWARF if there is any
  readonly build?: string; // the shell command that makes both, run in the config's folder: 'make'
  readonly scenarios?: string; // the folder of *.scenario.ts files; default 'scenarios'
  readonly golden?: string; // the folder of blessed runs; default 'golden'
  readonly goldenCapBytes?: number; // a golden trace above it holds digests for its writes; default 1 MiB
  readonly allocators?: readonly AllocatorConfig[];
  readonly regions?: readonly RegionConfig[];
  readonly masks?: readonly MaskConfig[];
  readonly machine?: MachineChoice;
  readonly levels?: LensLevels;
}

/** Gives a config file its types. */
export function defineConfig(config: GiltConfig): GiltConfig {
  return config;
}
