import type { Key, Modifier } from '../scenario/keys.ts';

/** A key that was typed, or the wish to leave (Ctrl-C). */
export type Typed = Exclude<Key, string> | 'leave';

type Named = Extract<Typed, object>['key'];

const LEAVE = '\x03';
const ESCAPE = '\x1b';
const MODIFIER_BITS: readonly (readonly [number, Modifier])[] = [
  [1, 'Shift'],
  [2, 'Alt'],
  [4, 'Control'],
];

/** The last byte of a sequence without a number: cursor keys and F1 to F4 (ECMA-48 CSI, and SS3 in application mode). */
const BY_FINAL: { readonly [final: string]: Named } = {
  A: 'Up',
  B: 'Down',
  C: 'Right',
  D: 'Left',
  F: 'End',
  H: 'Home',
  P: 'F1',
  Q: 'F2',
  R: 'F3',
  S: 'F4',
  M: 'Enter', // of the keypad, after SS3
};

/** The number before a ~, as VT220, xterm and rxvt send it. */
const BY_NUMBER: { readonly [number: string]: Named } = {
  1: 'Home',
  2: 'Insert',
  3: 'Delete',
  4: 'End',
  5: 'PageUp',
  6: 'PageDown',
  7: 'Home',
  8: 'End',
  11: 'F1',
  12: 'F2',
  13: 'F3',
  14: 'F4',
  15: 'F5',
  17: 'F6',
  18: 'F7',
  19: 'F8',
  20: 'F9',
  21: 'F10',
  23: 'F11',
  24: 'F12',
};

const CONTROLS: { readonly [character: string]: Extract<Typed, object> } = {
  '\r': { key: 'Enter' },
  '\n': { key: 'Enter' },
  '\t': { key: 'Tab' },
  '\b': { key: 'Backspace' },
  '\x7f': { key: 'Backspace' },
  ' ': { key: 'Space' },
  '\0': { key: 'Space', with: ['Control'] },
  '\x1c': { key: '\\', with: ['Control'] },
  '\x1d': { key: ']', with: ['Control'] },
  '\x1e': { key: '6', with: ['Control'] },
  '\x1f': { key: '-', with: ['Control'] },
};

// A sequence of the terminal's (CSI, the Linux console's CSI [, SS3), Escape with the key that Alt made it a prefix of,
// or a single character.
const TOKEN = new RegExp(
  [
    String.raw`${ESCAPE}\[\[[A-E]`,
    String.raw`${ESCAPE}\[[0-?]*[ -/]*[@-~]`,
    String.raw`${ESCAPE}O[\d;]*[A-Za-z]`,
    `${ESCAPE}[^${ESCAPE}[O]`,
    String.raw`[\s\S]`,
  ].join('|'),
  'gu',
);
const UNFINISHED = new RegExp(String.raw`${ESCAPE}\[[0-?[]*[ -/]*$|${ESCAPE}O[\d;]*$`);

/**
 * Turns the bytes of a terminal in raw mode into keys. A sequence may arrive in pieces; an Escape that is the last byte of
 * a piece is the key. Sequences that no key sends (answers of the terminal, mouse reports) are left out.
 */
export class KeyDecoder {
  readonly #utf8 = new TextDecoder();
  #rest = '';

  decode(bytes: Uint8Array): readonly Typed[] {
    const text = this.#rest + this.#utf8.decode(bytes, { stream: true });
    this.#rest = UNFINISHED.exec(text)?.[0] ?? '';
    const whole = text.slice(0, text.length - this.#rest.length);
    return (whole.match(TOKEN) ?? []).flatMap((token) => keyOf(token) ?? []);
  }
}

function keyOf(token: string): Typed | undefined {
  if (token === LEAVE) return 'leave';
  if (token === ESCAPE) return { key: 'Escape' };
  if (token.startsWith('\x1b[[')) return { key: (['F1', 'F2', 'F3', 'F4', 'F5'] as const)[token.charCodeAt(3) - 0x41] };
  if (token.startsWith('\x1b[') || token.startsWith('\x1bO')) return sequenceKey(token.slice(2));
  if (token.startsWith(ESCAPE)) return withModifier('Alt', plainKey(token.slice(1)));
  return plainKey(token);
}

/** `1;5A`, `A`, `3~`, `15;2~`: a number, one more than the sum of the modifiers' bits, and what ends it. */
function sequenceKey(sequence: string): Typed | undefined {
  if (sequence === 'Z') return { key: 'Tab', with: ['Shift'] };
  const [, number = '', modifiers = '1', final = ''] = /^(\d*)(?:;(\d+))?([A-Z~])$/.exec(sequence) ?? [];
  const key = final === '~' ? BY_NUMBER[number] : BY_FINAL[final];
  if (key === undefined) return undefined;
  const bits = Number(modifiers) - 1;
  return { key, with: MODIFIER_BITS.flatMap(([bit, name]) => ((bits & bit) !== 0 ? [name] : [])) };
}

function plainKey(character: string): Extract<Typed, object> {
  const control = CONTROLS[character];
  if (control !== undefined) return control;
  const code = character.charCodeAt(0);
  return code < 0x20 ? { key: String.fromCharCode(code + 0x60), with: ['Control'] } : { key: character };
}

function withModifier(modifier: Modifier, { key, with: others = [] }: Extract<Typed, object>): Typed {
  return { key, with: [modifier, ...others] };
}
