import { type Fact, LENSES, type LensName, placeText, type RunView } from '../lenses/index.ts';
import type { CapturedScreen } from '../lenses/screen/text-observer.ts';
import { cp437 } from '../report/cp437.ts';
import { escapeLine } from '../report/escape.ts';

const LINES_AT_MOST = 200;

/**
 * What a run did, for the reviewer of a pull request that changes a golden: header, allocations, paging, traps, ports,
 * serial lines, screens, counts. The same run always gives the same text; guest text is escaped.
 */
export function summaryOf(view: RunView): string {
  const sections = [
    headerLines(view),
    factSection(view, 'allocations', 'Allocations'),
    pagingLines(view),
    factSection(view, 'traps', 'Traps'),
    factSection(view, 'ports', 'Ports'),
    factSection(view, 'serial', 'Serial'),
    ...view.observe().text.screens.map(screenLines),
    countLines(view),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map(escapeLine).join('\n'))
    .join('\n\n')}\n`;
}

function headerLines({ reader: { header } }: RunView): readonly string[] {
  return [
    `Scenario ${header.scenario}, recorded by ${header.generator}`,
    ...header.files.map(({ role, name, sha256, sizeBytes }) => `${role} ${name}: ${sizeBytes} bytes, sha256 ${sha256}`),
    ...Object.keys(header.spec)
      .sort()
      .filter((key) => key !== 'probes')
      .map((key) => `${key}: ${JSON.stringify(header.spec[key])}`),
  ];
}

function factSection(view: RunView, lens: LensName, title: string): readonly string[] {
  const facts = LENSES[lens].facts(view, 'behaviour');
  return facts.length === 0 ? [] : [title, ...bounded(facts.map(factLine))];
}

function factLine({ text, at }: Fact): string {
  const callers = at.callers.length === 0 ? '' : ` < ${at.callers.join(' < ')}`;
  return `  ${text}; ${placeText(at)}${callers}`;
}

function pagingLines(view: RunView): readonly string[] {
  const facts = LENSES.paging.facts(view, 'behaviour');
  if (facts.length === 0) return [];
  const lines = facts.flatMap((fact) => [
    factLine(fact),
    ...(fact.detail?.kind === 'map' ? fact.value.split('\n').map((line) => `    ${line}`) : []),
  ]);
  return ['Paging', ...bounded(lines)];
}

function screenLines({ name, screen }: CapturedScreen): readonly string[] {
  const lines = [`Screen ${name}`];
  for (let row = 0; row < screen.rows; row++) {
    let text = '';
    for (let column = 0; column < screen.columns; column++) {
      text += cp437(screen.characters[row * screen.columns + column]);
    }
    lines.push(`  |${text.trimEnd()}`);
  }
  while (lines.length > 1 && lines[lines.length - 1] === '  |') lines.pop();
  return lines;
}

function countLines(view: RunView): readonly string[] {
  const kinds = new Map<string, number>();
  for (const event of view.reader.events()) kinds.set(event.kind, (kinds.get(event.kind) ?? 0) + 1);
  const sorted = [...kinds].sort(([a], [b]) => (a < b ? -1 : 1));
  return ['Counts', `  writes: ${view.reader.counts.writes}`, ...sorted.map(([kind, count]) => `  ${kind}: ${count}`)];
}

function bounded(lines: readonly string[]): readonly string[] {
  if (lines.length <= LINES_AT_MOST) return lines;
  return [...lines.slice(0, LINES_AT_MOST), `  and ${lines.length - LINES_AT_MOST} more`];
}
