import { CS, EIP, FAULT, LAZY_A, LAZY_B, LAZY_KIND, LAZY_RESULT, LIMIT, NO_FAULT, SELECTOR } from '../cpu/state.ts';
import { flagsCode, keepsCarry } from '../isa/flags.ts';
import type { Form } from '../isa/form.ts';
import { HELPERS } from '../isa/helper-names.ts';
import type { MicroOp, RegisterRef, SegmentRef, Size } from '../isa/micro-op.ts';
import { SLOTS } from './slots.ts';

/**
 * Lowers a form to the body of a JavaScript function. Its parameters: S the state's i32, M the Access, H the helper
 * bodies, C the Cpu, R runtime functions (flags, conditions), i the Insn.
 */
export function lowerToJavaScript(form: Form): string {
  const lines = form.ops.map(lower);
  const last = form.ops.at(-1);
  const isMoving =
    last !== undefined && (last.op === 'jump' || (last.op === 'call' && 'moves' in HELPERS[last.helper]));
  if (!isMoving) lines.push(NEXT);
  return lines.join('\n');
}

const NEXT = `S[${EIP}] = S[${EIP}] + i.length;`;
const RETURN_IF_FAULTED = `if (S[${FAULT}] !== ${NO_FAULT}) return;`;

function lower(op: MicroOp): string {
  switch (op.op) {
    case 'const':
      return `const t${op.d} = ${op.value};`;
    case 'field':
      return `const t${op.d} = i.${op.name};`;
    case 'eip':
      return `const t${op.d} = S[${EIP}];`;
    case 'next':
      return `const t${op.d} = (S[${EIP}] + i.length) | 0;`;
    case 'getreg':
      return `const t${op.d} = ${getRegister(op.from, op.size)};`;
    case 'setreg':
      return setRegister(op.to, op.size, `t${op.a}`);
    case 'getslot':
      return `const t${op.d} = S[${SLOTS[op.slot]}];`;
    case 'selector':
      return `const t${op.d} = S[${SELECTOR} + ${op.of === 'reg' ? 'i.reg' : op.of}];`;
    case 'ea':
      return `const t${op.d} = (S[i.base] + (S[i.index] << i.scale) + i.disp) ${op.addressBytes === 2 ? '& 65535' : '| 0'};`;
    case 'sext':
      return `const t${op.d} = (t${op.a} << ${32 - 8 * op.size}) >> ${32 - 8 * op.size};`;
    case 'zext':
      return `const t${op.d} = t${op.a} & ${op.size === 1 ? 255 : 65535};`;
    case 'ctz':
      return `const t${op.d} = t${op.a} === 0 ? 32 : 31 - Math.clz32(t${op.a} & -t${op.a});`;
    case 'clz':
      return `const t${op.d} = Math.clz32(t${op.a});`;
    case 'select':
      return `const t${op.d} = t${op.c} !== 0 ? t${op.a} : t${op.b};`;
    case 'load':
    case 'store':
    case 'probe':
      return lowerMemory(op);
    case 'flags': {
      const set = setLazyFlags(flagsCode(op.kind, op.size), `t${op.r}`, `t${op.a}`, `t${op.b}`);
      return op.c === undefined ? set : `if (t${op.c} !== 0) { ${set} }`;
    }
    case 'setbits': {
      const set = `R.setFlagBits(S, ${op.mask}, t${op.a});`;
      return op.c === undefined ? set : `if (t${op.c} !== 0) ${set}`;
    }
    case 'getbits':
      return `const t${op.d} = R.getFlagBits(S, ${op.mask});`;
    case 'cond':
      return `const t${op.d} = R.${CONDITIONS[op.code >> 1]}(S) ^ ${op.code & 1};`;
    default:
      return lowerFlow(op);
  }
}

/** Runtime functions for the condition codes (SDM vol. 1, appendix B), each of which has a negation. */
const CONDITIONS = ['overflow', 'below', 'zero', 'belowOrEqual', 'sign', 'parity', 'less', 'lessOrEqual'] as const;

/** What the flags are to be computed from, should anybody look (see cpu/flags/lazy-flags.ts). */
function setLazyFlags(code: number, r: string, a: string, b: string): string {
  const compute = keepsCarry(code) ? 'R.settleCarry(S); ' : '';
  return `${compute}S[${LAZY_KIND}] = ${code}; S[${LAZY_RESULT}] = ${r}; S[${LAZY_A}] = ${a}; S[${LAZY_B}] = ${b};`;
}

type FlowOp = Extract<MicroOp, { op: 'endif' | 'checkip' | 'jump' | 'jumpif' | 'raiseif' | 'call' }>;
type ArithmeticOp = Exclude<Extract<MicroOp, { d: number; a: number; b: number }>, { c: number }>;

function lowerFlow(op: FlowOp | ArithmeticOp): string {
  switch (op.op) {
    case 'endif':
      return `if (t${op.c} !== 0) { ${NEXT} return; }`;
    case 'checkip': {
      const isTaken = op.c === undefined ? '' : `t${op.c} !== 0 && `;
      return `if (${isTaken}(t${op.a} >>> 0) > (S[${LIMIT + CS}] >>> 0)) { C.raise(13, 0); return; }`;
    }
    case 'jump':
      return `S[${EIP}] = t${op.a};`;
    case 'jumpif':
      return `if (t${op.c} !== 0) { S[${EIP}] = t${op.a}; return; }`;
    case 'raiseif':
      return `if (t${op.c} !== 0) { C.raise(${op.vector}, ${op.errorCode}); return; }`;
    case 'call': {
      const args = [0, 1, 2, 3].map((index) => (index < op.args.length ? `t${op.args[index]}` : '0')).join(', ');
      const call = `const t${op.d} = H.${op.helper}(C, ${args});`;
      return 'faults' in HELPERS[op.helper] ? `${call} ${RETURN_IF_FAULTED}` : call;
    }
    default:
      return `const t${op.d} = ${arithmetic(op)};`;
  }
}

function lowerMemory(op: Extract<MicroOp, { op: 'load' | 'store' | 'probe' }>): string {
  const at = `${segment(op.segment)}, t${op.offset}`;
  const bits = 8 * op.size;
  if (op.op === 'store') return `M.write${bits}(${at}, t${op.a}); ${RETURN_IF_FAULTED}`;
  if (op.op === 'probe') return `M.probeWrite(${at}, ${op.size}); ${RETURN_IF_FAULTED}`;
  if (op.isForWrite) return `const t${op.d} = M.readForWrite(${at}, ${op.size}); ${RETURN_IF_FAULTED}`;
  return `const t${op.d} = M.read${bits}(${at}); ${RETURN_IF_FAULTED}`;
}

function segment(ref: SegmentRef): string {
  return ref === 'segment' ? 'i.segment' : String(ref);
}

function register(ref: RegisterRef): string {
  return typeof ref === 'number' ? String(ref) : `i.${ref}`;
}

function getRegister(ref: RegisterRef, size: Size): string {
  const number = register(ref);
  if (size === 4) return `S[${number}]`;
  if (size === 2) return `S[${number}] & 65535`;
  if (typeof ref === 'number') return ref < 4 ? `S[${ref}] & 255` : `(S[${ref - 4}] >> 8) & 255`;
  return `(S[${number} & 3] >> ((${number} & 4) << 1)) & 255`;
}

function setRegister(ref: RegisterRef, size: Size, value: string): string {
  const number = register(ref);
  if (size === 4) return `S[${number}] = ${value};`;
  if (size === 2) return `S[${number}] = (S[${number}] & -65536) | (${value} & 65535);`;
  return `R.setByteRegister(S, ${number}, ${value});`;
}

function arithmetic(op: ArithmeticOp): string {
  const a = `t${op.a}`;
  const b = `t${op.b}`;
  switch (op.op) {
    case 'add':
      return `(${a} + ${b}) | 0`;
    case 'sub':
      return `(${a} - ${b}) | 0`;
    case 'mul':
      return `Math.imul(${a}, ${b})`;
    case 'mulhu':
      return `R.multiplyHighUnsigned(${a}, ${b})`;
    case 'mulhs':
      return `R.multiplyHighSigned(${a}, ${b})`;
    case 'remu':
      return `((${a} >>> 0) % (${b} >>> 0)) | 0`;
    case 'and':
      return `${a} & ${b}`;
    case 'or':
      return `${a} | ${b}`;
    case 'xor':
      return `${a} ^ ${b}`;
    case 'shl':
      return `${a} << ${b}`;
    case 'shr':
      return `(${a} >>> ${b}) | 0`;
    case 'sar':
      return `${a} >> ${b}`;
    case 'eq':
      return `${a} === ${b} ? 1 : 0`;
    case 'ne':
      return `${a} !== ${b} ? 1 : 0`;
    case 'ltu':
      return `(${a} >>> 0) < (${b} >>> 0) ? 1 : 0`;
    default:
      return `${a} < ${b} ? 1 : 0`;
  }
}
