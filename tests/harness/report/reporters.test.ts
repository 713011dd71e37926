import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Cause, Verdict } from '../../../harness/compare/index.ts';
import { renderGithub } from '../../../harness/report/github.ts';
import { renderJobSummary } from '../../../harness/report/job-summary.ts';
import { renderJson } from '../../../harness/report/json.ts';
import { escapeXml, renderJunit } from '../../../harness/report/junit.ts';
import { sourceLocator } from '../../../harness/report/locate-source.ts';
import { renderGate } from '../../../harness/report/terminal.ts';
import { tellVerdict } from '../../../harness/report/told-verdict.ts';
import { makeFolder } from '../project-folder.ts';
import { causeAt, differing, judged, SAME } from './outcomes.ts';

const HOSTILE = `]]></failure><x a="'">&\x1b[31m\n::error::own\r%0A,:\u0000\ufffe\ud800`;
const here = (file: string) => `src/${file}`;
const nowhere = () => undefined;

describe('junit', () => {
  test('a scenario is a test case; what differs or lacks its other half is a failure', () => {
    const text = renderJunit([
      judged(SAME),
      judged(differing([causeAt('c0ffee00', 'serial: other text')]), 'keyboard'),
      { kind: 'no-golden', scenario: 'new' },
      { kind: 'stale', scenario: 'old' },
      { kind: 'error', scenario: 'broken', message: 'a.img: no such file' },
    ]);
    expect(text).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="5" failures="3" errors="1">
  <testsuite name="gilt" tests="5" failures="3" errors="1" skipped="0">
    <testcase name="boot" classname="gilt"/>
    <testcase name="keyboard" classname="gilt">
      <failure message="differs: 1 cause">serial: other text [c0ffee00]</failure>
    </testcase>
    <testcase name="new" classname="gilt">
      <failure message="there is no golden to compare with"></failure>
    </testcase>
    <testcase name="old" classname="gilt">
      <failure message="this golden has no scenario"></failure>
    </testcase>
    <testcase name="broken" classname="gilt">
      <error message="a.img: no such file"></error>
    </testcase>
  </testsuite>
</testsuites>
`);
  });

  test('a guest gets no markup, no quote and no character that XML forbids', () => {
    const text = escapeXml(HOSTILE);
    expect(text).toBe(
      ']]&gt;&lt;/failure&gt;&lt;x a=&quot;&apos;&quot;&gt;&amp;\\x1b[31m&#10;::error::own\\x0d%0A,:\\x00\\ufffe\\ud800',
    );
  });
});

test('of all characters none is left that XML forbids', () => {
  const all = Array.from({ length: 0x1_0000 }, (_, code) => String.fromCharCode(code)).join('');
  expect(escapeXml(all)).toMatch(/^[ -\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u); // XML 1.0, section 2.2, less tabs and line ends
});

describe('github', () => {
  test('a cause is an error at its source line, once for all scenarios', () => {
    const cause = causeAt('c0ffee00', 'serial: a, b: c');
    const text = renderGithub([judged(differing([cause])), judged(differing([cause]), 'keyboard')], here);
    expect(text).toBe('::error file=src/heap.c,line=3,title=gilt boot%2C keyboard::serial: a, b: c [c0ffee00]\n');
  });

  test('what has no source line in the repository is an error without a place', () => {
    const text = renderGithub(
      [judged(differing([causeAt('c0ffee00', 'x')])), { kind: 'stale', scenario: 'old' }],
      nowhere,
    );
    expect(text).toBe('::error title=gilt old::this golden has no scenario\n::error title=gilt boot::x [c0ffee00]\n');
  });

  test('a guest cannot end an annotation or begin one', () => {
    const text = renderGithub([judged(differing([causeAt('c0ffee00', HOSTILE, 'a,b:c\n::error::')]))], here);
    expect(text.split('\n')).toHaveLength(2);
    expect(text).toMatch(/^::error file=src\/a%2Cb%3Ac\\n%3A%3Aerror%3A%3A,line=3,title=gilt boot::/);
    expect(text).toContain('\\n::error::own\\x0d%250A');
  });

  const many = (count: number) => Array.from({ length: count }, (_, i) => causeAt(`c${i}`, `cause ${i}`));

  test.each([
    [10, undefined, 10, 'cause 9 [c9]'],
    [11, undefined, 10, '2 more are in the job summary and in report.json'],
    [10, 500, 10, '501 more are in the job summary and in report.json'],
  ])('of %i causes and %j untold ones there are %i annotations', (count, untold, annotations, last) => {
    const lines = renderGithub([judged(differing(many(count), untold))], nowhere)
      .trimEnd()
      .split('\n');
    expect(lines).toHaveLength(annotations);
    expect(lines.at(-1)).toContain(last);
  });

  test('the job summary has a table and the paragraphs, in which a guest has no markup', () => {
    const text = renderJobSummary([judged(SAME), judged(differing([causeAt('c0ffee00', HOSTILE)]), 'keyboard')]);
    expect(text).toContain('### gilt: 1 of 2 scenarios same\n');
    expect(text).toContain('<td>keyboard</td><td>differs: 1 cause</td>');
    for (const each of ['</failure>', '<x', '\x1b', '\r']) expect(text).not.toContain(each);
    expect(text.split('\n').filter((line) => line.startsWith('<pre>') && line.endsWith('</pre>'))).toHaveLength(1);
  });
});

describe('source lines', () => {
  test('are looked for from the folder of the symbols up to the repository, and never outside of it', () => {
    const folder = makeFolder({ 'repo/kernel/src/heap.c': '', 'repo/main.c': '', 'secret.c': '' });
    const repository = join(folder, 'repo');
    mkdirSync(join(repository, 'kernel/build'));
    symlinkSync(join(folder, 'secret.c'), join(repository, 'link.c'));
    const locate = sourceLocator(repository, join(repository, 'kernel/build'));
    expect(locate('src/heap.c')).toBe('kernel/src/heap.c');
    expect(locate('main.c')).toBe('main.c');
    expect(locate(join(repository, 'main.c'))).toBe('main.c');
    expect(locate('../secret.c')).toBeUndefined();
    expect(locate('../../../secret.c')).toBeUndefined();
    expect(locate(join(folder, 'secret.c'))).toBeUndefined();
    expect(locate('src')).toBeUndefined();
    expect(locate('a\0b')).toBeUndefined();
  });
});

describe('runs that differ nearly everywhere', () => {
  const AT = { icount: 1, callers: [] };
  const FACT = { lens: 'memory', track: 'x', key: 'x', value: '', text: 'x', at: AT } as const;
  const DIFFERENCE = {
    kind: 'added',
    lens: 'memory',
    actual: FACT,
    text: 'word '.repeat(1000),
    change: '',
    order: 1,
    position: 0,
    at: AT,
    isTail: false,
  } as const;
  const differences = Array.from({ length: 300_000 }, () => DIFFERENCE);
  const cause = (id: string): Cause => {
    const followers = differences.length - 1;
    return { id, paragraph: 'memory: '.repeat(10_000), lens: 'memory', differences, followers, at: AT };
  };
  const verdict: Verdict = {
    kind: 'differs',
    causes: Array.from({ length: 2000 }, (_, i) => cause(`c${i}`)),
    masked: [],
    known: Array.from({ length: 5000 }, (_, i) => `finding ${i}`),
  };

  test('are told of in a report of a few megabytes, which says what it leaves out', () => {
    const json = renderJson('gilt test', [judged(tellVerdict(verdict))]);
    expect(json.length).toBeLessThan(8_000_000);
    const [scenario] = JSON.parse(json).scenarios;
    expect(scenario).toMatchObject({ moreCauses: 1500, moreKnown: 4800 });
    expect(scenario.causes).toHaveLength(500);
    expect(scenario.causes[0].followers).toBe(299_999);
    const text = renderGate([judged(tellVerdict(verdict))], { useColor: false, listFollowers: true });
    expect(text).toContain('  and 1500 more causes\n');
    expect(text).toMatch(/ {4}- and \d+ more; `gilt diff --all` on both traces lists them\n/);
  });
});

test('every member of the JSON report stands in its description', () => {
  const page = readFileSync('docs/report-json.md', 'utf8');
  const outcome = judged(
    differing(
      [
        {
          ...causeAt('c0ffee00', 'x'),
          differences: [
            {
              kind: 'added',
              lens: 'ports',
              key: 'k',
              text: 'x',
              at: { icount: 1, callers: [] },
              goldenAt: { icount: 2, callers: [] },
            },
          ],
        },
      ],
      1,
    ),
  );
  const masked = { mask: { kind: 'facts', lens: 'ports', key: 'x', reason: 'y' }, hidden: 1, differing: 1 } as const;
  const whole = {
    ...outcome,
    verdict: { ...differing([]), ...('verdict' in outcome ? outcome.verdict : {}), masked: [masked] },
    accepted: [{ id: 'a', lens: 'ports', paragraph: 'p' }],
    screens: [{ name: 's', differingPixels: 1, files: { expected: 'e', actual: 'a', difference: 'd' } }],
  } as const;
  const report: unknown = JSON.parse(renderJson('gilt test', [whole, { kind: 'error', scenario: 'x', message: 'm' }]));
  const names = new Set<string>();
  JSON.stringify(report, (key, value: unknown) => {
    if (!/^\d*$/.test(key)) names.add(key);
    return value;
  });
  for (const name of names) expect(page).toContain(`\`${name}\``);
});
