import type { Lift, Semantics } from '../lift.ts';
import type { Size, Temp } from '../micro-op.ts';

const ESP = 4;
const EBP = 5;
const SS = 2;

/** The stack pointer's value that a push or pop addresses by: ESP or SP, by the B bit of SS. */
function stackPointer(l: Lift): Temp {
  return l.and(l.getReg(ESP, 4), l.getSlot('stackMask'));
}

/** `pointer + bytes`, wrapped at the stack's size. */
function stackOffset(l: Lift, pointer: Temp, bytes: Temp): Temp {
  return l.and(l.add(pointer, bytes), l.getSlot('stackMask'));
}

/** ESP with `pointer`, which is already wrapped, in place of the part that a push moves. */
function withStackPointer(l: Lift, pointer: Temp): Temp {
  const mask = l.getSlot('stackMask');
  return l.or(l.and(l.getReg(ESP, 4), l.xor(mask, l.const(-1))), pointer);
}

/** Stores below the stack pointer and then moves it: a fault of the store leaves it alone. */
export function pushValue(l: Lift, size: Size, value: Temp): void {
  const pointer = stackOffset(l, stackPointer(l), l.const(-size));
  l.store(SS, pointer, size, value);
  l.setReg(ESP, 4, withStackPointer(l, pointer));
}

/** Reads the top of the stack; the caller moves the pointer once nothing can fault any more. */
export function peekValue(l: Lift, size: Size): Temp {
  return l.load(SS, stackPointer(l), size);
}

/** ESP after dropping `bytes`. Computed before a segment load that may change the stack's size. */
function droppedStack(l: Lift, bytes: Temp): Temp {
  return withStackPointer(l, stackOffset(l, stackPointer(l), bytes));
}

/** Moves the stack pointer over `bytes`. */
export function dropBytes(l: Lift, bytes: Temp): void {
  l.setReg(ESP, 4, droppedStack(l, bytes));
}

export const push: Semantics = (l) => {
  pushValue(l, l.operandBytes, l.read(0));
};

/**
 * POP r/m. A memory operand addressed by ESP uses its value after the pop: the decoder adds the size to the
 * displacement (SDM vol. 2, POP). POP ESP takes the popped value, so the pointer moves first.
 */
export const pop: Semantics = (l) => {
  const size = l.operandBytes;
  const value = peekValue(l, size);
  if (l.isMemory(0)) {
    l.write(0, value);
    dropBytes(l, l.const(size));
  } else {
    dropBytes(l, l.const(size));
    l.write(0, value);
  }
};

export function pushSegment(register: number): Semantics {
  // With a 32-bit operand processors since the P6 write only the selector's word; earlier ones write zeros above it.
  return (l) => pushValue(l, l.operandBytes, l.selector(register));
}

export function popSegment(register: number): Semantics {
  return (l) => {
    const value = l.zext(peekValue(l, l.operandBytes), 2);
    const stack = droppedStack(l, l.const(l.operandBytes));
    l.call('loadSegment', l.const(register), value);
    l.setReg(ESP, 4, stack);
    if (register === SS) l.call('inhibitInterrupts');
  };
}

export const pusha: Semantics = (l) => {
  l.call('pushAll', l.const(l.operandBytes));
};

export const popa: Semantics = (l) => {
  l.call('popAll', l.const(l.operandBytes));
};

export const pushf: Semantics = (l) => {
  pushValue(l, l.operandBytes, l.call('pushFlagsImage', l.const(l.operandBytes)));
};

export const popf: Semantics = (l) => {
  const image = peekValue(l, l.operandBytes);
  l.call('popFlags', image, l.const(l.operandBytes));
  dropBytes(l, l.const(l.operandBytes));
};

export const enter: Semantics = (l) => {
  l.call('enter', l.zext(l.field('imm'), 2), l.and(l.field('imm2'), l.const(31)), l.const(l.operandBytes));
};

export const leave: Semantics = (l) => {
  const size = l.operandBytes;
  const frame = l.and(l.getReg(EBP, 4), l.getSlot('stackMask'));
  const value = l.load(SS, frame, size);
  l.setReg(ESP, 4, withStackPointer(l, stackOffset(l, frame, l.const(size))));
  l.setReg(EBP, size, value);
};
