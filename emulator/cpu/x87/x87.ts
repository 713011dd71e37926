import { type Float, Float as FloatValue } from '../../fpu/float.ts';
import { FloatContext, INVALID } from '../../fpu/float-context.ts';
import { BY_PRECISION_CONTROL } from '../../fpu/float-format.ts';
import { extendedTop, unpackExtended } from '../../fpu/pack.ts';
import { X87_CONTROL, X87_DATA_SELECTOR, X87_IN_USE, X87_OPCODE, X87_REGISTER, X87_STATUS } from '../state.ts';

/** Status word (SDM vol. 1, 8.1.3); bits 0-5 are the exceptions. */
const STATUS_STACK_FAULT = 0x40;
export const STATUS_SUMMARY = 0x80;
export const STATUS_C0 = 0x100;
export const STATUS_C1 = 0x200;
export const STATUS_C2 = 0x400;
export const STATUS_C3 = 0x4000;
export const STATUS_BUSY = 0x8000;
const STATUS_TOP_SHIFT = 11;
const EXCEPTIONS = 0x3f;
/** The control word keeps the masks, precision, rounding and infinity control; bit 6 reads as 1. */
const CONTROL_KNOWN = 0x1f3f;
const CONTROL_FIXED = 0x40;
export const CONTROL_RESET = 0x40;
export const CONTROL_INITIAL = 0x37f;

/** The x87 unit's registers, and the floats and the context that its instructions work with. */
export class X87 {
  readonly context = new FloatContext(false);
  /** Operands and result of the instruction at hand. */
  readonly a: Float = new FloatValue();
  readonly b: Float = new FloatValue();
  readonly out: Float = new FloatValue();
  /** Condition codes and stack fault of the instruction at hand. */
  conditions = 0;
  /** Condition codes that it doesn't touch. */
  kept = 0;
  private readonly floats: Int32Array;

  constructor(floats: Int32Array) {
    this.floats = floats;
  }

  get control(): number {
    return this.floats[X87_CONTROL];
  }

  set control(value: number) {
    this.floats[X87_CONTROL] = (value & CONTROL_KNOWN) | CONTROL_FIXED;
  }

  get status(): number {
    return this.floats[X87_STATUS];
  }

  /** The summary bits follow from the exceptions and their masks. */
  set status(value: number) {
    const isPending = (value & ~this.control & EXCEPTIONS) !== 0;
    const summary = STATUS_SUMMARY | STATUS_BUSY;
    this.floats[X87_STATUS] = (value & 0xffff & ~summary) | (isPending ? summary : 0);
  }

  /** An unmasked exception that the next waiting instruction reports. */
  get isPending(): boolean {
    return (this.floats[X87_STATUS] & STATUS_SUMMARY) !== 0;
  }

  get top(): number {
    return (this.floats[X87_STATUS] >> STATUS_TOP_SHIFT) & 7;
  }

  set top(value: number) {
    const others = this.floats[X87_STATUS] & ~(7 << STATUS_TOP_SHIFT);
    this.floats[X87_STATUS] = others | ((value & 7) << STATUS_TOP_SHIFT);
  }

  /** Sets rounding, precision and masks for an instruction, and forgets what the last one raised. */
  begin(): void {
    const { context, control } = this;
    context.flags = 0;
    context.isRoundedUp = false;
    context.rounding = (control >> 10) & 3;
    context.masks = control & EXCEPTIONS;
    context.format = BY_PRECISION_CONTROL[(control >> 8) & 3];
    this.conditions = 0;
    this.kept = 0;
  }

  /** Ends an instruction: exceptions stick, C1 says whether the result was rounded up. */
  end(): void {
    const { context } = this;
    const roundedUp = context.isRoundedUp ? STATUS_C1 : 0;
    this.status = (this.status & ~(STATUS_C1 & ~this.kept)) | context.flags | this.conditions | roundedUp;
  }

  /** FNINIT. The registers keep their contents, but are empty. */
  initialise(): void {
    const { floats } = this;
    this.control = CONTROL_INITIAL;
    floats[X87_STATUS] = 0;
    floats[X87_IN_USE] = 0;
    floats.fill(0, X87_OPCODE, X87_DATA_SELECTOR + 1);
  }

  /** FNCLEX. */
  clearExceptions(): void {
    this.floats[X87_STATUS] &= ~(EXCEPTIONS | STATUS_STACK_FAULT | STATUS_SUMMARY | STATUS_BUSY);
  }

  /** FLDCW: exceptions that it unmasks are pending at once. */
  loadControl(value: number): void {
    this.control = value;
    this.status = this.floats[X87_STATUS];
  }

  clear(conditions: number): void {
    this.floats[X87_STATUS] &= ~conditions;
  }

  clearC2(): void {
    this.clear(STATUS_C2);
  }

  /** Replaces the condition codes. */
  setConditions(value: number): void {
    this.floats[X87_STATUS] &= ~(STATUS_C0 | STATUS_C1 | STATUS_C2 | STATUS_C3);
    this.conditions |= value;
  }

  // ---- registers, by their place on the stack

  isEmpty(index: number): boolean {
    return (this.floats[X87_IN_USE] & (1 << ((this.top + index) & 7))) === 0;
  }

  setEmpty(index: number): void {
    this.floats[X87_IN_USE] &= ~(1 << ((this.top + index) & 7));
  }

  /** First of the three slots of ST(index). */
  slotOf(index: number): number {
    return X87_REGISTER + 3 * ((this.top + index) & 7);
  }

  read(index: number, x: Float): void {
    const slot = this.slotOf(index);
    unpackExtended(x, this.floats[slot], this.floats[slot + 1], this.floats[slot + 2]);
  }

  /** Low and high word of the significand, then sign and exponent. */
  bits(index: number): readonly [lo: number, hi: number, top: number] {
    const slot = this.slotOf(index);
    return [this.floats[slot], this.floats[slot + 1], this.floats[slot + 2]];
  }

  write(index: number, x: Float): void {
    const isNumberless = x.kind === 0;
    this.writeBits(index, isNumberless ? 0 : x.lo, isNumberless ? 0 : x.hi, extendedTop(x));
  }

  writeBits(index: number, lo: number, hi: number, top: number): void {
    const slot = this.slotOf(index);
    this.floats[slot] = lo;
    this.floats[slot + 1] = hi;
    this.floats[slot + 2] = top;
    this.floats[X87_IN_USE] |= 1 << ((this.top + index) & 7);
  }

  push(x: Float): void {
    this.top--;
    this.write(0, x);
  }

  pop(): void {
    this.setEmpty(0);
    this.top++;
  }

  // ---- stack faults

  /** A register that should hold something is empty. True when the exception is masked: the indefinite comes in its place. */
  underflow(): boolean {
    return this.stackFault(0);
  }

  /** A register that should be empty isn't. */
  overflow(): boolean {
    return this.stackFault(STATUS_C1);
  }

  private stackFault(c1: number): boolean {
    this.context.raise(INVALID);
    this.conditions |= STATUS_STACK_FAULT | c1;
    return (this.context.masks & INVALID) !== 0;
  }
}
