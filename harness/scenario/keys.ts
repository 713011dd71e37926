import { OperatingError, set2BytesOf } from '../../emulator/index.ts';

/** A text typed on a US keyboard, or one key by its name or character, with modifiers held: `{ key: 'c', with: ['Control'] }`. */
export type Key = string | { readonly key: KeyName | Character; readonly with?: readonly Modifier[] };
export type Modifier = 'Shift' | 'Control' | 'Alt' | 'AltGr';
/** One character that a US keyboard has a key for. */
export type Character = string & {};

// Scan code set 1 make codes by position on a US keyboard (IBM PS/2 keyboard reference, key numbers 1-104).
const ROWS: readonly { readonly first: number; readonly plain: string; readonly shifted: string }[] = [
  { first: 0x02, plain: '1234567890-=', shifted: '!@#$%^&*()_+' },
  { first: 0x10, plain: 'qwertyuiop[]', shifted: 'QWERTYUIOP{}' },
  { first: 0x1e, plain: "asdfghjkl;'`", shifted: 'ASDFGHJKL:"~' },
  { first: 0x2b, plain: '\\zxcvbnm,./', shifted: '|ZXCVBNM<>?' },
];

const NAMED_KEYS = {
  Escape: [0x01],
  Backspace: [0x0e],
  Tab: [0x0f],
  Enter: [0x1c],
  Control: [0x1d],
  Shift: [0x2a],
  Alt: [0x38],
  AltGr: [0xe0, 0x38],
  Space: [0x39],
  CapsLock: [0x3a],
  F1: [0x3b],
  F2: [0x3c],
  F3: [0x3d],
  F4: [0x3e],
  F5: [0x3f],
  F6: [0x40],
  F7: [0x41],
  F8: [0x42],
  F9: [0x43],
  F10: [0x44],
  F11: [0x57],
  F12: [0x58],
  Home: [0xe0, 0x47],
  Up: [0xe0, 0x48],
  PageUp: [0xe0, 0x49],
  Left: [0xe0, 0x4b],
  Right: [0xe0, 0x4d],
  End: [0xe0, 0x4f],
  Down: [0xe0, 0x50],
  PageDown: [0xe0, 0x51],
  Insert: [0xe0, 0x52],
  Delete: [0xe0, 0x53],
  NumLock: [0x45],
  ScrollLock: [0x46],
  PrintScreen: [0xe0, 0x2a, 0xe0, 0x37],
  Pause: [0xe1, 0x1d, 0x45],
  ControlRight: [0xe0, 0x1d],
  ShiftRight: [0x36],
  Meta: [0xe0, 0x5b],
  MetaRight: [0xe0, 0x5c],
  Menu: [0xe0, 0x5d],
  Keypad7: [0x47],
  Keypad8: [0x48],
  Keypad9: [0x49],
  KeypadMinus: [0x4a],
  Keypad4: [0x4b],
  Keypad5: [0x4c],
  Keypad6: [0x4d],
  KeypadPlus: [0x4e],
  Keypad1: [0x4f],
  Keypad2: [0x50],
  Keypad3: [0x51],
  Keypad0: [0x52],
  KeypadPoint: [0x53],
  KeypadTimes: [0x37],
  KeypadEnter: [0xe0, 0x1c],
  KeypadDivide: [0xe0, 0x35],
} as const;
export type KeyName = keyof typeof NAMED_KEYS;

/** What two keys of the first keyboards became: with some modifier held they send the code that they had there. */
const OLD_CODES: readonly {
  readonly key: KeyName;
  readonly held: readonly Modifier[];
  readonly codes: readonly number[];
}[] = [
  { key: 'PrintScreen', held: ['Alt'], codes: [0x54] },
  { key: 'PrintScreen', held: ['Shift', 'Control'], codes: [0xe0, 0x37] },
  { key: 'Pause', held: ['Control'], codes: [0xe0, 0x46] },
];

const BREAK_BIT = 0x80;
const PREFIXES = [0xe0, 0xe1];
const SET_2_BREAK = 0xf0;
const LAST_SET_1_MAKE = 0x58;
const SET_1_MAKE = new Map(Array.from({ length: LAST_SET_1_MAKE }, (_, i) => [set2BytesOf(i + 1)[0], i + 1]));
const SHIFT = NAMED_KEYS.Shift;

/** The set 1 make and break codes of pressing `keys` one after the other. Errors: OperatingError for other characters. */
export function scancodesOf(keys: readonly Key[]): Uint8Array {
  return Uint8Array.from(keys.flatMap((key) => (typeof key === 'string' ? textCodes(key) : namedCodes(key))));
}

/** Scan codes of set 2 as set 1 has them: F0h before a make code becomes bit 7 of it. */
export function set1Of(bytes: Uint8Array | readonly number[]): Uint8Array {
  let isBreak = false;
  const codes = Array.from(bytes).flatMap((byte) => {
    if (byte === SET_2_BREAK) {
      isBreak = true;
      return [];
    }
    const make = SET_1_MAKE.get(byte) ?? byte;
    const code = isBreak && !PREFIXES.includes(byte) ? make | BREAK_BIT : make;
    isBreak = false;
    return [code];
  });
  return Uint8Array.from(codes);
}

function textCodes(text: string): readonly number[] {
  return Array.from(text).flatMap((character) => characterCodes(character));
}

function characterCodes(character: string): readonly number[] {
  if (character === '\n') return stroke(NAMED_KEYS.Enter);
  if (character === '\t') return stroke(NAMED_KEYS.Tab);
  if (character === '\b') return stroke(NAMED_KEYS.Backspace);
  if (character === ' ') return stroke(NAMED_KEYS.Space);
  for (const { first, plain, shifted } of ROWS) {
    const column = plain.indexOf(character);
    if (column >= 0) return stroke([first + column]);
    const shiftedColumn = shifted.indexOf(character);
    if (shiftedColumn >= 0) return held([SHIFT], stroke([first + shiftedColumn]));
  }
  throw new OperatingError('press', `a US keyboard has no key for ${JSON.stringify(character)}`);
}

function namedCodes({ key, with: modifiers = [] }: Exclude<Key, string>): readonly number[] {
  const codes = Array.from(key).length === 1 ? characterCodes(key) : stroke(oldCodes(key, modifiers) ?? codesOf(key));
  return held(modifiers.map(codesOf), codes);
}

function oldCodes(key: string, modifiers: readonly Modifier[]): readonly number[] | undefined {
  return OLD_CODES.find((each) => each.key === key && each.held.some((one) => modifiers.includes(one)))?.codes;
}

function codesOf(name: string): readonly number[] {
  const codes = Object.entries<readonly number[]>(NAMED_KEYS).find(([each]) => each === name);
  if (codes !== undefined) return codes[1];
  throw new OperatingError(
    'press',
    `no key is named ${JSON.stringify(name)}; there is ${Object.keys(NAMED_KEYS).join(', ')}`,
  );
}

function stroke(make: readonly number[]): readonly number[] {
  return [...make, ...breakOf(make)];
}

function held(modifiers: readonly (readonly number[])[], codes: readonly number[]): readonly number[] {
  return [...modifiers.flat(), ...codes, ...modifiers.toReversed().flatMap(breakOf)];
}

/** Of each code, with its E0h or E1h before it, the same with bit 7 set, the last code first. */
function breakOf(make: readonly number[]): readonly number[] {
  if (make[0] === 0xe1) return make.map((code) => code | BREAK_BIT); // Pause is released at once, in the same order
  const codes: number[][] = [];
  for (const code of make) {
    const last = codes.at(-1);
    if (last?.length === 1 && last[0] === 0xe0) last.push(code | BREAK_BIT);
    else codes.push([code === 0xe0 ? code : code | BREAK_BIT]);
  }
  return codes.toReversed().flat();
}
