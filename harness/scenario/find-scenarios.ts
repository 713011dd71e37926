import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { OperatingError } from '../../emulator/index.ts';
import { hostError } from '../run/files/host-error.ts';
import { nearestNames } from '../symbols/nearest-names.ts';

const SUFFIX = '.scenario.ts';
const NAME = /^[a-z0-9][a-z0-9-]*$/;

/** A scenario file by its name. */
export interface ScenarioFile {
  readonly name: string;
  readonly file: string;
}

/** All scenario files of a folder, by name. Errors: OperatingError, also for names that can't be a golden's folder. */
export function listScenarios(folder: string): readonly ScenarioFile[] {
  const entries = readFolder(folder).filter((entry) => entry.endsWith(SUFFIX));
  return entries.sort().map((entry) => {
    const name = entry.slice(0, -SUFFIX.length);
    const file = join(folder, entry);
    if (!NAME.test(name)) throw new OperatingError(file, 'a scenario is named with small letters, digits and hyphens');
    return { name, file };
  });
}

/** The scenarios called `names`, or all of them. Errors: OperatingError with the nearest names for an unknown one. */
export function selectScenarios(folder: string, names: readonly string[]): readonly ScenarioFile[] {
  const all = listScenarios(folder);
  if (all.length === 0) throw new OperatingError(folder, `no *${SUFFIX} in this folder`);
  if (names.length === 0) return all;
  const chosen = [...new Set(names)].map((name) => findScenario(folder, all, name));
  return chosen;
}

function findScenario(folder: string, all: readonly ScenarioFile[], name: string): ScenarioFile {
  const found = all.find((each) => each.name === name);
  if (found !== undefined) return found;
  const known = all.map((each) => each.name);
  const near = nearestNames(name, known);
  const hint = near.length > 0 ? `did you mean ${near.join(' or ')}?` : `there is ${known.join(', ')}`;
  throw new OperatingError(folder, `no scenario "${name}"; ${hint}`);
}

function readFolder(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    throw hostError(folder, error);
  }
}
