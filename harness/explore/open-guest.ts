import { resolve } from 'node:path';
import { type EngineName, Machine, OperatingError } from '../../emulator/index.ts';
import type { GiltConfig, MachineChoice } from '../config/config.ts';
import { findConfig, loadProject, type Project } from '../config/load-config.ts';
import type { Driver } from '../driver/driver.ts';
import { MachineDriver } from '../driver/machine-driver.ts';
import { type BootFiles, loadBootFiles } from '../run/files/boot-files.ts';
import { setUp } from '../run/set-up.ts';
import { UnmetWaitError } from '../scenario/unmet-wait.ts';
import type { WaitSpec } from '../scenario/wait-spec.ts';

/** Which guest: that of gilt.config.ts, or another image. */
export interface GuestChoice {
  readonly folder?: string; // where gilt.config.ts is looked for, here and above; default the current one
  readonly image?: string; // paths are relative to `folder`
  readonly symbols?: string; // the ELF that belongs to `image`
  readonly machine?: MachineChoice; // laid over the machine of the config
  readonly engine?: EngineName;
}

/** The files of a guest and what the config says about it, if there is one. */
export interface Guest {
  readonly project: Project | undefined;
  readonly config: GiltConfig;
  readonly boot: BootFiles;
}

/** Finds image and config. Errors: OperatingError. */
export async function findGuest({ folder = process.cwd(), image, symbols }: GuestChoice): Promise<Guest> {
  if (image === undefined) {
    if (symbols !== undefined) throw new OperatingError(symbols, 'symbols belong to an image: give both');
    const project = await loadProject(folder);
    return { project, config: project.config, boot: loadBootFiles(project) };
  }
  const project = findConfig(folder) === undefined ? undefined : await loadProject(folder);
  if (symbols === undefined && project?.symbols !== undefined) {
    throw new OperatingError(image, 'give its symbols as well: those of the config belong to another image');
  }
  const elf = symbols === undefined ? {} : { symbols: resolve(folder, symbols) };
  const at = project ?? { folder };
  const boot = loadBootFiles({ ...at, image: resolve(folder, image), ...elf });
  return { project, config: project?.config ?? { image }, boot };
}

/** A driver on a guest that was just switched on. Nothing is recorded. */
export function startGuest({ config, boot }: Guest, { machine, engine = 'forms' }: GuestChoice): MachineDriver {
  const { image, symbols, symbolsName } = boot;
  const { spec, boot: whole } = setUp(boot, [], [config.machine, machine]);
  const switchedOn = new Machine(spec, whole.source, { engine });
  return new MachineDriver({ machine: switchedOn, symbols, symbolsName, scenarioFile: symbolsName ?? image.name });
}

/** Runs a guest on to where a variant begins. Errors: OperatingError when it doesn't come there. */
export async function reach(driver: Driver, option: string, wait: WaitSpec): Promise<void> {
  try {
    await wait.run(driver);
  } catch (error) {
    if (!(error instanceof UnmetWaitError)) throw error;
    throw new OperatingError(option, `the kernel does not come there: ${error.message}`);
  }
}

/**
 * Boots a kernel for a test of your own: `const driver = await bootGuest()`. Nothing is recorded and nothing compared.
 * Errors: OperatingError.
 */
export async function bootGuest(choice: GuestChoice = {}): Promise<Driver> {
  return startGuest(await findGuest(choice), choice);
}
