import { styleText } from 'node:util';
import type { Cause, Difference, Verdict } from '../compare/index.ts';
import { escapeText } from './escape.ts';
import type { ScenarioOutcome, ScreenOutcome } from './gate-outcome.ts';

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
  if (verdict.kind === 'same') return `${paint('green', 'same')}\n${maskLines(verdict)}`;
  const { length } = verdict.causes;
  const head = paint('red', `differs: ${length} ${length === 1 ? 'cause' : 'causes'}`);
  return `${head}\n${verdict.causes.map((cause) => causeText(cause, paint, options)).join('')}${maskLines(verdict)}`;
}

/** The gate's result: a line per scenario, with the paragraphs of those that differ, and a count at the end. */
export function renderGate(outcomes: readonly ScenarioOutcome[], options: TerminalOptions): string {
  const paint = painter(options);
  const blocks = outcomes.map((outcome) => outcomeText(outcome, paint, options));
  const same = outcomes.filter((each) => each.kind === 'judged' && each.verdict.kind === 'same').length;
  const rest = outcomes.length - same;
  const total = `${same} of ${outcomes.length} scenarios same${rest === 0 ? '' : `, ${rest} not`}`;
  return `${blocks.join('')}${paint(rest === 0 ? 'green' : 'red', total)}\n`;
}

function outcomeText(outcome: ScenarioOutcome, paint: Paint, options: TerminalOptions): string {
  const name = escapeText(outcome.scenario);
  switch (outcome.kind) {
    case 'no-golden':
      return `${paint('yellow', 'no golden')} ${name}: run \`gilt bless ${name}\` once its run is as it should be\n`;
    case 'error':
      return `${paint('red', 'error')} ${name}: ${escapeText(outcome.message)}\n`;
    case 'judged': {
      if (outcome.verdict.kind === 'same') return `${paint('green', 'same')} ${name}\n${maskLines(outcome.verdict)}`;
      const causes = outcome.verdict.causes.map((cause) => causeText(cause, paint, options)).join('');
      const screens = outcome.screens.map(screenText).join('');
      return `${paint('red', 'differs')} ${name}\n${causes}${screens}${maskLines(outcome.verdict)}`;
    }
  }
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

function maskLines(verdict: Verdict): string {
  return verdict.masked
    .map(({ mask, hiddenFacts }) => {
      const what = hiddenFacts === 0 ? 'hid nothing: it may be stale' : `hid ${hiddenFacts} facts`;
      return escapeText(`  mask "${mask.reason}" ${what}\n`);
    })
    .join('');
}

function painter({ useColor }: TerminalOptions): Paint {
  return useColor ? (style, text) => styleText(style, text, { validateStream: false }) : (_style, text) => text;
}
