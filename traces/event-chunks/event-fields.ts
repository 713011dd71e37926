import { checkCount, checkTuple } from '../encoding/check.ts';
import type { Packable } from '../encoding/codec.ts';
import {
  bytes,
  count,
  decodeFields,
  type Field,
  type FieldsOf,
  i32,
  list,
  oneOf,
  optional,
  record,
  size,
  tagged,
  text,
  u8,
  u16,
  u32,
  type Variants,
} from '../encoding/field.ts';
import { MalformedTrace } from '../error.ts';
import type {
  InputAction,
  RegisterChange,
  RegisterValues,
  ScreenPicture,
  StopReason,
  TextScreen,
  TraceEvent,
  TraceEventKind,
} from '../events.ts';
import { MAX_COUNT } from '../format.ts';

/** The fields of every event in the order in which they are stored. Appending a kind is a new format version. */

const registerFields = (general: Field, selector: Field): FieldsOf<RegisterValues> => ({
  eax: general,
  ecx: general,
  edx: general,
  ebx: general,
  esp: general,
  ebp: general,
  esi: general,
  edi: general,
  eip: general,
  eflags: general,
  es: selector,
  cs: selector,
  ss: selector,
  ds: selector,
  fs: selector,
  gs: selector,
  cr0: general,
  cr2: general,
  cr3: general,
  cr4: general,
});

const action = tagged<InputAction>({
  scancodes: { bytes },
  'serial-in': { port: u8, bytes },
  memory: { linear: u32, bytes },
  registers: { values: record<RegisterValues>(registerFields(optional(u32), optional(u16))) },
  irq: { line: u8 },
  'hold-interrupts': { isHeld: oneOf([false, true]) },
  mouse: { dx: i32, dy: i32, wheel: i32, buttons: u8 },
});

const reason = tagged<StopReason>({
  deadline: {},
  'instruction-limit': { limit: count },
  halted: {},
  'triple-fault': { vectors: list(u8) },
  'exit-port': { value: u32 },
  reset: { by: text },
  unhandled: { what: text },
});

const SCREEN_FIELDS = {
  columns: u8,
  rows: u8,
  characters: bytes,
  attributes: bytes,
  cursor: optional(record<NonNullable<TextScreen['cursor']>>({ cell: u16, startLine: u8, endLine: u8 })),
};
const picture = record<ScreenPicture>({ width: u16, height: u16, rgb: bytes });
const textRecord = record<Omit<TextScreen, 'picture'>>(SCREEN_FIELDS);
const picturedRecord = record<TextScreen>({ ...SCREEN_FIELDS, picture });

/** A picture stands last, where there is one. */
const screen: Field = {
  encode: (value) => {
    const screen = wholeScreen(value as TextScreen);
    return (screen.picture === undefined ? textRecord : picturedRecord).encode(screen);
  },
  decode: (value) => {
    const isPictured = Array.isArray(value) && value.length > Object.keys(SCREEN_FIELDS).length;
    return wholeScreen((isPictured ? picturedRecord : textRecord).decode(value) as TextScreen);
  },
};

function wholeScreen(value: TextScreen): TextScreen {
  const { columns, rows, characters, attributes, picture } = value;
  const cells = columns * rows;
  if (characters.length !== cells || attributes.length !== cells) {
    throw new MalformedTrace(`a screen of ${columns} x ${rows} should have ${cells} cells`);
  }
  if (picture !== undefined && picture.rgb.length !== picture.width * picture.height * 3) {
    throw new MalformedTrace(`a picture of ${picture.width} x ${picture.height} has ${picture.rgb.length} bytes`);
  }
  return value;
}

const FIELDS: Variants<TraceEvent, 'icount' | 'writes'> = {
  control: { register: oneOf(['cr0', 'cr3', 'cr4']), value: u32, eip: u32 },
  invlpg: { linear: u32, eip: u32 },
  exception: { vector: u8, eip: u32, errorCode: optional(u32), faultLinear: optional(u32) },
  interrupt: { vector: u8, eip: u32, irq: optional(u8) },
  'probe-call': { probe: text, call: count, args: list(u32), esp: u32, ebp: u32, callers: list(u32) },
  'probe-return': { probe: text, call: count, result: u32 },
  'port-write': { port: u16, size, value: u32, eip: u32 },
  'serial-out': { port: u8, byte: u8 },
  'debug-out': { byte: u8 },
  unhandled: { what: text, eip: u32 },
  input: { action },
  screen: { name: text, screen },
  step: { text },
  checkpoint: { name: text, state: text, chain: text },
  stop: { reason, registers: record<RegisterValues>(registerFields(u32, u16)) },
  'stale-translation': {
    access: oneOf(['read', 'write']),
    linear: u32,
    physical: u32,
    walked: optional(u32),
    eip: u32,
  },
  'context-changed': {
    eip: u32,
    resumedEip: u32,
    changes: list(
      record<RegisterChange>({
        register: oneOf(['eax', 'ecx', 'edx', 'ebx', 'ebp', 'esi', 'edi']),
        saved: u32,
        restored: u32,
      }),
    ),
  },
};

/** Every kind of event; a kind's number in a trace is its place here. */
export const EVENT_KINDS = Object.keys(FIELDS) as readonly TraceEventKind[];
const KIND_NUMBERS = new Map<string, number>(EVENT_KINDS.map((kind, number) => [kind, number]));
const TABLES = Object.values<Readonly<Record<string, Field>>>(FIELDS).map((fields) => Object.entries(fields));

/** The bit of a kind in the index. */
export const kindBit = (kind: TraceEventKind): number => 1 << (KIND_NUMBERS.get(kind) ?? 0);

/** Where an event stands: what the next one's icount and writes are counted from. */
export interface EventPlace {
  readonly icount: number;
  readonly writes: number;
}

/** Kind, icount and writes stand before the fields. */
const PLACE_ITEMS = 3;
/** How many items an event of each kind has behind its kind. */
export const EVENT_ITEMS = TABLES.map((table) => PLACE_ITEMS - 1 + table.length);

/** The number of an event's kind. */
export function kindNumber(kind: string): number {
  const number = KIND_NUMBERS.get(kind);
  if (number === undefined) throw new MalformedTrace(`there is no event kind "${kind}"`);
  return number;
}

/** What stands behind the kind: [icount since the event before, writes since the event before, fields...] */
export function encodeEvent(event: TraceEvent, before: EventPlace): readonly Packable[] {
  const items: Packable[] = [
    checkCount(event.icount - before.icount, MAX_COUNT, 'the icount since the event before'),
    checkCount(event.writes - before.writes, MAX_COUNT, 'the writes since the event before'),
  ];
  const fields = event as unknown as Readonly<Record<string, unknown>>;
  for (const [name, field] of TABLES[kindNumber(event.kind)]) items.push(field.encode(fields[name]));
  return items;
}

export function decodeEvent(items: readonly unknown[], before: EventPlace): TraceEvent {
  const number = checkCount(items[0], EVENT_KINDS.length - 1, 'the kind of an event');
  checkTuple(items, PLACE_ITEMS + TABLES[number].length, EVENT_KINDS[number]);
  const event = {
    kind: EVENT_KINDS[number],
    icount: checkCount(before.icount + checkCount(items[1], MAX_COUNT, 'an icount'), MAX_COUNT, 'an icount'),
    writes: checkCount(before.writes + checkCount(items[2], MAX_COUNT, 'writes'), MAX_COUNT, 'writes'),
  };
  return decodeFields(TABLES[number], items, PLACE_ITEMS, event) as unknown as TraceEvent;
}
