import { MAX_RANGE } from '../writes/write-range.ts';
import { cell, findSlot, setCell } from './column-functions.ts';
import { type Context, DECODE_ERROR, field, setField, WORDS, type Words } from './decode-context.ts';
import { place, rare, what, where } from './decode-fields.ts';
import { DECODER_SLOTS, DOUBLE, RARE, ROWS, WORD } from './decoder-map.ts';
import { SLOT } from './memory-map.ts';
import * as w from './wasm-code.ts';

export const DECODE = 0;

export function decoderFunctions(): readonly w.FunctionCode[] {
  return [decodeRecords(), findSlot(DECODER_SLOTS)];
}

/** So many records that all predictions hold for are worth a loop of their own. */
const WORTH_A_RUN = 4;

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
