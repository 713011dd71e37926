import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { OperatingError } from '../../../emulator/index.ts';
import { writeFileWhole } from '../../run/files/output-file.ts';
import { literal } from '../../scenario/wait-spec.ts';
import type { AllocatorCheck, FoundFlaw } from './check-allocator.ts';

const NAME = /^[a-z0-9][a-z0-9-]*$/;

export interface SavedCheck {
  readonly check: Omit<AllocatorCheck, 'driver'>;
  readonly flaw: FoundFlaw;
  readonly seed: number;
  readonly startCode: string; // a call of the driver that leads to where the calls begin
}

/** Where the scenario `name` goes. Errors: OperatingError for a name that can't be one, or is taken. */
export function newScenarioFile(folder: string, name: string): string {
  if (!NAME.test(name))
    throw new OperatingError('--save', `"${name}": a scenario is named with small letters, digits and hyphens`);
  const file = join(folder, `${name}.scenario.ts`);
  if (existsSync(file)) throw new OperatingError(file, 'is there already, and nothing is overwritten');
  return file;
}

/** Writes a scenario that makes the calls of a flaw again and fails as long as it is there. */
export function saveScenario(file: string, saved: SavedCheck): void {
  writeFileWhole(file, scenarioText(saved));
}

function scenarioText({ check, flaw, seed, startCode }: SavedCheck): string {
  const { alloc, calloc, realloc, free, alignment, regions, rules } = check;
  const options = Object.entries({ alloc, calloc, realloc, free, alignment, regions, rules });
  const given = options.filter(([, value]) => value !== undefined);
  const fields = given.map(([name, value]) => `      ${name}: ${codeOf(value)},\n`).join('');
  const calls = flaw.script.map((call) => `    await allocator.${call};\n`).join('');
  return `import { AllocatorModel, defineScenario } from 'gilt';

// Found by gilt explore allocator with seed ${seed}: ${oneLine(flaw.message)}
export default defineScenario({
  description: ${literal(`Calls that broke a rule of allocators: ${flaw.rule}.`)},
  run: async (driver) => {
    await ${startCode};
    const allocator = new AllocatorModel({
      driver,
${fields}    });
${calls}  },
});
`;
}

/** Plain data as TypeScript code. */
function codeOf(value: unknown): string {
  if (typeof value === 'string') return literal(value);
  if (Array.isArray(value)) return `[${value.map(codeOf).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  return `{ ${Object.entries(value)
    .map(([name, each]) => `${name}: ${codeOf(each)}`)
    .join(', ')} }`;
}

function oneLine(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, ' ');
}
