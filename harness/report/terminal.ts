import { styleText } from 'node:util';
import type { Cause, Difference, Verdict } from '../compare/index.ts';
import { escapeText } from './escape.ts';
import type { ScenarioOutcome, ScreenOutcome } from './gate-outcome.ts';
import { maskLines, staleMaskLines, verdictsOf } from './mask-text.ts';
import { ToldCauses } from './told-causes.ts';

/** How to print. `useColor` is the caller's decision (terminal, NO_COLOR); `listFollowers` prints every difference. */
export interface TerminalOptions {
  readonly useColor: boolean;
  readonly listFollowers?: boolean;
}

type Style = Parameters<typeof styleText>[0];
type Paint = (style: Style, text: string) => string;

/** A verdict as lines of text: one paragraph per cause. Whatever came from the guest is escaped. */
export function renderVerdict(verdict: Verdict, options: TerminalOptions): string {
  const paint = painter(options);
  const notes = `${maskLines(verdict)}${knownLines(verdict, options)}${staleMaskLines([verdict])}`;
  if (verdict.kind === 'same') return `${paint('green', 'same')}\n${notes}`;
  const { length } = verdict.causes;
  const head = paint('red', `differs: ${length} ${length === 1 ? 'cause' : 'causes'}`);
  return `${head}\n${verdict.causes.map((cause) => causeText(cause, paint, options)).join('')}${notes}`;
}

/** The gate's result: a line per scenario, with the paragraphs of those that differ, and a count at the end. */
export function renderGate(outcomes: readonly ScenarioOutcome[], options: TerminalOptions): string {
  const paint = painter(options);
  const told = new ToldCauses();
  const blocks = outcomes.map((outcome) => outcomeText(outcome, told, paint, options));
  const same = outcomes.filter((each) => each.kind === 'judged' && each.verdict.kind === 'same').length;
  const rest = outcomes.length - same;
  const total = `${same} of ${outcomes.length} scenarios same${rest === 0 ? '' : `, ${rest} not`}`;
  const stale = staleMaskLines(verdictsOf(outcomes));
  return `${blocks.join('')}${stale}${paint(rest === 0 ? 'green' : 'red', total)}\n`;
}

function outcomeText(outcome: ScenarioOutcome, told: ToldCauses, paint: Paint, options: TerminalOptions): string {
  const name = escapeText(outcome.scenario);
  switch (outcome.kind) {
    case 'no-golden':
      return `${paint('yellow', 'no golden')} ${name}: run \`gilt bless ${name}\` once its run is as it should be\n`;
    case 'error':
      return `${paint('red', 'error')} ${name}: ${escapeText(outcome.message)}\n`;
    case 'judged': {
      const notes = `${maskLines(outcome.verdict)}${knownLines(outcome.verdict, options)}`;
      if (outcome.verdict.kind === 'same') return `${paint('green', 'same')} ${name}\n${notes}`;
      const causes = causesText(outcome.scenario, outcome.verdict.causes, told, paint, options);
      const screens = outcome.screens.map(screenText).join('');
      return `${paint('red', 'differs')} ${name}\n${causes}${screens}${notes}`;
    }
  }
}

function causesText(
  scenario: string,
  causes: readonly Cause[],
  told: ToldCauses,
  paint: Paint,
  options: TerminalOptions,
): string {
  const { fresh, repeated } = told.sort(scenario, causes);
  const shown = options.listFollowers === true ? causes : fresh;
  const paragraphs = shown.map((cause) => causeText(cause, paint, options)).join('');
  if (options.listFollowers === true) return paragraphs;
  const lines = [...repeated].map(
    ([earlier, count]) => `  the same ${count === 1 ? 'cause' : `${count} causes`} as in ${escapeText(earlier)}\n`,
  );
  return paragraphs + lines.join('');
}

/** Findings that the golden run has as well: one line, or all of them where every difference is listed. */
function knownLines({ known }: Verdict, { listFollowers }: TerminalOptions): string {
  const [first] = known;
  if (first === undefined) return '';
  const count = known.length === 1 ? '1 finding is' : `${known.length} findings are`;
  if (listFollowers === true) return `  ${count} in the golden run, too:\n${known.map(knownLine).join('')}`;
  const more = known.length === 1 ? '' : `, and ${known.length - 1} more`;
  return escapeText(`  ${count} in the golden run, too: ${first}${more}\n`);
}

function knownLine(finding: string): string {
  return `    - ${escapeText(finding)}\n`;
}

function causeText(cause: Cause, paint: Paint, options: TerminalOptions): string {
  const paragraph = escapeText(cause.paragraph);
  const end = paragraph.indexOf(':');
  const text = `  ${paint('bold', paragraph.slice(0, end))}${paragraph.slice(end)}\n`;
  if (options.listFollowers !== true) return text;
  return text + cause.differences.slice(1).map(followerText).join('');
}

function followerText(difference: Difference): string {
  return `    - ${escapeText(`${difference.lens}: ${difference.text}`)}\n`;
}

function screenText({ name, differingPixels, files }: ScreenOutcome): string {
  const pixels = `${differingPixels} ${differingPixels === 1 ? 'pixel differs' : 'pixels differ'}`;
  const { expected, actual, difference } = files;
  return escapeText(`  screen ${name}: ${pixels}; ${actual}, golden ${expected}, difference ${difference}\n`);
}

function painter({ useColor }: TerminalOptions): Paint {
  return useColor ? (style, text) => styleText(style, text, { validateStream: false }) : (_style, text) => text;
}
