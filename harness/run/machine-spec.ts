import { BOOT_IMAGE, completeSpec, guessDrive, type MachineSpec, OperatingError } from '../../emulator/index.ts';
import type { AllocatorConfig, MachineChoice, ModuleChoice, RegionConfig } from '../config/config.ts';
import type { BootFiles } from './files/boot-files.ts';

/** A scenario that doesn't choose gets ticks that don't move with the compiler. */
const SCENARIO_DEFAULTS: MachineChoice = { clock: 'idle' };

/** The machine a scenario runs on: the config's choices, then the scenario's, and a probe for each allocator. */
export function specFor(
  boot: BootFiles,
  allocators: readonly AllocatorConfig[],
  choices: readonly (MachineChoice | undefined)[],
): MachineSpec {
  const probes = allocators.map(({ name, args, convention }) => {
    const probe = { name, linear: functionStart(boot, name), args };
    return convention === undefined ? probe : { ...probe, convention };
  });
  const { modules, drives, bios: _bios, vgaBios: _vgaBios, ...machine } = mergeChoices(choices);
  return completeSpec({
    ...machine,
    ...drivesFor(boot, drives),
    ...(modules === undefined ? {} : { modules: modules.map(moduleText) }),
    probes,
  });
}

/** The machine that a config and then a scenario choose. */
export function mergeChoices(choices: readonly (MachineChoice | undefined)[]): MachineChoice {
  return Object.assign({}, SCENARIO_DEFAULTS, ...choices);
}

/** What a boot loader gives a kernel as a module's text: its path and what follows. */
function moduleText({ file, arguments: text }: ModuleChoice): string {
  return text === undefined ? file : `${file} ${text}`;
}

/** A drive that suits the image comes first; none is said where it is the one that a machine has anyway. */
function drivesFor({ image }: Pick<BootFiles, 'image'>, drives: MachineChoice['drives']): Pick<MachineSpec, 'drives'> {
  const kind = guessDrive(image.bytes);
  if (drives === undefined) return kind === 'disk' ? {} : { drives: [{ kind, image: BOOT_IMAGE }] };
  const isIncluded = drives.some((drive) => drive.image === BOOT_IMAGE);
  return { drives: isIncluded ? drives : [{ kind, image: BOOT_IMAGE }, ...drives] };
}

/** Errors: OperatingError for a region that begins or ends at a symbol that the kernel doesn't have. */
export function requireRegions(
  boot: Pick<BootFiles, 'symbols' | 'symbolsName'>,
  regions: readonly RegionConfig[],
): void {
  for (const { name, start, end } of regions) {
    for (const bound of [start, end]) {
      if (typeof bound === 'number') continue;
      const symbol = typeof bound === 'string' ? bound : bound.symbol;
      if (boot.symbols.lookup(symbol) !== undefined) continue;
      const near = boot.symbols.suggest(symbol);
      const hint = near.length > 0 ? `; did you mean ${near.join(' or ')}?` : '';
      throw new OperatingError(boot.symbolsName ?? 'symbols', `no symbol "${symbol}" for the region "${name}"${hint}`);
    }
  }
}

/** The address of a guest function. Errors: OperatingError naming the symbol file and the nearest names. */
export function functionStart(boot: Pick<BootFiles, 'symbols' | 'symbolsName'>, name: string): number {
  if (boot.symbolsName === undefined) {
    throw new OperatingError('symbols', `none are given, so the function "${name}" can't be found`);
  }
  const entry = boot.symbols.lookup(name);
  if (entry !== undefined && entry.kind !== 'object') return entry.start;
  const near = boot.symbols.suggest(name);
  const hint = near.length > 0 ? `; did you mean ${near.join(' or ')}?` : '';
  throw new OperatingError(boot.symbolsName, `no function "${name}"${hint}`);
}
