import { LENS_NAMES, LENSES, type LensName, type Level, type RunView, withRegionsOf } from '../lenses/index.ts';
import { compareFacts } from './compare-facts.ts';
import type { Difference } from './difference.ts';
import { eventText } from './event-text.ts';
import { compareExact } from './exact.ts';
import { foldCauses } from './fold.ts';
import { MaskCounter } from './masks.ts';
import type { Verdict } from './verdict.ts';

/** How strictly each lens is compared; `behaviour` where nothing is said. */
export interface CompareOptions {
  readonly levels?: Partial<Readonly<Record<LensName, Level>>>;
}

/**
 * Judges a run by its golden run. Traces of one image whose digests agree are the same without a closer look. Masks are
 * those of the actual view's config and hold for both sides.
 */
export function compareTraces(golden: RunView, actual: RunView, options: CompareOptions = {}): Verdict {
  const levels = (lens: LensName): Level => options.levels?.[lens] ?? 'behaviour';
  const masks = new MaskCounter(actual.masks);
  const isExact = LENS_NAMES.some((lens) => levels(lens) === 'exact');
  if (!isExact && haveEqualDigests(golden, actual)) return { kind: 'same', masked: [] };
  const current = withRegionsOf(actual, golden);
  const differences = LENS_NAMES.flatMap((lens) => compareLens(lens, levels(lens), golden, current, masks));
  const masked = masks.report();
  if (differences.length === 0) return { kind: 'same', masked };
  return { kind: 'differs', causes: foldCauses(differences), masked };
}

function compareLens(
  name: LensName,
  level: Level,
  golden: RunView,
  actual: RunView,
  masks: MaskCounter,
): readonly Difference[] {
  if (level === 'off') return [];
  if (level === 'exact') return compareExact(name, golden, actual);
  const lens = LENSES[name];
  const leftOut = lens.leftOut?.(golden, actual);
  const factsOf = (view: RunView) =>
    masks.visible(lens.facts(view, level).filter((fact) => leftOut?.has(fact.track) !== true));
  return compareFacts(lens, factsOf(golden), factsOf(actual));
}

/** Same generator, image, symbols, spec and inputs, as many events and writes, the same last chain digest: one run. */
function haveEqualDigests(golden: RunView, actual: RunView): boolean {
  const [a, b] = [identityOf(golden), identityOf(actual)];
  return a !== undefined && a === b;
}

// The chain digest covers every checkpoint before it, so it proves nothing about what was stored after the last one.
function identityOf({ reader }: RunView): string | undefined {
  const { files, spec, generator } = reader.header;
  const last = reader.checkpoints().at(-1);
  if (last === undefined || last.writes !== reader.counts.writes) return undefined;
  const images = files.map(({ role, sha256 }) => `${role} ${sha256}`).sort();
  const inputs = [...reader.events({ kinds: ['input', 'stop'] })].map(eventText);
  return JSON.stringify([generator, images, spec, reader.counts, inputs, last.icount, last.chain]);
}
