import { type Fact, LENS_NAMES, LENSES, type LensName, type Level, type RunView, seenLike } from '../lenses/index.ts';
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
  if (!isExact && haveEqualDigests(golden, actual)) return { kind: 'same', masked: [], known: [], isByDigest: true };
  const current = seenLike(golden, actual);
  const compared = LENS_NAMES.map((lens) => compareLens(lens, levels(lens), golden, current, masks));
  const differences = compared.flatMap((each) => each.differences);
  const told = { masked: masks.report(), known: compared.flatMap((each) => each.known) };
  if (differences.length === 0) return { kind: 'same', isByDigest: false, ...told };
  return { kind: 'differs', causes: foldCauses(differences), ...told };
}

interface LensComparison {
  readonly differences: readonly Difference[];
  readonly known: readonly string[];
}

function compareLens(
  name: LensName,
  level: Level,
  golden: RunView,
  actual: RunView,
  masks: MaskCounter,
): LensComparison {
  if (level === 'off') return { differences: [], known: [] };
  if (level === 'exact') return { differences: compareExact(name, golden, actual), known: [] };
  const lens = LENSES[name];
  const leftOut = lens.leftOut?.(golden, actual);
  const factsOf = (view: RunView) => lens.facts(view, level).filter((fact) => leftOut?.has(fact.track) !== true);
  const [expected, current] = masks.visible(factsOf(golden), factsOf(actual));
  return { differences: compareFacts(lens, expected, current), known: knownFindings(expected, current) };
}

/** What is wrong in both runs alike: no difference, yet nobody should take it for right. */
function knownFindings(expected: readonly Fact[], actual: readonly Fact[]): readonly string[] {
  const identity = (fact: Fact) => JSON.stringify([fact.track, fact.key, fact.value]);
  const golden = new Set(expected.filter((fact) => fact.finding !== undefined).map(identity));
  return actual.flatMap((fact) => (fact.finding !== undefined && golden.has(identity(fact)) ? [fact.finding] : []));
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
