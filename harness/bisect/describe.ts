import { type Commit, shortId } from '../commits/history.ts';
import type { Cause } from '../compare/index.ts';
import { escapeLine, escapeText } from '../report/escape.ts';
import type { Finding } from './bisect.ts';
import type { LogEntry } from './change-log.ts';
import type { CheckedChange } from './changes.ts';
import type { RevertCheck } from './follower.ts';

/** How much work it was. */
export interface Effort {
  readonly commits: number; // tried
  readonly builds: number; // made now
}

const UNTESTABLE = 'what lies between could not be built, or did not get far enough';
const PARAGRAPHS_AT_MOST = 3; // for one change and scenario

/** What a bisect of one behaviour found, for people. Texts of guest and repository are escaped. */
export function describeFinding(finding: Finding, bad: Commit): string {
  const { behaviour, against, otherCauses, result } = finding;
  const golden = against === 'golden' ? 'the golden run' : 'the run of the good commit';
  const scenario = `scenario ${behaviour.question.scenario.name}, held against ${golden}`;
  const others =
    otherCauses === 0 ? [] : [`${moreCauses(otherCauses)} at ${shortId(bad.id)}; --all finds every change`];
  if (result.kind === 'among') {
    const head = `one of these ${result.commits.length} commits is the first that changes this; ${UNTESTABLE}`;
    return lines([head, ...result.commits.map(commitLine), paragraph(behaviour.cause), scenario, ...others]);
  }
  const { commit, cause, check } = result;
  return lines([
    `${shortId(commit.id)} is the first commit that changes this`,
    origin(commit),
    paragraph(cause),
    scenario,
    checkText(check, commit, bad, golden),
    ...others,
  ]);
}

/** Every change in a range: the commit, and what each scenario does otherwise since. */
export function describeChanges(changes: readonly CheckedChange[], bad: Commit): string {
  if (changes.length === 0) return 'no change of behaviour\n';
  return changes.map((change) => describeChange(change, bad)).join('');
}

function describeChange({ commits, scenarios, check }: CheckedChange, bad: Commit): string {
  const [commit] = commits;
  const head =
    commits.length === 1
      ? `${shortId(commit.id)} changes behaviour`
      : `one of these ${commits.length} commits changes behaviour; ${UNTESTABLE}`;
  const told = new Set<string>();
  const paragraphs = scenarios.flatMap(({ question, causes: all }) => {
    const fresh = all.filter(({ id }) => !told.has(id));
    for (const { id } of fresh) told.add(id);
    const title = `scenario ${question.scenario.name}, held against the commit before`;
    return fresh.length === 0 ? [] : [title, ...paragraphsOf(fresh)];
  });
  const origins = commits.length === 1 ? [origin(commit)] : commits.map(commitLine);
  return lines([head, ...origins, ...paragraphs, checkText(check, commit, bad, 'what was before it')]);
}

function paragraphsOf(all: readonly Cause[]): readonly string[] {
  const shown = all.slice(0, PARAGRAPHS_AT_MOST).map(paragraph);
  const more = all.length - shown.length;
  return more === 0 ? shown : [...shown, moreCauses(more)];
}

/** A change log of behaviour: a line for each commit that changes any, the others folded. */
export function describeLog(entries: readonly LogEntry[]): string {
  const widest = Math.max(0, ...entries.map((entry) => whatOf(entry).length));
  const text: string[] = [];
  let silent = 0;
  const fold = (): void => {
    if (silent > 0) text.push(`${' '.repeat(8)}.. ${silent} silent ${silent === 1 ? 'commit' : 'commits'}`);
    silent = 0;
  };
  for (const entry of entries) {
    if (entry.kind === 'silent') {
      silent++;
      continue;
    }
    fold();
    const { id, subject, author } = entry.commit;
    text.push(escapeLine(`${shortId(id)} ${whatOf(entry).padEnd(widest)} ${subject} (${author})${noteOf(entry)}`));
  }
  fold();
  return text.map((line) => `${line}\n`).join('');
}

/** "7 commits tried, 5 builds" */
export function describeEffort({ commits, builds }: Effort): string {
  return `${commits} ${commits === 1 ? 'commit' : 'commits'} tried, ${builds} ${builds === 1 ? 'build' : 'builds'}\n`;
}

function whatOf(entry: LogEntry): string {
  if (entry.kind === 'silent') return '';
  if (entry.kind === 'untestable') return '?';
  return [...entry.lenses, ...(entry.ends ? ['end'] : [])].join(',');
}

function noteOf(entry: LogEntry): string {
  if (entry.kind === 'untestable') return `: ${entry.reason}`;
  return entry.kind === 'changed' && entry.since !== undefined ? ` [since ${shortId(entry.since)}]` : '';
}

function checkText(check: RevertCheck, commit: Commit, bad: Commit, before: string): string {
  const taken = `taking ${shortId(commit.id)} alone back from ${shortId(bad.id)}`;
  switch (check.kind) {
    case 'restores':
      return check.otherCauses === 0
        ? `${taken} restores ${before}`
        : `${taken} restores this, and leaves ${moreCauses(check.otherCauses)}`;
    case 'does-not-restore':
      return `${taken} does not restore this: later commits have a part in it`;
    case 'changed-back':
      return `at ${shortId(bad.id)} this is as before again: a later commit changes it back`;
    case 'untried':
      return `could not try ${taken}: ${check.reason}`;
  }
}

function origin({ author, date, subject }: Commit): string {
  return escapeLine(`"${subject}" by ${author}, ${date}`);
}

function commitLine(commit: Commit): string {
  return `${shortId(commit.id)} ${origin(commit)}`;
}

function paragraph(cause: Cause): string {
  return escapeText(cause.paragraph).replaceAll('\n', '\n  ');
}

function moreCauses(count: number): string {
  return count === 1 ? '1 more cause' : `${count} more causes`;
}

function lines([head, ...others]: readonly string[]): string {
  return [head, ...others.map((line) => `  ${line}`)].map((line) => `${line}\n`).join('');
}
