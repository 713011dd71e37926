import { join, relative } from 'node:path';
import type { Pending } from '../golden/pending.ts';
import { escapeText } from '../report/escape.ts';

/** Pending runs as text: a line per run, one per cause. */
export function renderPending(all: readonly Pending[]): string {
  if (all.length === 0) return 'nothing is pending\n';
  return all.map(pendingText).join('');
}

function pendingText({ scenario, goldenSha256, causes, moreCauses, refusal }: Pending): string {
  const head = `${scenario}: ${goldenSha256 === undefined ? 'no golden' : 'differs'}`;
  const why = refusal === undefined ? '' : `; it can't be blessed: ${refusal}`;
  const lines = causes.map(({ id, paragraph }) => `  [${id}] ${paragraph}`);
  const more = moreCauses === 0 ? [] : [`  and ${moreCauses} more causes`];
  return escapeText(`${[head + why, ...lines, ...more].join('\n')}\n`);
}

/** Pending runs for scripts; docs/golden-workflow.md describes it. Paths are relative to `shownFrom`. */
export function renderPendingJson(all: readonly Pending[], report: string, shownFrom: string): string {
  const pathOf = (scenario: string, file: string): string => relative(shownFrom, join(report, scenario, file));
  const pending = all.map(({ scenario, goldenSha256, refusal, causes, moreCauses, pictures }) => ({
    scenario,
    outcome: goldenSha256 === undefined ? 'no-golden' : 'differs',
    ...(refusal === undefined ? {} : { refusal }),
    causes: causes.map(({ id, lens, paragraph, followers, differences }) => {
      return { id, lens, paragraph, followers, isSeparable: differences.length > 0 };
    }),
    moreCauses,
    trace: pathOf(scenario, 'actual.msgpack'),
    pictures: pictures.map((file) => pathOf(scenario, file)),
  }));
  return `${JSON.stringify({ version: 1, pending }, undefined, 2)}\n`;
}
