import { WRITE_ORIGINS } from '../events.ts';
import { MAX_RANGE } from '../writes/write-range.ts';
import { cell, findSlot, setCell } from './column-functions.ts';
import { DECODER_SLOTS, DOUBLE, RARE, ROWS, WORD } from './decoder-map.ts';
import { SLOT } from './memory-map.ts';
import * as w from './wasm-code.ts';

export const DECODE = 0;
const FIND = 1;
export const FIND_DECODER_SLOT = FIND;

/** What decoding gives back when something is wrong; 0 when nothing is. */
export const DECODE_ERROR = { control: 1, icount: 2, origin: 3, size: 4, value: 5, tooMany: 6, leaves: 7 } as const;

export function decoderFunctions(): readonly w.FunctionCode[] {
  return [decodeRecords(), findSlot(DECODER_SLOTS)];
}

/** So many records that all predictions hold for are worth a loop of their own. */
const WORTH_A_RUN = 4;

const WORDS = [
  ...(['slot', 'guess', 'isSelf', 'eip', 'tag', 'origin', 'size', 'code', 'beyond'] as const),
  ...(['previous', 'linear', 'physical', 'value', 'moved', 'step', 'gap', 'byGap', 'gapWrong', 'parts'] as const),
  ...(['control', 'width', 'residual', 'zeros', 'shift', 'record', 'rareAt', 'nextRare', 'count'] as const),
  ...(['at8', 'at4', 'lastByte', 'first', 'span', 'min', 'max', 'isAround', 'isWrapped', 'error'] as const),
  ...(['controlAt', 'icountAt', 'eipAt', 'linearAt', 'valueAt'] as const),
] as const;
type Words = Readonly<Record<(typeof WORDS)[number], w.Local>>;

interface Context {
  readonly f: w.FunctionCode;
  readonly v: Words;
  readonly icount: w.Local;
  readonly delta: w.Local;
  readonly wide: w.Local;
  readonly fail: (error: number) => w.Code;
}

const SAVED = [
  ['min', WORD.linearMin],
  ['max', WORD.linearMax],
  ['isAround', WORD.isAround],
  ['origin', WORD.origin],
  ['size', WORD.size],
  ['controlAt', WORD.control],
  ['icountAt', WORD.icount],
  ['eipAt', WORD.eip],
  ['linearAt', WORD.linear],
  ['valueAt', WORD.value],
] as const;

const isSet = (value: w.Code): w.Code => w.sub(w.i32(0), w.ne(value, w.i32(0)));

/** `(records)`: the rules of FORMAT.md, section 4, one record after the other. */
function decodeRecords(): w.FunctionCode {
  const f = new w.FunctionCode(1);
  const records = f.parameter(0);
  const v = Object.fromEntries(WORDS.map((name) => [name, f.i32()])) as Words;
  const [icount, delta, wide] = [f.f64(), f.f64(), f.i64()];
  const body = (stop: w.Label): w.Code => {
    const fail = (error: number): w.Code => [...w.set(v.error, w.i32(error)), ...f.branch(stop)];
    const k: Context = { f, v, icount, delta, wide, fail };
    return [
      ...f.block((done) =>
        f.loop((next) => [
          ...f.branchIf(done, w.geU(w.get(v.record), w.get(records))),
          ...takeControl(k),
          ...place(k),
          ...where(k),
          ...what(k),
          ...rare(k),
          ...store(k),
          ...howMany(k),
          ...w.grow(v.record, w.i32(1)),
          ...run(k),
          ...f.branch(next),
        ]),
      ),
      ...f.when(w.or(w.get(v.zeros), w.ne(w.get(v.controlAt), cell(WORD.controlEnd))), () =>
        fail(DECODE_ERROR.control),
      ),
    ];
  };
  f.finish(
    SAVED.flatMap(([name, at]) => w.set(v[name], cell(at))),
    w.set(v.slot, cell(WORD.slot)),
    w.set(v.rareAt, w.i32(RARE.list)),
    w.set(v.nextRare, cell(RARE.list)),
    w.set(icount, w.loadF64(w.i32(DOUBLE.icount))),
    f.block(body),
    SAVED.flatMap(([name, at]) => setCell(at, w.get(v[name]))),
    w.storeF64(w.i32(DOUBLE.icount), w.get(icount)),
    w.get(v.error),
  );
  return f;
}

/** The record's control byte; how many more zeros follow one is a varint of three bytes at most. */
function takeControl({ f, v, fail }: Context): w.Code {
  const { control, controlAt, zeros, shift, residual } = v;
  const next: w.Code = [
    ...f.when(w.geU(w.get(controlAt), cell(WORD.controlEnd)), () => fail(DECODE_ERROR.control)),
    ...w.set(residual, w.load8(w.get(controlAt))),
    ...w.grow(controlAt, w.i32(1)),
  ];
  return f.when(
    w.get(zeros),
    () => [...w.set(control, w.i32(0)), ...w.grow(zeros, w.i32(-1))],
    () => [
      ...next,
      ...w.set(control, w.get(residual)),
      ...f.when(w.not(w.get(control)), () => [
        ...w.set(shift, w.i32(0)),
        ...f.loop((more) => [
          ...f.when(w.gtU(w.get(shift), w.i32(14)), () => fail(DECODE_ERROR.control)),
          ...next,
          ...w.set(zeros, w.or(w.get(zeros), w.shl(w.and(w.get(residual), w.i32(0x7f)), w.get(shift)))),
          ...w.grow(shift, w.i32(7)),
          ...f.branchIf(more, w.geU(w.get(residual), w.i32(0x80))),
        ]),
      ]),
    ],
  );
}

/** Sets `residual` to the next of a column, whose width the control byte has at `shift`; of icount to the low word of it. */
function residualOf({ v: { control, width, residual } }: Context, at: w.Local, shift: number): w.Code {
  const isWide = w.eq(w.get(width), w.i32(3));
  const mask = w.select(isWide, w.i32(-1), w.sub(w.shl(w.i32(1), w.shl(w.get(width), w.i32(3))), w.i32(1)));
  return [
    ...w.set(width, w.and(w.shrU(w.get(control), w.i32(shift)), w.i32(3))),
    ...w.set(residual, w.and(w.load32(w.get(at)), mask)),
    ...w.grow(at, w.add(w.get(width), isWide)),
    ...w.set(residual, w.xor(w.shrU(w.get(residual), w.i32(1)), w.sub(w.i32(0), w.and(w.get(residual), w.i32(1))))),
  ];
}

/** When, where in the code and by whom: from the slot of the record before to this one's. */
function place(k: Context): w.Code {
  const { f, v, icount, delta, wide, fail } = k;
  const { slot, guess, isSelf, eip, tag, origin, residual, width, icountAt, eipAt, record, nextRare } = v;
  const before = (at: number): w.Code => w.load32(w.get(slot), at);
  const guessed = (at: number): w.Code => w.load32(w.get(guess), at);
  const low = w.and64(w.get(wide), w.i64(1));
  return [
    ...w.set(delta, w.loadF64(w.get(slot), SLOT.pace)),
    ...f.when(w.and(w.get(v.control), w.i32(3)), () => [
      ...w.set(wide, w.load64(w.get(icountAt))),
      ...w.set(wide, w.xor64(w.shrU64(w.get(wide), w.i64(1)), w.sub64(w.i64(0), low))),
      ...residualOf(k, icountAt, 0),
      ...f.when(
        w.eq(w.get(width), w.i32(3)),
        () => [...w.set(delta, w.addF64(w.get(delta), w.fromI64(w.get(wide)))), ...w.grow(icountAt, w.i32(4))],
        () => w.set(delta, w.addF64(w.get(delta), w.fromI32(w.get(residual)))),
      ),
      ...f.when(w.ltF64(w.get(delta), w.f64(0)), () => fail(DECODE_ERROR.icount)),
      ...w.storeF64(w.get(slot), w.get(delta), SLOT.pace),
    ]),
    ...w.set(icount, w.addF64(w.get(icount), w.get(delta))),
    ...w.set(guess, before(SLOT.next)),
    ...w.set(origin, w.shrU(guessed(SLOT.tag), w.i32(3))),
    ...f.when(w.eq(w.get(record), w.get(nextRare)), () => [
      ...w.grow(origin, rareResidual(k, RARE.origin)),
      ...f.when(w.geU(w.get(origin), w.i32(WRITE_ORIGINS.length)), () => fail(DECODE_ERROR.origin)),
    ]),
    ...residualOf(k, eipAt, 2),
    ...w.set(eip, w.add(w.get(residual), guessed(SLOT.eip))),
    // The position of one more write of the same instruction.
    ...w.set(tag, w.add(w.and(before(SLOT.tag), w.i32(7)), w.i32(1))),
    ...w.set(tag, w.sub(w.get(tag), w.shrU(w.get(tag), w.i32(3)))),
    ...w.set(tag, w.mul(w.get(tag), w.and(w.eqF64(w.get(delta), w.f64(0)), w.eq(w.get(eip), before(SLOT.eip))))),
    ...w.set(tag, w.or(w.get(tag), w.shl(w.get(origin), w.i32(3)))),
    ...w.set(isSelf, w.eq(w.get(guess), w.get(slot))),
    ...f.when(
      w.and(w.eq(guessed(SLOT.eip), w.get(eip)), w.eq(guessed(SLOT.tag), w.get(tag))),
      () => w.set(slot, w.get(guess)),
      () => [
        ...w.set(isSelf, w.i32(0)),
        ...w.set(guess, w.call(FIND, w.get(eip), w.get(tag))),
        ...w.store32(w.get(slot), w.get(guess), SLOT.next),
        ...w.set(slot, w.get(guess)),
      ],
    ),
  ];
}

const rareResidual = ({ v: { record } }: Context, column: number): w.Code =>
  w.load32(w.shl(w.get(record), w.i32(2)), column);
const field = ({ v: { slot } }: Context, at: number): w.Code => w.load32(w.get(slot), at);
const setField = ({ v: { slot } }: Context, at: number, value: w.Code): w.Code => w.store32(w.get(slot), value, at);

/** A difference that came twice running is the step from now on. */
function learnStep(k: Context, stepAt: number, deltaAt: number): w.Code {
  const { moved } = k.v;
  const isRepeated = w.eq(w.get(moved), field(k, deltaAt));
  return [
    ...setField(k, stepAt, w.select(isRepeated, w.get(moved), field(k, stepAt))),
    ...setField(k, deltaAt, w.get(moved)),
  ];
}

function where(k: Context): w.Code {
  const { linear, previous, residual, moved, step, gap, byGap, gapWrong, parts, linearAt } = k.v;
  const inverted = (mask: w.Local): w.Code => w.xor(w.get(mask), w.i32(-1));
  return [
    ...residualOf(k, linearAt, 4),
    ...w.set(step, w.add(field(k, SLOT.linear), field(k, SLOT.linearStep))),
    ...w.set(gap, w.add(w.get(previous), field(k, SLOT.gap))),
    ...w.set(byGap, field(k, SLOT.byGap)),
    ...w.set(linear, w.or(w.and(w.get(gap), w.get(byGap)), w.and(w.get(step), inverted(byGap)))),
    ...w.grow(linear, w.get(residual)),
    ...w.set(gapWrong, isSet(w.xor(w.get(gap), w.get(linear)))),
    ...w.set(parts, w.xor(w.get(gapWrong), isSet(w.xor(w.get(step), w.get(linear))))),
    ...setField(k, SLOT.byGap, w.or(w.and(inverted(gapWrong), w.get(parts)), w.and(w.get(byGap), inverted(parts)))),
    ...w.set(moved, w.sub(w.get(linear), field(k, SLOT.linear))),
    ...learnStep(k, SLOT.linearStep, SLOT.linearDelta),
    ...setField(k, SLOT.gap, w.sub(w.get(linear), w.get(previous))),
    ...setField(k, SLOT.linear, w.get(linear)),
    ...w.set(previous, w.get(linear)),
  ];
}

function what(k: Context): w.Code {
  const { value, moved, residual, valueAt } = k.v;
  return [
    ...residualOf(k, valueAt, 6),
    ...w.set(moved, w.add(field(k, SLOT.valueStep), w.get(residual))),
    ...w.set(value, w.add(field(k, SLOT.value), w.get(moved))),
    ...learnStep(k, SLOT.valueStep, SLOT.valueDelta),
    ...setField(k, SLOT.value, w.get(value)),
  ];
}

/** What hardly ever changes; and whether the value fits in the size. */
function rare(k: Context): w.Code {
  const { f, fail } = k;
  const { record, nextRare, rareAt, size, value, beyond, code } = k.v;
  const add = (at: number, column: number): w.Code => setField(k, at, w.add(field(k, at), rareResidual(k, column)));
  const isSize = w.or(w.or(w.eq(w.get(size), w.i32(1)), w.eq(w.get(size), w.i32(2))), w.eq(w.get(size), w.i32(4)));
  return [
    ...f.when(w.eq(w.get(record), w.get(nextRare)), () => [
      ...add(SLOT.offset, RARE.physical),
      ...add(SLOT.size, RARE.size),
      ...add(SLOT.range, RARE.range),
      ...w.grow(rareAt, w.i32(4)),
      ...w.set(nextRare, w.load32(w.get(rareAt))),
      ...w.set(size, field(k, SLOT.size)),
      ...f.when(w.not(isSize), () => fail(DECODE_ERROR.size)),
    ]),
    ...w.set(size, field(k, SLOT.size)),
    ...w.set(code, field(k, SLOT.range)),
    ...w.set(beyond, w.select(w.eq(w.get(size), w.i32(4)), w.i32(0), w.shl(w.i32(-1), w.shl(w.get(size), w.i32(3))))),
    ...f.when(w.and(w.get(value), w.get(beyond)), () => fail(DECODE_ERROR.value)),
  ];
}

function store(k: Context): w.Code {
  const { record, at8, at4, eip, linear, physical, value, size, origin, code } = k.v;
  return [
    ...w.set(at4, w.shl(w.get(record), w.i32(2))),
    ...w.set(at8, w.shl(w.get(record), w.i32(3))),
    ...w.set(physical, w.add(w.get(linear), field(k, SLOT.offset))),
    ...w.storeF64(w.get(at8), w.get(k.icount), ROWS.icount),
    ...w.store32(w.get(at4), w.get(eip), ROWS.eip),
    ...w.store32(w.get(at4), w.get(linear), ROWS.linear),
    ...w.store32(w.get(at4), w.get(physical), ROWS.physical),
    ...w.store32(w.get(at4), w.get(value), ROWS.value),
    ...w.store32(w.get(at4), w.get(code), ROWS.code),
    ...w.store8(w.get(record), w.get(size), ROWS.size),
    ...w.store8(w.get(record), w.get(origin), ROWS.origin),
  ];
}

/** The bytes from `first` to `lastByte` are written. */
function widen({ v: { min, max, first, lastByte, isAround, isWrapped } }: Context): w.Code {
  return [
    ...w.set(min, w.select(w.ltU(w.get(first), w.get(min)), w.get(first), w.get(min))),
    ...w.set(max, w.select(w.gtU(w.get(lastByte), w.get(max)), w.get(lastByte), w.get(max))),
    ...w.set(isAround, w.or(w.get(isAround), w.get(isWrapped))),
  ];
}

/** Of a record that is one write, and of a range, which stays in the address space. */
function howMany(k: Context): w.Code {
  const { f, icount, fail } = k;
  const { linear, size, code, first, lastByte, isWrapped, span, count } = k.v;
  const grow = (at: number, by: w.Code): w.Code => w.storeF64(w.i32(at), w.addF64(w.loadF64(w.i32(at)), w.fromU32(by)));
  const bit = (number: number): w.Code => w.and(w.sub(w.get(code), w.i32(1)), w.i32(number));
  return [
    ...w.set(first, w.get(linear)),
    ...w.set(lastByte, w.add(w.get(linear), w.sub(w.get(size), w.i32(1)))),
    ...w.set(isWrapped, w.ltU(w.get(lastByte), w.get(linear))),
    ...f.when(w.get(code), () => [
      ...w.set(count, w.add(w.shrU(w.sub(w.get(code), w.i32(1)), w.i32(2)), w.i32(1))), // writes after the first
      ...f.when(w.geU(w.get(count), w.i32(MAX_RANGE)), () => fail(DECODE_ERROR.tooMany)),
      ...w.set(icount, w.addF64(w.get(icount), w.fromU32(w.get(count)))),
      ...w.set(span, w.mul(w.get(count), w.get(size))),
      ...grow(DOUBLE.furtherWrites, w.get(count)),
      ...f.when(bit(1), () => grow(DOUBLE.listed, w.get(span))),
      ...f.when(
        bit(2),
        () => [
          ...w.set(isWrapped, w.or(w.get(isWrapped), w.ltU(w.get(linear), w.get(span)))),
          ...w.set(first, w.sub(w.get(linear), w.get(span))),
        ],
        () => [
          ...w.grow(lastByte, w.get(span)),
          ...w.set(isWrapped, w.or(w.get(isWrapped), w.ltU(w.get(lastByte), w.get(span)))),
        ],
      ),
      ...f.when(w.get(isWrapped), () => fail(DECODE_ERROR.leaves)),
    ]),
    ...widen(k),
  ];
}

/** Records whose predictions all hold and whose instruction is that of the record before: steady steps. */
function run(k: Context): w.Code {
  const { f, v, icount, delta, fail } = k;
  const { isSelf, zeros, count, record, nextRare, step, moved, linear, value, previous, beyond, size } = v;
  const isSteady = [
    w.eq(field(k, SLOT.linearStep), w.get(step)),
    w.eq(field(k, SLOT.valueStep), w.get(moved)),
    w.not(field(k, SLOT.range)),
  ].reduce(w.and);
  const left = w.sub(w.get(nextRare), w.get(record));
  return f.when(w.and(w.get(isSelf), w.geU(w.get(zeros), w.i32(WORTH_A_RUN))), () => [
    ...w.set(step, field(k, SLOT.linearDelta)),
    ...w.set(moved, field(k, SLOT.valueDelta)),
    ...f.when(isSteady, () => [
      ...w.set(count, w.select(w.ltU(w.get(zeros), left), w.get(zeros), left)),
      ...w.set(zeros, w.sub(w.get(zeros), w.get(count))),
      ...f.block((done) =>
        f.loop((next) => [
          ...f.branchIf(done, w.not(w.get(count))),
          ...w.set(icount, w.addF64(w.get(icount), w.get(delta))),
          ...w.grow(linear, w.get(step)),
          ...w.grow(value, w.get(moved)),
          ...f.when(w.and(w.get(value), w.get(beyond)), () => fail(DECODE_ERROR.value)),
          ...store(k),
          ...w.set(v.first, w.get(linear)),
          ...w.set(v.lastByte, w.add(w.get(linear), w.sub(w.get(size), w.i32(1)))),
          ...w.set(v.isWrapped, w.ltU(w.get(v.lastByte), w.get(linear))),
          ...widen(k),
          ...w.grow(record, w.i32(1)),
          ...w.grow(count, w.i32(-1)),
          ...f.branch(next),
        ]),
      ),
      ...w.set(previous, w.get(linear)),
      ...setField(k, SLOT.linear, w.get(linear)),
      ...setField(k, SLOT.value, w.get(value)),
    ]),
  ]);
}
