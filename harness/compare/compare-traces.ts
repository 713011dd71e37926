import {
  isObserving,
  LENS_NAMES,
  type LensName,
  type Level,
  observeBoth,
  type RunView,
  seenLike,
} from '../lenses/index.ts';
import { bootSha256 } from '../run/files/boot-sha256.ts';
import { compareLens } from './compare-lens.ts';
import { eventText } from './event-text.ts';
import { foldCauses } from './fold.ts';
import { MaskCounter } from './masks.ts';
import { RunFacts } from './run-facts.ts';
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
  const masks = new MaskCounter(actual.masks);
  if (isSettledByDigest(golden, actual, options)) return { kind: 'same', masked: [], known: [], isByDigest: true };
  const sides = { golden: new RunFacts(golden), actual: new RunFacts(seenLike(golden, actual)), masks };
  if (LENS_NAMES.some((lens) => isObserving(lens, levelOf(options, lens)))) observeBoth(golden, sides.actual.view);
  const compared = LENS_NAMES.map((lens) => compareLens(lens, levelOf(options, lens), sides));
  const differences = compared.flatMap((each) => each.differences);
  const told = { masked: masks.report(), known: compared.flatMap((each) => each.known) };
  if (differences.length === 0) return { kind: 'same', isByDigest: false, ...told };
  return { kind: 'differs', causes: foldCauses(differences), ...told };
}

/**
 * The first lens, causes before consequences, that tells a run from its golden one; undefined when they are the same. For
 * many runs that are compared with one golden, whose facts are kept.
 */
export function firstDifference(golden: RunFacts, actual: RunView, options: CompareOptions): LensName | undefined {
  if (isSettledByDigest(golden.view, actual, options)) return undefined;
  const sides = { golden, actual: new RunFacts(seenLike(golden.view, actual)), masks: new MaskCounter(actual.masks) };
  return LENS_NAMES.find((lens) => compareLens(lens, levelOf(options, lens), sides).differences.length > 0);
}

function levelOf({ levels }: CompareOptions, lens: LensName): Level {
  return levels?.[lens] ?? 'behaviour';
}

function isSettledByDigest(golden: RunView, actual: RunView, options: CompareOptions): boolean {
  return LENS_NAMES.every((lens) => levelOf(options, lens) !== 'exact') && haveEqualDigests(golden, actual);
}

/** Same generator, image, symbols, spec and inputs, as many events and writes, the same last chain digest: one run. */
export function haveEqualDigests(golden: Pick<RunView, 'reader'>, actual: Pick<RunView, 'reader'>): boolean {
  const [a, b] = [identityOf(golden), identityOf(actual)];
  return a !== undefined && a === b;
}

// The chain digest covers every checkpoint before it, so it proves nothing about what was stored after the last one.
function identityOf({ reader }: Pick<RunView, 'reader'>): string | undefined {
  const { files, spec, generator } = reader.header;
  const last = reader.checkpoints().at(-1);
  if (last === undefined || last.writes !== reader.counts.writes) return undefined;
  const symbols = files.find(({ role }) => role === 'symbols')?.sha256;
  const inputs = [...reader.events({ kinds: ['input', 'stop'] })].map(eventText);
  return JSON.stringify([generator, bootSha256(files), symbols, spec, reader.counts, inputs, last.icount, last.chain]);
}
