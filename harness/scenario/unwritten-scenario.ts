import { basename } from 'node:path';
import type { Driver } from '../driver/driver.ts';
import { parseKeys } from './key-text.ts';
import type { Scenario } from './scenario.ts';
import { parseWait, type WaitSpec } from './wait-spec.ts';

export interface Steps {
  readonly until: readonly string[]; // waits, as in wait-spec.ts
  readonly keys: readonly string[]; // keys, as in key-text.ts
}

/**
 * A scenario that is given by options instead of a file: waits and keys take turns, a wait first. Where keys have none
 * before or after them, the guest runs until it is idle. Errors: OperatingError.
 */
export function unwrittenScenario(image: string, steps: Steps): Scenario {
  const run = stepsOf(steps, Math.max(steps.keys.length + 1, steps.until.length));
  return {
    name: nameOf(image),
    file: image,
    description: `A run of ${basename(image)} without a scenario file.`,
    positionOf: () => undefined,
    run: async (driver) => {
      await run(driver);
      driver.screenshot('end');
    },
  };
}

/**
 * `waitCount` waits, each followed by its keys if there are any; `unsaid` is done where no wait is given. Errors:
 * OperatingError for a wait or a key that is none.
 */
export function stepsOf(
  { until, keys }: Steps,
  waitCount: number,
  unsaid: WaitSpec['run'] = (driver) => driver.runUntilIdle(),
): (driver: Driver) => Promise<void> {
  const typed = keys.map((text) => parseKeys('--keys', text));
  const given = until.map((text) => parseWait('--until', text).run);
  return async (driver) => {
    for (let index = 0; index < waitCount; index++) {
      await (given[index] ?? unsaid)(driver);
      if (index < typed.length) driver.press(...typed[index]);
    }
  };
}

/** The image's name as a scenario's: small letters, digits and hyphens. */
function nameOf(image: string): string {
  const name = basename(image)
    .replace(/\.[^.]*$/, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return name === '' ? 'image' : name;
}
