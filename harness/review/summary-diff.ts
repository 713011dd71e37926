import { alignKeys } from '../compare/index.ts';

const CONTEXT = 1;

/** The lines in which two texts differ, marked - and +, with a line of what surrounds them. */
export function diffLines(expected: string, actual: string): readonly string[] {
  const all = markedLines(linesOf(expected), linesOf(actual));
  return all.filter((_, index) =>
    all.slice(Math.max(0, index - CONTEXT), index + CONTEXT + 1).some((line) => !line.startsWith(' ')),
  );
}

function linesOf(text: string): readonly string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

function markedLines(expected: readonly string[], actual: readonly string[]): readonly string[] {
  const lines: string[] = [];
  let [e, a] = [0, 0];
  for (const [i, j] of [...alignKeys(expected, actual), [expected.length, actual.length] as const]) {
    for (; e < i; e++) lines.push(`-${expected[e]}`);
    for (; a < j; a++) lines.push(`+${actual[a]}`);
    if (i < expected.length) lines.push(` ${expected[i]}`);
    [e, a] = [i + 1, j + 1];
  }
  return lines;
}
