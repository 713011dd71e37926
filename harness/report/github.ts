import { escapeLine } from './escape.ts';
import { causeCount, type ScenarioOutcome } from './gate-outcome.ts';
import { outcomeSentence } from './outcome-text.ts';
import type { ToldCause } from './told-verdict.ts';

/** Finds a source file of the kernel, as debug information names it, in the repository; undefined if it isn't there. */
export type LocateSource = (file: string) => string | undefined;

/** One annotation: a line of a workflow's log that GitHub shows at a source line. */
interface Annotation {
  readonly title: string;
  readonly message: string;
  readonly file?: string;
  readonly line?: number;
}

// GitHub shows ten errors of a step and drops the others without a word.
const MOST_ANNOTATIONS = 10;
const LONGEST_MESSAGE = 1000;

/** Annotations for what isn't the same: ten at most, the last one counting the rest. A cause of many scenarios is one. */
export function renderGithub(outcomes: readonly ScenarioOutcome[], locate: LocateSource): string {
  const all = [...runAnnotations(outcomes), ...causeAnnotations(outcomes, locate)];
  const untold = outcomes.reduce((sum, each) => sum + causeCount(each) - causesOf(each).length, 0);
  if (all.length + untold <= MOST_ANNOTATIONS) return all.map(command).join('');
  const shown = all.slice(0, MOST_ANNOTATIONS - 1);
  const rest = all.length + untold - shown.length;
  const message = `${rest} more are in the job summary and in report.json`;
  return [...shown, { title: 'gilt', message }].map(command).join('');
}

function runAnnotations(outcomes: readonly ScenarioOutcome[]): readonly Annotation[] {
  return outcomes
    .filter((each) => each.kind !== 'judged')
    .map((each) => ({ title: `gilt ${each.scenario}`, message: outcomeSentence(each) }));
}

function causeAnnotations(outcomes: readonly ScenarioOutcome[], locate: LocateSource): readonly Annotation[] {
  const scenarios = new Map<string, { readonly cause: ToldCause; readonly names: string[] }>();
  for (const outcome of outcomes) {
    for (const cause of causesOf(outcome)) {
      const known = scenarios.get(cause.id);
      if (known === undefined) scenarios.set(cause.id, { cause, names: [outcome.scenario] });
      else known.names.push(outcome.scenario);
    }
  }
  return [...scenarios.values()].map(({ cause, names }) => {
    const annotation = { title: `gilt ${names.join(', ')}`, message: `${cause.paragraph} [${cause.id}]` };
    const { source } = cause.at;
    const file = source === undefined ? undefined : locate(source.file);
    return file === undefined || source === undefined ? annotation : { ...annotation, file, line: source.line };
  });
}

function causesOf(outcome: ScenarioOutcome): readonly ToldCause[] {
  return outcome.kind === 'judged' && outcome.verdict.kind === 'differs' ? outcome.verdict.causes : [];
}

/** A workflow command: "::error file=a.c,line=3,title=T::message". */
function command({ title, message, file, line }: Annotation): string {
  const place = file === undefined ? '' : `file=${property(file)},line=${line},`;
  return `::error ${place}title=${property(title)}::${data(message.slice(0, LONGEST_MESSAGE))}\n`;
}

/** Guest text can't begin a command of its own: it stays on its line, and what ends a part of a command is encoded. */
function data(text: string): string {
  return escapeLine(text).replaceAll('%', '%25');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
