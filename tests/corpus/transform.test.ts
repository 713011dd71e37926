import { expect, test } from 'vitest';
import { renameIdentifiers, reverseFunctions, reverseGlobals } from './transform.ts';

const SOURCE = `#include "heap.h"

/* First. */
unsigned int one;
char *two;

/* Says why. */
int first(void)
{
    return 1;
}

static int second(int value)
{
    if (value) {
        return 2;
    }
    return 0;
}

static const int table[] = {1, 2};

int third(void)
{
    return table[0];
}
`;

test('functions that follow each other change places, with their comments and behind their prototypes', () => {
  const reversed = reverseFunctions(SOURCE);
  expect(reversed).toContain('int first(void);\nstatic int second(int value);\n\nstatic int second(int value)\n{');
  expect(reversed.indexOf('static int second(int value)\n{')).toBeLessThan(
    reversed.indexOf('/* Says why. */\nint first'),
  );
});

test('a function behind a definition that it may need stays behind it', () => {
  const reversed = reverseFunctions(SOURCE);
  expect(reversed.slice(reversed.indexOf('static const int table'))).toBe(
    SOURCE.slice(SOURCE.indexOf('static const int table')),
  );
});

test('variables change places, with their comments, and nothing else does', () => {
  expect(reverseGlobals(SOURCE)).toBe(
    SOURCE.replace('/* First. */\nunsigned int one;\nchar *two;\n', 'char *two;\n\n/* First. */\nunsigned int one;\n'),
  );
});

test('only whole identifiers get another name', () => {
  expect(renameIdentifiers('one(one_more, two) + two2', { one: 'uno', two: 'due' })).toBe('uno(one_more, due) + two2');
});
