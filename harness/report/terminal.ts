import { styleText } from 'node:util';
import { escapeText } from './escape.ts';
import { isSame, type ScenarioOutcome, type ScreenOutcome, type ToldAccepted } from './gate-outcome.ts';
import { maskLines, staleMaskLines, verdictsOf } from './mask-text.ts';
import { ToldCauses } from './told-causes.ts';
import type { ToldCause, ToldDifference, ToldVerdict } from './told-verdict.ts';

/** How to print. `useColor` is the caller's decision (terminal, NO_COLOR); `listFollowers` prints every difference. */
export interface TerminalOptions {
  readonly useColor: boolean;
  readonly listFollowers?: boolean;
}

type Style = Parameters<typeof styleText>[0];
type Paint = (style: Style, text: string) => string;

/** A verdict as text, in pieces: one paragraph per cause. Whatever came from the guest is escaped. */
export function* renderVerdict(verdict: ToldVerdict, options: TerminalOptions): Generator<string> {
  const paint = painter(options);
  const notes = `${maskLines(verdict)}${knownLines(verdict, options)}${staleMaskLines([verdict])}`;
  if (verdict.kind === 'same') {
    yield `${paint('green', 'same')}\n${notes}`;
    return;
  }
  const length = verdict.causes.length + (verdict.moreCauses ?? 0);
  yield `${paint('red', `differs: ${length} ${length === 1 ? 'cause' : 'causes'}`)}\n`;
  for (const cause of verdict.causes) {
    yield causeText(cause, paint);
    if (options.listFollowers === true) yield* followerTexts(cause);
  }
  yield notes;
}

/** The gate's result: a line per scenario, with the paragraphs of those that differ, and a count at the end. */
export function renderGate(outcomes: readonly ScenarioOutcome[], options: TerminalOptions): string {
  const paint = painter(options);
  const told = new ToldCauses();
  const blocks = outcomes.map((outcome) => outcomeText(outcome, told, paint, options));
  const same = outcomes.filter(isSame).length;
  const rest = outcomes.length - same;
  const total = `${same} of ${outcomes.length} scenarios same${rest === 0 ? '' : `, ${rest} not`}`;
  const stale = staleMaskLines(verdictsOf(outcomes));
  const next = outcomes.some(isPending)
    ? 'next: `gilt review` walks through it; `gilt bless` makes it golden, `gilt bless --only ID` one cause of it\n'
    : '';
  return `${blocks.join('')}${stale}${paint(rest === 0 ? 'green' : 'red', total)}\n${next}`;
}

/** A run that could become a golden lies in the report folder. */
function isPending(outcome: ScenarioOutcome): boolean {
  return outcome.kind === 'no-golden' || (outcome.kind === 'judged' && !isSame(outcome));
}

function outcomeText(outcome: ScenarioOutcome, told: ToldCauses, paint: Paint, options: TerminalOptions): string {
  const name = escapeText(outcome.scenario);
  switch (outcome.kind) {
    case 'no-golden':
      return `${paint('yellow', 'no golden')} ${name}: run \`gilt bless ${name}\` once its run is as it should be\n`;
    case 'stale':
      return `${paint('yellow', 'stale')} ${name}: a golden without a scenario; \`gilt bless\` removes it, or bring the scenario back\n`;
    case 'error':
      return `${paint('red', 'error')} ${name}: ${escapeText(outcome.message)}\n`;
    case 'judged': {
      const notes = `${acceptedLines(outcome.accepted ?? [])}${maskLines(outcome.verdict)}${knownLines(outcome.verdict, options)}`;
      if (outcome.verdict.kind === 'same') return `${paint('green', 'same')} ${name}\n${notes}`;
      const causes = causesText(outcome.scenario, outcome.verdict, told, paint, options);
      const screens = outcome.screens.map(screenText).join('');
      return `${paint('red', 'differs')} ${name}\n${causes}${screens}${notes}${busyLine(outcome.busyTicks ?? 0)}`;
    }
  }
}

function causesText(
  scenario: string,
  { causes, moreCauses = 0 }: ToldVerdict & { readonly kind: 'differs' },
  told: ToldCauses,
  paint: Paint,
  options: TerminalOptions,
): string {
  const { fresh, repeated } = told.sort(scenario, causes);
  const paragraph = (cause: ToldCause): string => causeText(cause, paint, `[${cause.id}]`);
  const more = moreCauses === 0 ? '' : `  and ${moreCauses} more causes\n`;
  if (options.listFollowers === true) {
    return causes.map((cause) => paragraph(cause) + [...followerTexts(cause)].join('')).join('') + more;
  }
  const lines = [...repeated].map(
    ([earlier, count]) => `  the same ${count === 1 ? 'cause' : `${count} causes`} as in ${escapeText(earlier)}\n`,
  );
  return fresh.map(paragraph).join('') + lines.join('') + more;
}

/** What was blessed alone stays in sight until the next full blessing. */
function acceptedLines(accepted: readonly ToldAccepted[]): string {
  return accepted.map(({ id, paragraph }) => escapeText(`  blessed alone [${id}]: ${paragraph}\n`)).join('');
}

/** Findings that the golden run has as well: one line, or all of them where every difference is listed. */
function knownLines({ known, moreKnown = 0 }: ToldVerdict, { listFollowers }: TerminalOptions): string {
  const [first] = known;
  if (first === undefined) return '';
  const all = known.length + moreKnown;
  const count = all === 1 ? '1 finding is' : `${all} findings are`;
  if (listFollowers === true) return `  ${count} in the golden run, too:\n${known.map(knownLine).join('')}`;
  const more = all === 1 ? '' : `, and ${all - 1} more`;
  return escapeText(`  ${count} in the golden run, too: ${first}${more}\n`);
}

// With another compiler they come elsewhere, and what they interrupt shows in everything.
function busyLine(busyTicks: number): string {
  if (busyTicks === 0) return '';
  const ticks = busyTicks === 1 ? 'a timer' : `${busyTicks} timers`;
  return `  ${ticks} came while the kernel worked without a rest; in another build they fall elsewhere: a larger \`machine.busyLimit\` avoids that\n`;
}

function knownLine(finding: string): string {
  return `    - ${escapeText(finding)}\n`;
}

function causeText(cause: ToldCause, paint: Paint, id = ''): string {
  const paragraph = escapeText(cause.paragraph);
  const end = paragraph.indexOf(':');
  const mark = id === '' ? '' : ` ${paint('dim', id)}`;
  return `  ${paint('bold', paragraph.slice(0, end))}${paragraph.slice(end)}${mark}\n`;
}

/** A line for each difference below a cause, and one for those that aren't told. */
function* followerTexts({ differences, followers }: ToldCause): Generator<string> {
  for (const each of differences.slice(1)) yield followerText(each);
  const untold = followers + 1 - Math.max(1, differences.length);
  if (untold > 0) yield `    - and ${untold} more; \`gilt diff --all\` on both traces lists them\n`;
}

function followerText(difference: ToldDifference): string {
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
