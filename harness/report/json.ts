import type { Place } from '../lenses/index.ts';
import { gateExitCode, type ScenarioOutcome, type ScreenOutcome, type ToldAccepted } from './gate-outcome.ts';
import type { ToldCause, ToldDifference } from './told-verdict.ts';

/** The JSON report, version 2; docs/report-json.md describes it. Texts are as recorded: readers escape for HTML. */
export interface JsonReport {
  readonly version: 2;
  readonly generator: string;
  readonly exitCode: 0 | 1 | 2;
  readonly scenarios: readonly JsonScenario[];
}

export interface JsonScenario {
  readonly scenario: string;
  readonly outcome: 'same' | 'differs' | 'no-golden' | 'stale' | 'error';
  readonly message?: string; // of an error
  readonly causes: readonly JsonCause[];
  readonly moreCauses: number; // that are left out of the report
  readonly accepted: readonly ToldAccepted[];
  readonly screens: readonly ScreenOutcome[];
  readonly masks: readonly JsonMask[];
  readonly known: readonly string[]; // findings that the golden run has, too
  readonly moreKnown: number;
  readonly busyTicks: number; // timers that came to the kernel at work
}

/** What a mask hid: facts of both runs or cells that aren't blank, and how many of them differ. */
export interface JsonMask {
  readonly kind: 'facts' | 'cells';
  readonly reason: string;
  readonly hidden: number;
  readonly differing: number;
}

export interface JsonCause {
  readonly id: string;
  readonly lens: string;
  readonly paragraph: string;
  readonly followers: number;
  readonly at: JsonPlace;
  readonly differences: readonly JsonDifference[]; // the first ones, of followers + 1
}

export interface JsonDifference {
  readonly kind: 'changed' | 'missing' | 'added';
  readonly lens: string;
  readonly key?: string; // for masks of kind 'facts'
  readonly text: string;
  readonly at: JsonPlace;
  readonly goldenAt?: JsonPlace;
}

/** `eip` is a linear address; absent members are unknown. */
export interface JsonPlace {
  readonly icount: number;
  readonly eip?: number;
  readonly function?: string;
  readonly file?: string;
  readonly line?: number;
  readonly callers: readonly string[];
}

/** The report as JSON text with a newline at its end. */
export function renderJson(generator: string, outcomes: readonly ScenarioOutcome[]): string {
  const report: JsonReport = {
    version: 2,
    generator,
    exitCode: gateExitCode(outcomes),
    scenarios: outcomes.map(scenarioOf),
  };
  return `${JSON.stringify(report, undefined, 2)}\n`;
}

const NOTHING = {
  causes: [],
  moreCauses: 0,
  accepted: [],
  screens: [],
  masks: [],
  known: [],
  moreKnown: 0,
  busyTicks: 0,
};

function scenarioOf(outcome: ScenarioOutcome): JsonScenario {
  const { scenario } = outcome;
  if (outcome.kind === 'error') return { scenario, outcome: 'error', message: outcome.message, ...NOTHING };
  if (outcome.kind !== 'judged') return { scenario, outcome: outcome.kind, ...NOTHING };
  const { verdict, screens, accepted = [], busyTicks = 0 } = outcome;
  const { known, moreKnown = 0 } = verdict;
  const isSame = verdict.kind === 'same';
  return {
    scenario,
    outcome: verdict.kind,
    causes: isSame ? [] : verdict.causes.map(causeOf),
    moreCauses: isSame ? 0 : (verdict.moreCauses ?? 0),
    accepted,
    screens,
    masks: verdict.masked.map(({ mask, hidden, differing }) => {
      return { kind: mask.kind, reason: mask.reason, hidden, differing };
    }),
    known,
    moreKnown,
    busyTicks,
  };
}

function causeOf({ id, lens, paragraph, followers, at, differences }: ToldCause): JsonCause {
  return { id, lens, paragraph, followers, at: placeOf(at), differences: differences.map(differenceOf) };
}

function differenceOf({ kind, lens, key, text, at, goldenAt }: ToldDifference): JsonDifference {
  const both = { kind, lens, ...(key === undefined ? {} : { key }), text, at: placeOf(at) };
  return goldenAt === undefined ? both : { ...both, goldenAt: placeOf(goldenAt) };
}

function placeOf({ icount, eip, function: name, source, callers }: Place): JsonPlace {
  return {
    icount,
    ...(eip === undefined ? {} : { eip }),
    ...(name === undefined ? {} : { function: name }),
    ...(source === undefined ? {} : { file: source.file, line: source.line }),
    callers,
  };
}
