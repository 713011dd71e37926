import { sha256Of } from '../commits/content-store.ts';
import { LENSES, type LensName, type Level, type RunView } from '../lenses/index.ts';

/**
 * What a lens sees in a run, as a sha256. Two runs with equal ones are the same to this lens; two with unequal ones
 * may still be, once names and masks are taken into account.
 */
export function fingerprintOf(view: RunView, lens: LensName, level: Level): string {
  if (level === 'off') return '';
  if (level === 'exact') return rawFingerprint(view);
  const facts = LENSES[lens].facts(view, level).map(({ track, key, value }) => `${track}\n${key}\n${value}`);
  // A region that was guessed begins where the run's first block lies: offsets in it don't tell that it has moved.
  const regions = view.regions.map(({ name, start, isGuess }) => `${name} ${isGuess ? start : ''}`);
  return sha256Of([level, ...regions, ...facts]);
}

/** The last chain digest covers all that was recorded up to it, and a recording ends with one. */
function rawFingerprint({ reader }: RunView): string {
  const last = reader.checkpoints().at(-1);
  return sha256Of([JSON.stringify(reader.counts), last?.chain ?? '']);
}
