import { vectorText } from '../../lenses/events/traps.ts';
import { functionOf } from '../place-text.ts';
import type { InterruptOutcome } from './interrupt-outcome.ts';
import type { InterruptSite } from './interrupt-sites.ts';
import type { InterruptGroup, InterruptReport } from './sweep-interrupt.ts';

const MOST_PLACES = 3;
const MOST_ROWS = 4;

/** A report for people: the window, then a paragraph for each outcome. */
export function renderInterruptReport(report: InterruptReport): string {
  const { irq, start, end, runs, sites, boundaries, seed, groups } = report;
  const chosen = runs < sites ? `${runs} of ${sites} runs, chosen by seed ${seed}` : `${runs} runs, seed ${seed}`;
  const head = `IRQ ${irq} at ${plural(boundaries, 'instruction boundary')} from ${start.place}, icount ${start.icount} to ${end}; ${chosen}`;
  return [head, ...heldBack(groups), ...groups.map((group) => renderGroup(group, report))].join('\n');
}

function heldBack(groups: readonly InterruptGroup[]): readonly string[] {
  const held = groups.flatMap(({ sites }) => sites).filter(({ kind }) => kind === 'held');
  if (held.length === 0) return [];
  const count = held.reduce((sum, site) => sum + site.boundaries, 0);
  return [
    `interrupts are off at ${count} of them, in ${plural(held.length, 'stretch')}: the IRQ waits, so each takes one run`,
  ];
}

function renderGroup(group: InterruptGroup, { without }: InterruptReport): string {
  const { kind, outcome, boundaries, taken, first, sites } = group;
  const never =
    taken === 0
      ? ', where the IRQ is never taken'
      : taken < boundaries
        ? `, at ${boundaries - taken} of which the IRQ is not taken`
        : '';
  const lines = [
    `${kind.padEnd(6)} ${plural(boundaries, 'boundary')}${never}: ${describeOutcome(outcome, without, kind)}`,
  ];
  lines.push(`       first at icount ${first.icount} in ${first.place}${placesOf(sites)}`);
  if (kind === 'broken' && outcome.ending === without.ending && sameExceptions(outcome, without)) {
    lines.push('       the run without the IRQ ends like this, too');
  }
  return lines.join('\n');
}

function describeOutcome(outcome: InterruptOutcome, without: InterruptOutcome, kind: InterruptGroup['kind']): string {
  if (kind === 'same') return 'as without the IRQ';
  const exceptions = outcome.exceptions
    .slice(0, 1)
    .map(({ vector, place }) => `exception ${vectorText(vector)} in ${place}`);
  const more = outcome.exceptions.length > 1 ? [`${outcome.exceptions.length - 1} more exceptions`] : [];
  const ending = outcome.ending === '' ? [] : [outcome.ending];
  const parts = [
    ...exceptions,
    ...more,
    ...ending,
    ...changedRows(outcome, without),
    ...changedSerial(outcome, without),
  ];
  return parts.join('; ');
}

function changedRows({ screen }: InterruptOutcome, without: InterruptOutcome): readonly string[] {
  const changed = screen.filter((row, index) => row !== without.screen[index]);
  if (changed.length === 0) return [];
  const shown = changed.slice(0, MOST_ROWS).map((row) => `\n       | ${row}`);
  const more = changed.length > MOST_ROWS ? `\n       and ${changed.length - MOST_ROWS} more rows` : '';
  return [`the screen has other rows:${shown.join('')}${more}`];
}

function changedSerial({ serial }: InterruptOutcome, without: InterruptOutcome): readonly string[] {
  if (serial === without.serial) return [];
  return ['COM1 has other bytes'];
}

function sameExceptions(a: InterruptOutcome, b: InterruptOutcome): boolean {
  return JSON.stringify(a.exceptions) === JSON.stringify(b.exceptions);
}

/** "; runs: 3100 in kernel_main, 20 in kalloc and 2 more functions" */
function placesOf(sites: readonly InterruptSite[]): string {
  if (sites.length === 1) return '';
  const counts = new Map<string, number>();
  for (const { place } of sites) counts.set(functionOf(place), (counts.get(functionOf(place)) ?? 0) + 1);
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  const named = sorted.slice(0, MOST_PLACES).map(([name, count]) => `${count} in ${name}`);
  const more = sorted.length > MOST_PLACES ? ` and ${sorted.length - MOST_PLACES} more functions` : '';
  return `; runs: ${named.join(', ')}${more}`;
}

function plural(count: number, noun: string): string {
  if (count === 1) return `1 ${noun}`;
  return `${count} ${noun.endsWith('y') ? `${noun.slice(0, -1)}ies` : `${noun}${noun.endsWith('ch') ? 'es' : 's'}`}`;
}
