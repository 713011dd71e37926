import { describe, expect, test } from 'vitest';
import { parseKeys } from '../../../harness/scenario/key-text.ts';
import { WAIT_EXAMPLES } from '../../../harness/scenario/wait-forms.ts';
import { parseWait } from '../../../harness/scenario/wait-spec.ts';
import { driverFor, kernelFiles } from '../guest-run.ts';

const codeOf = (text: string): string => parseWait('--until', text).code;

describe('a wait given as text', () => {
  test.each([
    ['text:it\'s "x":y', `driver.runUntilText('it\\'s "x":y')`],
    ['serial:login', "driver.runUntilSerial('login')"],
    ['call:kmain', "driver.runUntilCall('kmain')"],
    ['return:heap_init', "driver.runUntilReturn('heap_init')"],
    ['port:0x80', 'driver.runUntilPortWrite(128)'],
    ['port:0x80=0x31', 'driver.runUntilPortWrite(128, { value: 49 })'],
    ['value:tasks[1]->state>=2', "driver.runUntil(() => driver.read('tasks[1]->state') >= 2)"],
    ['value:count == -1', "driver.runUntil(() => driver.read('count') === -1)"],
    ['icount:5000', 'driver.runUntilIcount(5000)'],
    ['for:10', 'driver.runFor(10)'],
    ['ticks:20', 'driver.runTicks(20)'],
    ['idle', 'driver.runUntilIdle()'],
    ['exit', 'driver.runUntilExit()'],
    ['stop', 'driver.runUntilStop()'],
  ])('%s is what a scenario file writes as a call', (text, code) => {
    expect(codeOf(text)).toBe(code);
  });

  test('every form of the help text is one', () => {
    for (const example of Object.values(WAIT_EXAMPLES)) expect(codeOf(example)).toMatch(/^driver\.run/);
  });

  test.each(['', 'text', 'text:', 'idle:1', 'ticks:-1', 'ticks:x', 'port:', 'port:1=', 'value:x', 'toString:1'])(
    '%j is none, and the forms are told',
    (text) => {
      expect(() => codeOf(text)).toThrow(
        /^--until: ".*" is nothing to wait for; give one of text:ready>, serial:login/,
      );
    },
  );

  test('runs the guest', async () => {
    const { driver } = driverFor(kernelFiles());
    await parseWait('--until', 'value:process_count==2').run(driver);
    expect(driver.read('process_count')).toBe(2);
  });
});

describe('keys given as text', () => {
  test('characters, escapes and named keys with modifiers', () => {
    expect(parseKeys('--keys', 'ls\\n{Up}{Control+Alt+c}\\{\\\\')).toEqual([
      'ls',
      '\n',
      { key: 'Up', with: [] },
      { key: 'c', with: ['Control', 'Alt'] },
      '{',
      '\\',
    ]);
  });

  test.each([
    ['\\x', '--keys: \\x is no key'],
    ['{Up', '--keys: a { without its }'],
    ['{Ctrl+c}', '--keys: no modifier "Ctrl"; there is Shift, Control, Alt, AltGr'],
    ['{Return}', 'no key is named "Return"'],
  ])('%s is refused', (text, message) => {
    expect(() => parseKeys('--keys', text)).toThrow(message);
  });
});
