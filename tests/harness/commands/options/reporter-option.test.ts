import { expect, test } from 'vitest';
import { parseReporters } from '../../../../harness/commands/options/reporter-option.ts';

test.each([
  [[], false, [{ name: 'terminal' }]],
  [[], true, [{ name: 'json' }]],
  [
    ['terminal', 'github', 'junit=a=b.xml'],
    false,
    [{ name: 'terminal' }, { name: 'github' }, { name: 'junit', file: 'a=b.xml' }],
  ],
  [['junit=x.xml'], true, [{ name: 'junit', file: 'x.xml' }, { name: 'json' }]],
] as const)('%j, --json %j', (texts, isJson, reporters) => {
  expect(parseReporters(texts, isJson)).toEqual(reporters);
});

test.each([
  [['html'], false, '--reporter "html": give NAME or NAME=FILE; there is terminal, json, junit, github'],
  [['junit='], false, '--reporter "junit=": give NAME or NAME=FILE'],
  [['terminal'], true, 'terminal and json would be printed into each other'],
] as const)('%j, --json %j is refused', (texts, isJson, message) => {
  expect(() => parseReporters(texts, isJson)).toThrow(message);
});
