import { OperatingError } from '../../emulator/index.ts';

const NAME = /^[a-z0-9][a-z0-9-]*$/;
const LONGEST = 100;

/** Scenario and screen names become names of folders and files. Errors: OperatingError that says what is allowed. */
export function requireName(what: 'scenario' | 'screen', name: string): string {
  if (NAME.test(name) && name.length <= LONGEST) return name;
  const rule = `use lower-case letters, digits and hyphens, ${LONGEST} at most, the first one no hyphen`;
  throw new OperatingError(`${what} ${JSON.stringify(name)}`, `isn't a usable name: ${rule}`);
}
