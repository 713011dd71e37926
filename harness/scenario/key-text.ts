import { OperatingError } from '../../emulator/index.ts';
import { type Key, scancodesOf } from './keys.ts';

const ESCAPES: { readonly [letter: string]: string } = { n: '\n', t: '\t', b: '\b', '\\': '\\', '{': '{' };
const MODIFIERS = ['Shift', 'Control', 'Alt', 'AltGr'] as const;

/**
 * Keys as one text of a command line: characters, `\n` for Enter, `\t`, `\b`, `\\`, `\{`, and named keys in braces with
 * modifiers before a plus: `help\n{Up}{Control+c}`. Errors: OperatingError naming the option.
 */
export function parseKeys(option: string, text: string): readonly Key[] {
  const pieces = text.match(/\\.|\{[^{}]*\}|[^\\{]+|[\\{]/gs) ?? [];
  const keys = pieces.map((piece) => keyOf(option, piece));
  scancodesOf(keys); // throws for what no keyboard has
  return keys;
}

function keyOf(option: string, piece: string): Key {
  if (piece.startsWith('\\')) {
    const character = ESCAPES[piece.slice(1)];
    if (character === undefined)
      throw new OperatingError(option, `${piece} is no key; there is \\n, \\t, \\b, \\\\ and \\{`);
    return character;
  }
  if (!piece.startsWith('{')) return piece;
  if (!piece.endsWith('}')) throw new OperatingError(option, 'a { without its }; a brace itself is \\{');
  const [key = '', ...names] = piece.slice(1, -1).split('+').reverse();
  const modifiers = names.reverse().map((name) => {
    const known = MODIFIERS.find((each) => each === name);
    if (known === undefined)
      throw new OperatingError(option, `no modifier "${name}"; there is ${MODIFIERS.join(', ')}`);
    return known;
  });
  return { key, with: modifiers };
}
