import { completeSpec, type MachineSpec, OperatingError } from '../../emulator/index.ts';
import type { AllocatorConfig, MachineChoice } from '../config/config.ts';
import type { BootFiles } from './boot-files.ts';

/** The machine a scenario runs on: the config's choices, then the scenario's, and a probe for each allocator. */
export function specFor(
  boot: BootFiles,
  allocators: readonly AllocatorConfig[],
  choices: readonly (MachineChoice | undefined)[],
): MachineSpec {
  const probes = allocators.map(({ name, args }) => ({ name, linear: functionStart(boot, name), args }));
  return completeSpec({ ...Object.assign({}, ...choices), probes });
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
