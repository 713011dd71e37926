import { escapeText } from './escape.ts';
import { isSame, type ScenarioOutcome } from './gate-outcome.ts';
import { outcomeSentence, paragraphsOf } from './outcome-text.ts';

const XML: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };
// What escapeText leaves and XML 1.0 (section 2.2, Char) forbids.
const NO_CHARACTER = /[\ufffe\uffff]/g;

/** The gate's result as a JUnit XML file: a test case per scenario, a failure for what differs or lacks its other half. */
export function renderJunit(outcomes: readonly ScenarioOutcome[]): string {
  const errors = outcomes.filter((each) => each.kind === 'error').length;
  const failures = outcomes.filter((each) => each.kind !== 'error' && !isSame(each)).length;
  const counts = `tests="${outcomes.length}" failures="${failures}" errors="${errors}"`;
  const suite = [`  <testsuite name="gilt" ${counts} skipped="0">`, ...outcomes.map(testCase), '  </testsuite>'];
  const lines = ['<?xml version="1.0" encoding="UTF-8"?>', `<testsuites ${counts}>`, ...suite, '</testsuites>'];
  return `${lines.join('\n')}\n`;
}

function testCase(outcome: ScenarioOutcome): string {
  const open = `    <testcase name="${escapeXml(outcome.scenario)}" classname="gilt"`;
  if (isSame(outcome)) return `${open}/>`;
  const element = outcome.kind === 'error' ? 'error' : 'failure';
  const message = escapeXml(outcomeSentence(outcome));
  const body = escapeXml(paragraphsOf(outcome).join('\n'));
  return `${open}>\n      <${element} message="${message}">${body}</${element}>\n    </testcase>`;
}

/** Text that is safe in XML content and in a quoted attribute; control characters are spelled out as elsewhere. */
export function escapeXml(text: string): string {
  return escapeText(text)
    .replace(NO_CHARACTER, (each) => `\\u${each.charCodeAt(0).toString(16)}`)
    .replace(/[&<>"']/g, (each) => XML[each])
    .replaceAll('\n', '&#10;');
}
