import type { Cause, Difference } from '../compare/index.ts';
import type { Place } from '../lenses/index.ts';
import { gateExitCode, type ScenarioOutcome, type ScreenOutcome } from './gate-outcome.ts';

/** The JSON report, version 1. Texts are as recorded: JSON escapes control characters, readers must escape for HTML. */
export interface JsonReport {
  readonly version: 1;
  readonly generator: string;
  readonly exitCode: 0 | 1 | 2;
  readonly scenarios: readonly JsonScenario[];
}

export interface JsonScenario {
  readonly scenario: string;
  readonly outcome: 'same' | 'differs' | 'no-golden' | 'error';
  readonly message?: string; // of an error
  readonly causes: readonly JsonCause[];
  readonly screens: readonly ScreenOutcome[];
  readonly masks: readonly JsonMask[];
  readonly known: readonly string[]; // findings that the golden run has, too
}

/** What a mask hid: facts of both runs or cells that aren't blank, and how many of them differ. */
export interface JsonMask {
  readonly kind: 'facts' | 'cells';
  readonly reason: string;
  readonly hidden: number;
  readonly differing: number;
}

export interface JsonCause {
  readonly lens: string;
  readonly paragraph: string;
  readonly followers: number;
  readonly at: JsonPlace;
  readonly differences: readonly JsonDifference[];
}

export interface JsonDifference {
  readonly kind: 'changed' | 'missing' | 'added';
  readonly lens: string;
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
    version: 1,
    generator,
    exitCode: gateExitCode(outcomes),
    scenarios: outcomes.map(scenarioOf),
  };
  return `${JSON.stringify(report, undefined, 2)}\n`;
}

function scenarioOf(outcome: ScenarioOutcome): JsonScenario {
  const { scenario } = outcome;
  const nothing = { causes: [], screens: [], masks: [], known: [] };
  if (outcome.kind === 'error') return { scenario, outcome: 'error', message: outcome.message, ...nothing };
  if (outcome.kind === 'no-golden') return { scenario, outcome: 'no-golden', ...nothing };
  const { verdict, screens } = outcome;
  const causes = verdict.kind === 'same' ? [] : verdict.causes.map(causeOf);
  const masks = verdict.masked.map(({ mask, hidden, differing }) => {
    return { kind: mask.kind, reason: mask.reason, hidden, differing };
  });
  return { scenario, outcome: verdict.kind, causes, screens, masks, known: verdict.known };
}

function causeOf({ lens, paragraph, followers, at, differences }: Cause): JsonCause {
  return { lens, paragraph, followers, at: placeOf(at), differences: differences.map(differenceOf) };
}

function differenceOf({ kind, lens, text, at, goldenAt }: Difference): JsonDifference {
  const both = { kind, lens, text, at: placeOf(at) };
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
