import { FLAG_DF, FLAG_ZF } from '../eflags.ts';
import { FLAGS_SUB } from '../flags.ts';
import type { Lift, Semantics } from '../lift.ts';
import type { Size, Temp } from '../micro-op.ts';

const ACCUMULATOR = 0;
const SLOT_EDX = 2;
const ESI = 6;
const EDI = 7;
const SEGMENT_ES = 0;

type Width = 'byte' | 'operand';

function sizeIn(l: Lift, width: Width): Size {
  return width === 'byte' ? 1 : l.operandBytes;
}

function index(l: Lift, register: number): Temp {
  return l.getReg(register, l.shape.addressBytes);
}

/** Moves ESI or EDI to the next element, up or down by DF. */
function advance(l: Lift, register: number, at: Temp, size: Size): void {
  // DF is bit 10: 0 gives +size, 1 gives size - 2 * size
  const back = l.shr(l.getBits(FLAG_DF), l.const(size === 4 ? 7 : size === 2 ? 8 : 9));
  l.setReg(register, l.shape.addressBytes, l.sub(l.add(at, l.const(size)), back));
}

export function movs(width: Width): Semantics {
  return (l) =>
    l.repeated(() => {
      const size = sizeIn(l, width);
      const source = index(l, ESI);
      const target = index(l, EDI);
      l.store(SEGMENT_ES, target, size, l.load('segment', source, size));
      advance(l, ESI, source, size);
      advance(l, EDI, target, size);
    });
}

export function stos(width: Width): Semantics {
  return (l) =>
    l.repeated(() => {
      const size = sizeIn(l, width);
      const target = index(l, EDI);
      l.store(SEGMENT_ES, target, size, l.getReg(ACCUMULATOR, size));
      advance(l, EDI, target, size);
    });
}

export function lods(width: Width): Semantics {
  return (l) =>
    l.repeated(() => {
      const size = sizeIn(l, width);
      const source = index(l, ESI);
      l.setReg(ACCUMULATOR, size, l.load('segment', source, size));
      advance(l, ESI, source, size);
    });
}

/** REPE goes on while ZF is 1, REPNE while it is 0. */
function endsOnZero(l: Lift): (repeat: 'repe' | 'repne') => Temp {
  return (repeat) => {
    const isZero = l.ne(l.getBits(FLAG_ZF), l.const(0));
    return repeat === 'repne' ? isZero : l.isZero(isZero);
  };
}

export function cmps(width: Width): Semantics {
  return (l) =>
    l.repeated(() => {
      const size = sizeIn(l, width);
      const source = index(l, ESI);
      const target = index(l, EDI);
      const a = l.load('segment', source, size);
      const b = l.load(SEGMENT_ES, target, size);
      l.flags(FLAGS_SUB, size, l.sub(a, b), a, b);
      advance(l, ESI, source, size);
      advance(l, EDI, target, size);
    }, endsOnZero(l));
}

export function scas(width: Width): Semantics {
  return (l) =>
    l.repeated(() => {
      const size = sizeIn(l, width);
      const target = index(l, EDI);
      const a = l.getReg(ACCUMULATOR, size);
      const b = l.load(SEGMENT_ES, target, size);
      l.flags(FLAGS_SUB, size, l.sub(a, b), a, b);
      advance(l, EDI, target, size);
    }, endsOnZero(l));
}

/** DX, once it may be used: Bochs and QEMU ask even when there are no elements. */
function checkedPort(l: Lift, size: Size): Temp {
  const port = l.getReg(SLOT_EDX, 2);
  l.call('checkPort', port, l.const(size));
  return port;
}

/** INS: the store is probed before the port is read, since a port's read can't be taken back. */
export function ins(width: Width): Semantics {
  return (l) => {
    const size = sizeIn(l, width);
    const port = checkedPort(l, size);
    l.repeated(() => {
      const target = index(l, EDI);
      l.probe(SEGMENT_ES, target, size);
      l.store(SEGMENT_ES, target, size, l.call('readPort', port, l.const(size)));
      advance(l, EDI, target, size);
    });
  };
}

export function outs(width: Width): Semantics {
  return (l) => {
    const size = sizeIn(l, width);
    const port = checkedPort(l, size);
    l.repeated(() => {
      const source = index(l, ESI);
      l.call('writePort', port, l.const(size), l.load('segment', source, size));
      advance(l, ESI, source, size);
    });
  };
}
