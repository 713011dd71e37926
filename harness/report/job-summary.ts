import { escapeHtml } from './escape.ts';
import { isSame, type ScenarioOutcome } from './gate-outcome.ts';
import { outcomeSentence, paragraphsOf } from './outcome-text.ts';

// A summary of more than a megabyte is refused.
const MOST_PARAGRAPHS = 100;

/**
 * The gate's result for the summary page of a GitHub workflow: a table, then the paragraphs of what differs. Text of the
 * guest stands in HTML elements inside of which Markdown has no meaning.
 */
export function renderJobSummary(outcomes: readonly ScenarioOutcome[]): string {
  const same = outcomes.filter(isSame).length;
  const rows = outcomes.map(
    (each) =>
      `<tr><td>${isSame(each) ? '✅' : '❌'}</td><td>${html(each.scenario)}</td><td>${html(outcomeSentence(each))}</td></tr>`,
  );
  const blocks = outcomes.map(paragraphBlock);
  return `### gilt: ${same} of ${outcomes.length} scenarios same\n\n<table>${rows.join('')}</table>\n\n${blocks.join('')}`;
}

function paragraphBlock(outcome: ScenarioOutcome): string {
  const paragraphs = paragraphsOf(outcome);
  if (paragraphs.length === 0) return '';
  const shown = paragraphs.slice(0, MOST_PARAGRAPHS).map(html);
  const more = paragraphs.length > shown.length ? [`and ${paragraphs.length - shown.length} more`] : [];
  return `<h4>${html(outcome.scenario)}</h4>\n<pre>${[...shown, ...more].join('&#10;')}</pre>\n\n`;
}

function html(text: string): string {
  return escapeHtml(text).replaceAll('\n', '&#10;');
}
