import { OperatingError } from '../../emulator/index.ts';

const NAME = /^[a-z0-9][a-z0-9-]*$/;
const LONGEST = 100;

export function isName(name: string): boolean {
  return NAME.test(name) && name.length <= LONGEST;
}

/** Scenario and screen names become names of folders and files. Errors: OperatingError that says what is allowed. */
export function requireName(what: 'scenario' | 'screen', name: string): string {
  if (isName(name)) return name;
  const rule = `use lower-case letters, digits and hyphens, ${LONGEST} at most, the first one no hyphen`;
  throw new OperatingError(`${what} ${JSON.stringify(name)}`, `isn't a usable name: ${rule}`);
}
