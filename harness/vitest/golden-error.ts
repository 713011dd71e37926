import { OperatingError } from '../../emulator/index.ts';
import { TraceError } from '../../traces/index.ts';
import { escapeText } from '../report/escape.ts';
import type { ScenarioOutcome } from '../report/gate-outcome.ts';
import { outcomeSentence, paragraphsOf } from '../report/outcome-text.ts';
import { SymbolsError } from '../symbols/index.ts';

const MOST_PARAGRAPHS = 20;

/** A run that isn't as its golden, or has none. The place in gilt where that was found says nothing: no stack. */
export class GoldenError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'GoldenError';
    this.stack = `${this.name}: ${message}`;
  }
}

/** An outcome that isn't the same as an error, with a paragraph for each cause. */
export function outcomeError(outcome: ScenarioOutcome): GoldenError {
  return new GoldenError(outcomeMessage(outcome));
}

export function outcomeMessage(outcome: ScenarioOutcome): string {
  const paragraphs = paragraphsOf(outcome);
  const shown = paragraphs.slice(0, MOST_PARAGRAPHS);
  const more = paragraphs.length > shown.length ? [`and ${paragraphs.length - shown.length} more`] : [];
  const screens = outcome.kind === 'judged' ? outcome.screens.map(({ files }) => `picture ${files.actual}`) : [];
  const next =
    outcome.kind === 'no-golden' ? 'vitest -u blesses it' : 'gilt review walks through it, vitest -u blesses it';
  return escapeText([outcomeSentence(outcome), ...shown, ...more, ...screens, next].join('\n  '));
}

/** An error that names a file and a place says all there is to say; the stack of any other is needed. */
export function plainError(error: unknown): unknown {
  const isPlain = error instanceof OperatingError || error instanceof TraceError || error instanceof SymbolsError;
  return isPlain ? new GoldenError(error.message) : error;
}
