import type { X87Control, X87Operation } from '../../isa/x87-operation.ts';
import { X87_ROWS } from '../../isa/x87-rows.ts';
import { CR0_EM, CR0_MP, CR0_NE, CR0_TS, VECTOR_MF, VECTOR_NM } from '../constants.ts';
import type { Cpu } from '../cpu.ts';
import * as S from '../state.ts';
import { arithmetic } from './arithmetic.ts';
import { comparison } from './comparison.ts';
import { constantBits } from './constants.ts';
import { CONTROLS } from './control.ts';
import { FUNCTIONS } from './functions.ts';
import { conditionalMove, exchange, load, store } from './transfer.ts';
import type { X87 } from './x87.ts';

const OPERATIONS = X87_ROWS.map(({ operation }) => operation);
/** The low three bits of each row's first byte: what the opcode register keeps of it. */
const ESCAPES = X87_ROWS.map(({ opcode }) => Number.parseInt(opcode.slice(0, 2), 16) & 7);
/** Control instructions that report no pending exception first (FNINIT and the other FN...). */
const NOT_WAITING: ReadonlySet<X87Control> = new Set<X87Control>([
  'initialise',
  'clearExceptions',
  'ignore',
  'storeControl',
  'storeStatus',
  'statusToAx',
  'storeEnvironment',
  'save',
]);

/** Those that don't compute, but count as the last instruction for exception handlers. */
const NOTED: ReadonlySet<X87Control> = new Set<X87Control>([
  'nothing',
  'decrementTop',
  'incrementTop',
  'free',
  'freeAndPop',
]);

/**
 * An x87 instruction: `what` is its row in X87_ROWS, and the operand size above 16 bits. Source: SDM vol. 1, chapter 8, and
 * vol. 2. Faults of the memory operand come before anything changes.
 */
export function x87(cpu: Cpu, what: number, modrm: number, segment: number, offset: number): void {
  const row = what & 0xffff;
  const operation = OPERATIONS[row];
  const unit = cpu.x87;
  if (!isAvailable(cpu, operation) || !isReady(cpu, unit, operation)) return;
  cpu.floatsChange();
  if (operation.kind === 'control') {
    CONTROLS[operation.control](cpu, unit, { index: modrm & 7, size: what >> 16 === 2 ? 2 : 4, segment, offset });
    if (!cpu.isFaulted && !unit.isPending) cpu.numericError?.clear();
    if (NOTED.has(operation.control)) notePlace(cpu, (ESCAPES[row] << 8) | modrm, false, segment, offset);
    return;
  }
  unit.begin();
  compute(cpu, unit, operation, modrm & 7, segment, offset);
  if (cpu.isFaulted) return;
  unit.end();
  notePlace(cpu, (ESCAPES[row] << 8) | modrm, modrm < 0xc0, segment, offset);
}

/** #NM (SDM vol. 3A, table 2-2). */
function isAvailable(cpu: Cpu, operation: X87Operation): boolean {
  const cr0 = cpu.s[S.CR0];
  const isWait = operation.kind === 'control' && operation.control === 'wait';
  const isTrapped = isWait ? (cr0 & (CR0_MP | CR0_TS)) === (CR0_MP | CR0_TS) : (cr0 & (CR0_EM | CR0_TS)) !== 0;
  if (isTrapped) cpu.raise(VECTOR_NM);
  return !isTrapped;
}

function isReady(cpu: Cpu, unit: X87, operation: X87Operation): boolean {
  const isWaiting = operation.kind !== 'control' || !NOT_WAITING.has(operation.control);
  return !isWaiting || reportPending(cpu, unit);
}

/**
 * Reports an exception that an earlier instruction left: #MF, or with CR0.NE = 0 the interrupt that the FERR# pin makes
 * outside, for which the instruction waits (SDM vol. 1, 8.7). True when there is none, or it is to be ignored (IGNNE#).
 */
export function reportPending(cpu: Cpu, unit: X87): boolean {
  if (!unit.isPending) return true;
  if ((cpu.s[S.CR0] & CR0_NE) !== 0) cpu.raise(VECTOR_MF);
  else if (cpu.numericError === undefined || cpu.numericError.raise()) return true;
  else cpu.raise(S.WAIT);
  return false;
}

function compute(
  cpu: Cpu,
  unit: X87,
  operation: Exclude<X87Operation, { kind: 'control' }>,
  index: number,
  segment: number,
  offset: number,
): void {
  switch (operation.kind) {
    case 'arithmetic':
      arithmetic(cpu, unit, operation, index, segment, offset);
      return;
    case 'compare':
      comparison(cpu, unit, operation, index, segment, offset);
      return;
    case 'load':
      load(cpu, unit, operation, index, segment, offset);
      return;
    case 'store':
      store(cpu, unit, operation, index, segment, offset);
      return;
    case 'exchange':
      exchange(unit, index);
      return;
    case 'conditionalMove':
      conditionalMove(cpu, unit, operation.condition, index);
      return;
    case 'constant':
      loadConstant(unit, operation);
      return;
    default:
      FUNCTIONS[operation.function](unit);
  }
}

function loadConstant(unit: X87, { constant }: Extract<X87Operation, { kind: 'constant' }>): void {
  if (!unit.isEmpty(-1)) {
    if (!unit.overflow()) return;
    unit.out.setIndefinite();
    unit.push(unit.out);
    return;
  }
  unit.top--;
  unit.writeBits(0, ...constantBits(constant, unit.context));
}

/** Opcode, place and operand of the last instruction that isn't control, for exception handlers. */
function notePlace(cpu: Cpu, opcode: number, hasMemory: boolean, segment: number, offset: number): void {
  const { floats } = cpu.state;
  floats[S.X87_OPCODE] = opcode;
  floats[S.X87_CODE_OFFSET] = cpu.s[S.EIP];
  floats[S.X87_CODE_SELECTOR] = cpu.s[S.SELECTOR + S.CS];
  if (!hasMemory) return;
  floats[S.X87_DATA_OFFSET] = offset;
  floats[S.X87_DATA_SELECTOR] = cpu.s[S.SELECTOR + segment];
}
