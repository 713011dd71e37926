import { LEVELS } from '../../config/config.ts';
import { LENS_NAMES, type LensName, type Level } from '../../lenses/fact.ts';
import { UsageError } from '../usage-error.ts';

export interface LevelArgs {
  readonly lens: readonly string[] | undefined;
  readonly level: readonly string[] | undefined;
}

/** The levels that `--lens` and `--level LENS=LEVEL` choose. Errors: UsageError. */
export function parseLevels({ lens, level }: LevelArgs): Partial<Record<LensName, Level>> {
  const levels: Partial<Record<LensName, Level>> = {};
  const only = lens?.flatMap((names) => names.split(',')).map(parseLens);
  if (only !== undefined) for (const name of LENS_NAMES) if (!only.includes(name)) levels[name] = 'off';
  for (const text of level ?? []) {
    const [name, value, ...more] = text.split('=');
    const chosen = LEVELS.find((each) => each === value);
    if (chosen === undefined || more.length > 0) {
      throw new UsageError(`--level ${JSON.stringify(text)}: give LENS=LEVEL with a level of ${LEVELS.join(', ')}`);
    }
    levels[parseLens(name)] = chosen;
  }
  return levels;
}

function parseLens(text: string): LensName {
  const lens = LENS_NAMES.find((name) => name === text.trim());
  if (lens !== undefined) return lens;
  throw new UsageError(`no lens ${JSON.stringify(text)}; there is ${LENS_NAMES.join(', ')}`);
}
