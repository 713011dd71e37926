import type { MachineSpec } from '../../emulator/index.ts';
import type { AllocatorConfig, MachineChoice } from '../config/config.ts';
import type { BootFiles } from './files/boot-files.ts';
import { FurtherFiles, furtherFilesOf, furtherSource } from './files/further-files.ts';
import { mergeChoices, specFor } from './machine-spec.ts';

/** All that a machine is made of. */
export interface SetUp {
  readonly boot: BootFiles;
  readonly spec: MachineSpec;
}

/**
 * The machine that a config and a scenario choose, and the files it boots from: image, symbols and what the choices name.
 * Errors: OperatingError.
 */
export function setUp(
  boot: BootFiles,
  allocators: readonly AllocatorConfig[],
  choices: readonly (MachineChoice | undefined)[],
): SetUp {
  const spec = specFor(boot, allocators, choices);
  const { further = new FurtherFiles({}) } = boot;
  const carried = furtherFilesOf(mergeChoices(choices)).map((named) => further.carry(named));
  if (carried.length === 0) return { boot, spec };
  const source = { ...boot.source, ...furtherSource(carried) };
  return { boot: { ...boot, source, files: [...boot.files, ...carried] }, spec };
}
