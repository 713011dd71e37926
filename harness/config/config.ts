import type { MachineSpec } from '../../emulator/index.ts';
import type { LensName, Level } from '../lenses/fact.ts';

/** A function of the guest that hands memory out or takes it back. Its calls and returns are recorded. */
export interface AllocatorConfig {
  readonly name: string; // the function's name in the symbols
  readonly args: number; // how many 32-bit stack arguments it takes (cdecl), 1 to 8
  readonly kind?: 'alloc' | 'free'; // default 'alloc'
  readonly size?: number; // alloc: index of the argument that holds the size in bytes; default 0
}

/** A named range of linear addresses, such as a heap. `end` is exclusive; a text is the name of a symbol. */
export interface RegionConfig {
  readonly name: string;
  readonly start: number | string;
  readonly end: number | string;
}

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

/** The part of the machine spec that people choose; probes come from `allocators`. */
export type MachineChoice = Partial<Omit<MachineSpec, 'probes'>>;

/** What `gilt.config.ts` holds. Paths are relative to the config file. */
export interface GiltConfig {
  readonly image: string; // the disk image to boot
  readonly symbols?: string; // an ELF of the kernel, with DWARF if there is any
  readonly scenarios?: string; // the folder of *.scenario.ts files; default 'scenarios'
  readonly golden?: string; // the folder of blessed runs; default 'golden'
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
