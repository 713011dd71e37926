import { basename, join } from 'node:path';
import type { TraceReader } from '../../traces/index.ts';
import {
  type Accepted,
  type AcceptedCause,
  type Cause,
  compareTraces,
  haveEqualDigests,
  idOf,
  type Verdict,
  withoutAccepted,
} from '../compare/index.ts';
import type { GiltConfig } from '../config/config.ts';
import type { Project } from '../config/load-config.ts';
import type { GoldenStore } from '../golden/store.ts';
import { makeRunView } from '../lenses/index.ts';
import type { ScenarioOutcome, ScreenOutcome } from '../report/gate-outcome.ts';
import { tellVerdict } from '../report/told-verdict.ts';
import { describeUnmet } from '../run/describe/describe-unmet.ts';
import { regenerate } from '../run/regenerate.ts';
import { writeNewPictures, writePictures } from '../run/screen-pictures.ts';
import { type NamedTrace, openWholeTrace } from '../run/trace/open-trace.ts';
import { viewConfigOf } from '../run/view-config.ts';
import type { ScenarioDefinition } from '../scenario/scenario.ts';
import type { UnmetWait } from '../scenario/unmet-wait.ts';
import { leavePending } from './leave-pending.ts';

/** A run that lies recorded in `folder`, as actual.msgpack, and how to look at it. */
export interface RecordedRun {
  readonly name: string; // of its golden
  readonly folder: string;
  readonly definition: Pick<ScenarioDefinition, 'levels' | 'masks'>;
  readonly unmet: UnmetWait | undefined;
}

/** What it is held against. */
export interface JudgePlace {
  readonly project: Project;
  readonly store: GoldenStore;
  readonly shownFrom?: string; // paths of pictures are shown relative to this folder; default absolute
}

/** The trace that a gate leaves of a run. */
export function actualTrace(folder: string): string {
  return join(folder, 'actual.msgpack');
}

/**
 * Compares a recorded run with its golden. Unless it is the same, pictures and a pending golden are left in its folder.
 * Errors: OperatingError, TraceError, SymbolsError.
 */
export async function judgeTrace(run: RecordedRun, place: JudgePlace): Promise<ScenarioOutcome> {
  const { name: scenario, folder } = run;
  const { store, shownFrom } = place;
  const actual = openWholeTrace(actualTrace(folder)).reader;
  const refusal = run.unmet === undefined ? undefined : describeUnmet(run.unmet);
  const left = { folder, scenario, store, refusal, actual };
  if (!store.has(scenario)) {
    leavePending({ ...left, causes: [], pictures: writeNewPictures(folder, actual) });
    return { kind: 'no-golden', scenario };
  }
  const golden = openWholeTrace(store.traceFile(scenario));
  const { verdict, accepted } = await compare(run, golden, actual, place);
  const told = accepted.map(({ id, lens, paragraph }) => ({ id, lens, paragraph }));
  const judged = { kind: 'judged', scenario, verdict: tellVerdict(verdict), accepted: told } as const;
  if (verdict.kind === 'same') return { ...judged, screens: [] };
  const screens = writePictures({ folder, shownFrom }, golden.reader, actual);
  leavePending({ ...left, causes: verdict.causes, pictures: pictureNames(screens) });
  return { ...judged, screens };
}

/** What was accepted doesn't count; a wait that wasn't met always does. */
async function compare(
  run: RecordedRun,
  golden: NamedTrace,
  actual: TraceReader,
  { project: { config }, store }: JudgePlace,
): Promise<Accepted> {
  const { name, unmet } = run;
  const compared = await compareWhole(run, config, golden, actual);
  const { verdict, accepted } = lessAccepted(compared, store.accepted(name));
  return { verdict: unmet === undefined ? verdict : withUnmet(verdict, unmet), accepted };
}

/** Where the digests are equal nothing else is looked at: neither symbols, nor the writes of a golden that holds digests of them. */
async function compareWhole(
  { folder, definition }: RecordedRun,
  config: GiltConfig,
  golden: NamedTrace,
  actual: TraceReader,
): Promise<Verdict> {
  const view = viewConfigOf(config, definition);
  const levels = { ...config.levels, ...definition.levels };
  const isExact = Object.values(levels).includes('exact');
  if (!isExact && haveEqualDigests(golden, { reader: actual })) {
    return { kind: 'same', masked: [], known: [], isByDigest: true };
  }
  const whole = golden.reader.hasWrites ? golden : await regenerate(golden, join(folder, 'golden.msgpack'));
  return compareTraces(makeRunView(whole.reader, view), makeRunView(actual, view), { levels });
}

function lessAccepted(verdict: Verdict, causes: readonly AcceptedCause[]): Accepted {
  return causes.length === 0 ? { verdict, accepted: [] } : withoutAccepted(verdict, causes);
}

/** A wait that wasn't met is the last thing that went differently: no golden has one. */
function withUnmet(verdict: Verdict, unmet: UnmetWait): Verdict {
  const cause: Cause = {
    id: idOf('end', unmet.waitedFor),
    paragraph: `end: ${describeUnmet(unmet).replaceAll('\n', '\n  ')}`,
    lens: 'traps',
    differences: [],
    followers: 0,
    at: { icount: unmet.icount, eip: unmet.registers.eip, callers: [] },
  };
  const causes = verdict.kind === 'same' ? [] : verdict.causes;
  return { kind: 'differs', causes: [...causes, cause], masked: verdict.masked, known: verdict.known };
}

function pictureNames(screens: readonly ScreenOutcome[]): readonly string[] {
  return screens.flatMap(({ files }) => [files.actual, files.expected, files.difference].map((file) => basename(file)));
}
