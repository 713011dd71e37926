import { join, relative } from 'node:path';
import { summaryOfRun } from '../gate/golden-content.ts';
import type { Pending } from '../golden/pending.ts';
import { escapeLine, escapeText } from '../report/escape.ts';
import { acceptCauses, blessPending, type ReviewPlace } from './decide.ts';
import { diffLines } from './summary-diff.ts';
import { type Grouping, type Unit, type UnitPart, unitsOf } from './units.ts';

const MOST_DIFF_LINES = 40;
const ANSWERS = { b: 'bless', s: 'skip', q: 'quit' } as const;
type Answer = (typeof ANSWERS)[keyof typeof ANSWERS];

/** How a review talks: prints text, and asks for a line, which is undefined when there are no more. */
export interface Talk {
  readonly out: (text: string) => Promise<void>;
  readonly ask: (question: string) => Promise<string | undefined>;
  readonly shownFrom: string; // paths are shown relative to this folder
}

/** Walks through pending runs unit by unit and carries out each decision at once. Gives what is still pending. */
export async function walk(
  place: ReviewPlace,
  all: readonly Pending[],
  grouping: Grouping,
  talk: Talk,
): Promise<readonly Pending[]> {
  const left = new Map(all.map((pending) => [pending.scenario, pending]));
  const shown = new Set<string>();
  const units = unitsOf(all, grouping);
  for (const [index, unit] of units.entries()) {
    await talk.out(`${index === 0 ? '' : '\n'}${index + 1} of ${units.length}: ${escapeLine(unit.title)}\n`);
    await talk.out(unitText(place, unit, shown, talk.shownFrom));
    const answer = await askFor(unit, talk);
    if (answer === 'quit') break;
    if (answer === 'bless') await talk.out(await blessUnit(place, unit, left));
  }
  return [...left.values()];
}

async function blessUnit(place: ReviewPlace, unit: Unit, left: Map<string, Pending>): Promise<string> {
  let text = '';
  for (const { pending, causes } of unit.parts) {
    const { scenario } = pending;
    const current = left.get(scenario);
    if (current === undefined) continue;
    const remaining = await (unit.isWhole
      ? blessPending(place, current)
      : acceptCauses(place, current, sameCauses(current, causes)));
    if (remaining === undefined) left.delete(scenario);
    else left.set(scenario, remaining);
    text += blessedText(scenario, remaining);
  }
  return text;
}

// Earlier decisions made a new list of the causes that are left.
function sameCauses({ causes }: Pending, wanted: UnitPart['causes']): UnitPart['causes'] {
  return causes.filter(({ id }) => wanted.some((each) => each.id === id));
}

/** What a decision came to, in a line. */
export function blessedText(scenario: string, remaining: Pending | undefined): string {
  if (remaining === undefined) return `blessed ${scenario}\n`;
  const count = remaining.causes.length + remaining.moreCauses;
  return `blessed part of ${scenario}: ${count} ${count === 1 ? 'cause' : 'causes'} still ${count === 1 ? 'differs' : 'differ'}\n`;
}

/** The paragraphs, each once; pictures; and how summary.txt changes, in full where no unit before has shown it. */
function unitText(place: ReviewPlace, { parts }: Unit, shown: Set<string>, shownFrom: string): string {
  const paragraphs = new Set(parts.flatMap(({ causes }) => causes.map(({ paragraph }) => paragraph)));
  const blocks = parts.map(({ pending }, index) => partText(place, pending, index === 0, shown, shownFrom));
  return `${[...paragraphs].map((each) => `  ${escapeText(each)}\n`).join('')}${blocks.join('')}`;
}

function partText(
  { project, store, report }: ReviewPlace,
  { scenario, pictures }: Pending,
  isFirst: boolean,
  shown: Set<string>,
  shownFrom: string,
): string {
  const paths = pictures.map((file) => `  picture ${escapeLine(relative(shownFrom, join(report, scenario, file)))}\n`);
  if (shown.has(scenario)) return `${paths.join('')}  summary.txt of ${scenario}: as shown\n`;
  const summary = summaryOfRun(join(report, scenario, 'actual.msgpack'), project.config);
  const lines = diffLines(store.summary(scenario), summary);
  if (!isFirst) return `${paths.join('')}  summary.txt of ${scenario}: ${lines.length} lines of difference\n`;
  shown.add(scenario);
  const told = lines.slice(0, MOST_DIFF_LINES);
  const more = lines.length > told.length ? [`... and ${lines.length - told.length} lines more`] : [];
  const diff = [...told, ...more].map((line) => `    ${line}\n`);
  return `${paths.join('')}  summary.txt of ${scenario}:\n${diff.join('')}`;
}

async function askFor(unit: Unit, talk: Talk): Promise<Answer> {
  const refusal = refusalOf(unit);
  if (refusal !== undefined) await talk.out(`  it can't be blessed: ${escapeText(refusal)}\n`);
  const question = refusal === undefined ? '[b]less, [s]kip, [q]uit? ' : '[s]kip, [q]uit? ';
  for (;;) {
    const line = await talk.ask(question);
    if (line === undefined) return 'quit';
    const answer = Object.values(ANSWERS).find((each) => line.trim() !== '' && each.startsWith(line.trim()));
    if (answer !== undefined && (answer !== 'bless' || refusal === undefined)) return answer;
  }
}

function refusalOf({ isWhole, parts }: Unit): string | undefined {
  const refused = parts.find(({ pending }) => pending.refusal !== undefined);
  if (refused !== undefined) return refused.pending.refusal;
  const isAlone = ({ pending, causes }: UnitPart): boolean => pending.causes.length === causes.length;
  const isJoined = parts.some(
    (part) => !isAlone(part) && part.causes.some(({ differences }) => differences.length === 0),
  );
  if (isWhole || !isJoined) return undefined;
  return 'not apart from the rest of its run; `gilt review --by scenario` blesses all of that';
}
