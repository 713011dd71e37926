import { decode } from 'fast-png';
import { describe, expect, test } from 'vitest';
import type { Verdict } from '../../../harness/compare/index.ts';
import { cp437 } from '../../../harness/report/cp437.ts';
import { escapeHtml, escapeLine, escapeText } from '../../../harness/report/escape.ts';
import { gateExitCode, type ScenarioOutcome } from '../../../harness/report/gate-outcome.ts';
import { renderJson } from '../../../harness/report/json.ts';
import { encodePng } from '../../../harness/report/png.ts';
import { renderGate, renderVerdict } from '../../../harness/report/terminal.ts';

const SAME: Verdict = { kind: 'same', masked: [], known: [], isByDigest: false };
const AT = { icount: 5, eip: 0x9000, function: 'kalloc', source: { file: 'heap.c', line: 3 }, callers: ['main'] };
const FACT = { lens: 'serial', track: 'COM1', key: 'x', value: '', text: 'x', at: AT } as const;
const DIFFERENCE = {
  kind: 'added',
  lens: 'serial',
  actual: FACT,
  text: 'added: \x1b[31m',
  change: 'added',
  order: 5,
  position: 0,
  at: AT,
  isTail: false,
} as const;
const DIFFERS: Verdict = {
  kind: 'differs',
  causes: [
    {
      id: 'c0ffee00',
      paragraph: 'serial: added: \x1b[31m\u202e',
      lens: 'serial',
      differences: [DIFFERENCE, DIFFERENCE],
      followers: 1,
      at: AT,
    },
  ],
  masked: [],
  known: [],
};
const judged = (verdict: Verdict): ScenarioOutcome => ({ kind: 'judged', scenario: 'boot', verdict, screens: [] });
const ERROR: ScenarioOutcome = { kind: 'error', scenario: 'boot', message: 'golden/boot/trace.msgpack: is damaged' };
const NO_GOLDEN: ScenarioOutcome = { kind: 'no-golden', scenario: 'boot' };

describe('escape', () => {
  test.each([
    ['\x1b[2J', '\\x1b[2J'],
    ['a\rb\tc\x07', 'a\\x0db\\x09c\\x07'],
    ['\u202egnp.exe', '\\u202egnp.exe'],
    ['\u2066x\u2069', '\\u2066x\\u2069'],
    ['\x9b31m', '\\x9b31m'],
    ['\ud800', '\\ud800'],
    ['é─😀', 'é─😀'],
    ['a\nb', 'a\nb'],
  ])('%j becomes %j', (text, escaped) => {
    expect(escapeText(text)).toBe(escaped);
  });

  test('on one line a newline is escaped, too', () => {
    expect(escapeLine('a\nb')).toBe('a\\nb');
  });

  test('HTML gets no tags and no quotes from a guest', () => {
    expect(escapeHtml(`<b a="1" c='2'>&\x1b`)).toBe('&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;\\x1b');
  });
});

test.each([
  [0x41, 'A'],
  [0x00, ' '],
  [0x01, '☺'],
  [0x7f, '⌂'],
  [0x80, 'Ç'],
  [0xb3, '│'],
  [0xdb, '█'],
  [0xff, ' '],
])('character %i of text memory is %j', (code, character) => {
  expect(cp437(code)).toBe(character);
});

test('every character of text memory is one printable character', () => {
  const all = Array.from({ length: 256 }, (_, code) => cp437(code));
  expect(all.every((each) => each.length === 1 && escapeText(each) === each)).toBe(true);
  expect(new Set(all).size).toBe(254);
});

describe('exit code', () => {
  test.each([
    [[judged(SAME)], 0],
    [[judged(SAME), judged(DIFFERS)], 1],
    [[NO_GOLDEN], 1],
    [[judged(DIFFERS), ERROR], 2],
    [[], 0],
  ] as const)('%#', (outcomes, code) => {
    expect(gateExitCode(outcomes)).toBe(code);
  });
});

describe('terminal', () => {
  const text = (...given: Parameters<typeof renderVerdict>): string => [...renderVerdict(...given)].join('');

  test('guest text is escaped, with colours and without', () => {
    expect(text(DIFFERS, { useColor: false })).toBe('differs: 1 cause\n  serial: added: \\x1b[31m\\u202e\n');
    const coloured = text(DIFFERS, { useColor: true });
    expect(coloured).toContain('\x1b[1mserial\x1b[22m');
    expect(coloured).not.toContain('\u202e');
  });

  test('followers are listed on demand', () => {
    expect(text(DIFFERS, { useColor: false, listFollowers: true })).toContain('    - serial: added: \\x1b[31m\n');
  });

  test('a gate has a line per scenario and a count', () => {
    const text = renderGate([judged(SAME), NO_GOLDEN, ERROR], { useColor: false });
    expect(text).toBe(
      'same boot\n' +
        'no golden boot: run `gilt bless boot` once its run is as it should be\n' +
        'error boot: golden/boot/trace.msgpack: is damaged\n' +
        '1 of 3 scenarios same, 2 not\n' +
        'next: `gilt review` walks through it; `gilt bless` makes it golden, `gilt bless --only ID` one cause of it\n',
    );
  });
});

describe('a gate of several scenarios', () => {
  const second = (verdict: Verdict): ScenarioOutcome => ({
    kind: 'judged',
    scenario: 'keyboard',
    verdict,
    screens: [],
  });
  const MASK = { kind: 'facts', lens: 'serial', key: 'tick*', reason: 'a clock' } as const;
  const masked = (hidden: number, differing: number): Verdict => ({
    ...SAME,
    masked: [{ mask: MASK, hidden, differing }],
  });

  test('tells of a cause once, unless everything is listed', () => {
    const outcomes = [judged(DIFFERS), second(DIFFERS)];
    const text = renderGate(outcomes, { useColor: false });
    expect(text).toContain('differs keyboard\n  the same cause as in boot\n');
    expect(text.match(/serial: added/g)).toHaveLength(1);
    expect(renderGate(outcomes, { useColor: false, listFollowers: true }).match(/ {2}serial: added/g)).toHaveLength(2);
  });

  test('says what each mask hid, and warns of one that hid nothing in any of them', () => {
    expect(renderGate([judged(masked(3, 1)), second(masked(0, 0))], { useColor: false })).toBe(
      'same boot\n  mask "a clock" hid 3 facts, 1 of which differs\nsame keyboard\n2 of 2 scenarios same\n',
    );
    expect(renderGate([judged(masked(0, 0)), second(masked(0, 0))], { useColor: false })).toBe(
      'same boot\nsame keyboard\nwarning: mask "a clock" hid nothing: it may be stale\n2 of 2 scenarios same\n',
    );
  });

  test('does not call a mask stale where digests made a look at it needless', () => {
    const byDigest: Verdict = { ...SAME, isByDigest: true } as Verdict;
    expect(renderGate([judged(masked(0, 0)), second(byDigest)], { useColor: false })).not.toContain('stale');
  });

  test('a run that differs says whether timers came to a kernel at work', () => {
    const withTicks = (verdict: Verdict) => {
      const outcome: ScenarioOutcome = { kind: 'judged', scenario: 'boot', verdict, screens: [], busyTicks: 2 };
      return renderGate([outcome], { useColor: false });
    };
    expect(withTicks(DIFFERS)).toContain('  2 timers came while the kernel worked without a rest;');
    expect(withTicks(SAME)).not.toContain('timers came');
  });

  test('names findings that the golden run has, too, in a line', () => {
    const known = ['a block leaks', 'a block is freed twice'];
    expect(renderGate([judged({ ...SAME, known })], { useColor: false })).toContain(
      '  2 findings are in the golden run, too: a block leaks, and 1 more\n',
    );
  });
});

test('the JSON report holds every difference with both places', () => {
  const report = JSON.parse(renderJson('gilt test', [judged(DIFFERS), ERROR]));
  expect(report).toMatchObject({ version: 2, generator: 'gilt test', exitCode: 2 });
  expect(report.scenarios[0]).toMatchObject({ scenario: 'boot', outcome: 'differs' });
  expect(report.scenarios[0].causes[0].differences).toHaveLength(2);
  expect(report.scenarios[0].causes[0].at).toEqual({
    icount: 5,
    eip: 0x9000,
    function: 'kalloc',
    file: 'heap.c',
    line: 3,
    callers: ['main'],
  });
  expect(report.scenarios[1]).toMatchObject({ outcome: 'error', message: 'golden/boot/trace.msgpack: is damaged' });
});

test('a PNG holds the picture, and the same picture gives the same bytes', () => {
  const rgba = Uint8Array.from([255, 0, 0, 255, 1, 2, 3, 255]);
  const file = encodePng({ width: 2, height: 1, rgba });
  expect([...decode(file).data]).toEqual([255, 0, 0, 1, 2, 3]);
  expect(encodePng({ width: 2, height: 1, rgba })).toEqual(file);
});
