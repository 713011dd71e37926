import type { MaskReport } from '../compare/index.ts';
import { escapeText } from './escape.ts';
import type { ScenarioOutcome } from './gate-outcome.ts';
import type { ToldVerdict } from './told-verdict.ts';

/** What each mask hid in one comparison, a line each; nothing of those that hid nothing. */
export function maskLines({ masked }: ToldVerdict): string {
  return masked
    .filter(({ hidden }) => hidden > 0)
    .map((report) => escapeText(`  mask "${report.mask.reason}" hid ${hiddenText(report)}\n`))
    .join('');
}

/** A warning for each mask that hid nothing anywhere. Where digests settled a comparison, nobody can tell. */
export function staleMaskLines(verdicts: readonly ToldVerdict[]): string {
  if (verdicts.some((verdict) => verdict.kind === 'same' && verdict.isByDigest)) return '';
  const reports = verdicts.flatMap(({ masked }) => masked);
  const hiding = new Set(reports.filter(({ hidden }) => hidden > 0).map(identityOf));
  const stale = new Map(
    reports.filter((each) => !hiding.has(identityOf(each))).map((each) => [identityOf(each), each]),
  );
  return [...stale.values()]
    .map(({ mask }) => escapeText(`warning: mask "${mask.reason}" hid nothing: it may be stale\n`))
    .join('');
}

/** The verdicts of those scenarios that were compared. */
export function verdictsOf(outcomes: readonly ScenarioOutcome[]): readonly ToldVerdict[] {
  return outcomes.flatMap((each) => (each.kind === 'judged' ? [each.verdict] : []));
}

function hiddenText({ mask, hidden, differing }: MaskReport): string {
  const unit = mask.kind === 'facts' ? 'fact' : 'cell';
  const what = `${hidden} ${unit}${hidden === 1 ? '' : 's'}`;
  return differing === 0
    ? `${what}, none of which differs`
    : `${what}, ${differing} of which differ${differing === 1 ? 's' : ''}`;
}

function identityOf({ mask }: MaskReport): string {
  return JSON.stringify(mask);
}
