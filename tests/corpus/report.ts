import { LENS_NAMES } from '../../harness/lenses/fact.ts';
import type { Regression } from './change.ts';
import { areAsRequired, type Figures, figuresOf, isSilent, type Share } from './figures.ts';
import type { GateResult } from './gate.ts';
import { isFlagged, type Judged, namesFunction, showsLens } from './judged.ts';

/** The whole report as text: what is wrong by name, what is undecided, which lens is noisy, the figures. */
export function renderText(all: readonly Judged[]): string {
  const figures = figuresOf(all);
  const parts = [
    ...section(
      'Regressions that were not flagged, or without the right function or lens',
      all.filter(isRegressionWrong),
    ),
    ...section('Benign changes that were flagged', all.filter(isBenignWrong)),
    ...undecidedSection(all),
    ...noiseTable(all),
    ...figuresTable(figures),
  ];
  return `${parts.join('\n')}\n`;
}

function isRegressionWrong(each: Judged): boolean {
  const { change } = each;
  if (change.label !== 'regression' || change.undecided !== undefined) return false;
  if (each.kind === 'failed') return true;
  return !isFlagged(each) || !namesFunction(change, each.result) || !showsLens(change, each.result);
}

function isBenignWrong(each: Judged): boolean {
  return each.change.label === 'benign' && each.change.undecided === undefined && !isSilent(each);
}

function section(title: string, wrong: readonly Judged[]): readonly string[] {
  return wrong.length === 0 ? [] : [`${title}:`, ...wrong.flatMap(storyOf), ''];
}

function storyOf(each: Judged): readonly string[] {
  const { change } = each;
  return [`  ${change.guest}/${change.name}: ${change.what}`, ...verdictLines(each).map((line) => `    ${line}`)];
}

function verdictLines(each: Judged): readonly string[] {
  if (each.kind === 'failed') return [`could not be judged: ${each.failure}`];
  const { change, result } = each;
  const first = result.causes.slice(0, 1).map(({ scenario, paragraph }) => `${scenario}: ${paragraph}`);
  const missing = change.label === 'regression' ? missingIn(change, result) : [];
  const more = result.causes.length > 1 ? [`and ${result.causes.length - 1} more: ${lensCounts(each)}`] : [];
  return [...missing, ...result.errors, ...first, ...more];
}

function missingIn(change: Regression, result: GateResult): readonly string[] {
  if (result.exitCode !== 1) return [`exit code ${result.exitCode}`];
  return [
    ...(namesFunction(change, result) ? [] : [`no paragraph names ${change.functions.join(' or ')}`]),
    ...(showsLens(change, result) ? [] : [`nothing in ${change.lens}`]),
  ];
}

function lensCounts(each: Judged): string {
  if (each.kind === 'failed') return '';
  return LENS_NAMES.flatMap((lens) => {
    const causes = each.result.causes.filter((cause) => cause.lens === lens).length;
    return causes === 0 ? [] : [`${causes} in ${lens}`];
  }).join(', ');
}

function undecidedSection(all: readonly Judged[]): readonly string[] {
  const undecided = all.filter(({ change }) => change.undecided !== undefined);
  if (undecided.length === 0) return [];
  const lines = undecided.flatMap((each) => [
    `  ${each.change.guest}/${each.change.name}: ${each.change.undecided}`,
    ...verdictLines(each).map((line) => `    ${line}`),
  ]);
  return ['Not decided, and so in no figure:', ...lines, ''];
}

/** How many causes each lens has in each benign change that was flagged. */
function noiseTable(all: readonly Judged[]): readonly string[] {
  const noisy = all.filter(isBenignWrong);
  if (noisy.length === 0) return [];
  const width = Math.max(...noisy.map(({ change }) => change.guest.length + change.name.length + 1));
  const head = `${'causes in'.padEnd(width)}  ${LENS_NAMES.join('  ')}`;
  const rows = noisy.map((each) => {
    const counts = LENS_NAMES.map((lens) => {
      const causes = each.kind === 'failed' ? 0 : each.result.causes.filter((cause) => cause.lens === lens).length;
      return (causes === 0 ? '.' : String(causes)).padStart(lens.length);
    });
    return `${`${each.change.guest}/${each.change.name}`.padEnd(width)}  ${counts.join('  ')}`;
  });
  return [head, ...rows, ''];
}

function figuresTable(figures: Figures): readonly string[] {
  return [
    line('regressions flagged', figures.flagged, 'required 100 %'),
    line('  with the right function', figures.named, 'required 95 %'),
    line('  ... in the first paragraph', figures.namedFirst, ''),
    line('  with the right lens', figures.lensShown, ''),
    line('benign changes flagged', figures.benignFlagged, 'required 0 %'),
    areAsRequired(figures) ? 'as required' : 'not as required',
  ];
}

function line(name: string, { part, of }: Share, required: string): string {
  const percent = of === 0 ? '-' : `${((100 * part) / of).toFixed(1)} %`;
  return `${name.padEnd(30)} ${`${part} of ${of}`.padStart(10)} ${percent.padStart(8)}  ${required}`.trimEnd();
}

/** The same for programs, version 1. */
export function renderJson(all: readonly Judged[]): string {
  const figures = figuresOf(all);
  const report = { version: 1, asRequired: areAsRequired(figures), figures, changes: all };
  return `${JSON.stringify(report, undefined, 2)}\n`;
}
