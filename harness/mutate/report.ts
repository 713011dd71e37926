import { hex } from '../../emulator/index.ts';
import { escapeLine } from '../report/escape.ts';
import type { Mutant } from './mutation-run.ts';
import { percentKilled, type Score, scoreOf, scoresOf } from './score.ts';

/** Scores by function, then every survivor. Lines are made for reading and for grep. */
export function renderMutants(mutants: readonly Mutant[]): string {
  const rows = [...scoresOf(mutants), scoreOf('in all', mutants)];
  const blocks = [
    scoreTable(rows),
    survivors('executed, and no lens saw a difference:', mutants, 'unseen'),
    survivors('never executed by these scenarios:', mutants, 'not-executed'),
    in16BitCode(mutants),
  ];
  return blocks.filter((block) => block !== '').join('\n');
}

function scoreTable(rows: readonly Score[]): string {
  const cells = rows.map((row) => [
    escapeLine(row.name),
    `${row.mutants}`,
    `${row.killed}`,
    `${row.unseen}`,
    `${row.notExecuted}`,
    `${percentKilled(row)} %`,
  ]);
  return alignColumns([['function', 'mutants', 'killed', 'unseen', 'not executed', 'score'], ...cells]);
}

/** The first column to the left, numbers to the right. */
function alignColumns(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (row: readonly string[]): string =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]))).join('  ');
  return rows.map((row) => `${line(row)}\n`).join('');
}

function survivors(title: string, mutants: readonly Mutant[], kind: Mutant['fate']['kind']): string {
  const lines = mutants
    .filter(({ fate }) => fate.kind === kind)
    .map(({ mutation }) => {
      const { place, linear, before, after } = mutation;
      return `  ${hex(linear)} ${escapeLine(place)}: ${mutation.kind}: ${before} -> ${after}\n`;
    });
  return lines.length === 0 ? '' : `${title}\n${lines.join('')}`;
}

function in16BitCode(mutants: readonly Mutant[]): string {
  const skipped = mutants.filter(({ fate }) => fate.kind === '16-bit').map(({ mutation }) => mutation.function);
  return skipped.length === 0 ? '' : `not mutated, 16-bit code: ${[...new Set(skipped)].map(escapeLine).join(', ')}\n`;
}

/** The JSON report, version 1. */
export interface JsonMutationReport {
  readonly version: 1;
  readonly generator: string;
  readonly scenarios: readonly string[];
  readonly score: Score;
  readonly functions: readonly Score[];
  readonly mutants: readonly JsonMutant[];
}

export interface JsonMutant {
  readonly function: string;
  readonly place: string;
  readonly linear: number;
  readonly kind: string;
  readonly before: string;
  readonly after: string;
  readonly fate: Mutant['fate']['kind'];
  readonly scenario?: string; // that killed it
  readonly by?: string; // the lens that saw it, or `timeout`, or `scenario`: it never got where that wanted it
}

/** The report as JSON text with a newline at its end. */
export function renderMutantsJson(generator: string, scenarios: readonly string[], mutants: readonly Mutant[]): string {
  const report: JsonMutationReport = {
    version: 1,
    generator,
    scenarios,
    score: scoreOf('in all', mutants),
    functions: scoresOf(mutants),
    mutants: mutants.map(jsonOf),
  };
  return `${JSON.stringify(report, undefined, 2)}\n`;
}

function jsonOf({ mutation, fate }: Mutant): JsonMutant {
  const { function: name, place, linear, kind, before, after } = mutation;
  const row = { function: name, place, linear, kind, before, after, fate: fate.kind };
  return fate.kind === 'killed' ? { ...row, scenario: fate.scenario, by: fate.by } : row;
}
