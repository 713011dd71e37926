import type { X87Arithmetic, X87Constant, X87Control, X87Function, X87Operation, X87Place } from './x87-operation.ts';

/**
 * An x87 instruction: 'D8 /0' is the member of a group with its operand in memory, 'D8 C0+i' the eight ModRM bytes from C0 on
 * with the stack register in the low bits, 'D9 E0' one of them. Source: SDM vol. 2D, A.5; the aliases at DC D0, DC D8, DD
 * C8, DE D0, DF C0, DF C8, DF D0, DF D8 and D9 D8, which processors since the 8087 execute, by their older names.
 */
export interface X87Row {
  readonly opcode: string;
  readonly mnemonic: string;
  readonly operands: string;
  readonly operation: X87Operation;
}

function row(opcode: string, mnemonic: string, operands: string, operation: X87Operation): X87Row {
  return { opcode, mnemonic, operands, operation };
}

const ARITHMETIC: readonly (readonly [digit: number, name: string, what: X87Arithmetic, prefix: string])[] = [
  [0, 'add', 'add', 'C0'],
  [1, 'mul', 'multiply', 'C8'],
  [4, 'sub', 'subtract', 'E0'],
  [5, 'subr', 'subtractReversed', 'E8'],
  [6, 'div', 'divide', 'F0'],
  [7, 'divr', 'divideReversed', 'F8'],
];
/** DC and DE name the reversed forms first: what they compute is seen from ST(i). */
const WITH_REGISTER_RESULT = ['C0', 'C8', 'E8', 'E0', 'F8', 'F0'];

function arithmeticRows(): X87Row[] {
  return ARITHMETIC.flatMap(([digit, name, what, modrm], index) => {
    const from = (source: X87Place): X87Operation => ({
      kind: 'arithmetic',
      function: what,
      source,
      isReverse: false,
      pops: false,
    });
    const into = (pops: boolean): X87Operation => ({
      kind: 'arithmetic',
      function: what,
      source: 'register',
      isReverse: true,
      pops,
    });
    const other = WITH_REGISTER_RESULT[index];
    return [
      row(`D8 /${digit}`, `f${name}`, 'Md', from('single')),
      row(`DC /${digit}`, `f${name}`, 'Mq', from('double')),
      row(`DA /${digit}`, `fi${name}`, 'Md', from('int32')),
      row(`DE /${digit}`, `fi${name}`, 'Mw', from('int16')),
      row(`D8 ${modrm}+i`, `f${name}`, 'ST0 STi', from('register')),
      row(`DC ${other}+i`, `f${name}`, 'STi ST0', into(false)),
      row(`DE ${other}+i`, `f${name}p`, 'STi ST0', into(true)),
    ];
  });
}

function comparison(
  source: X87Place,
  pops: 0 | 1 | 2,
  isOrdered = true,
  into: 'status' | 'eflags' = 'status',
): X87Operation {
  return { kind: 'compare', source, pops, isOrdered, into };
}

function load(source: X87Place): X87Operation {
  return { kind: 'load', source };
}

function store(target: X87Place, pops: boolean): X87Operation {
  return { kind: 'store', target, pops };
}

function truncate(target: X87Place): X87Operation {
  return { kind: 'store', target, pops: true, isTruncating: true };
}

function constant(name: X87Constant): X87Operation {
  return { kind: 'constant', constant: name };
}

function call(name: X87Function): X87Operation {
  return { kind: 'function', function: name };
}

function control(name: X87Control): X87Operation {
  return { kind: 'control', control: name };
}

function move(condition: number): X87Operation {
  return { kind: 'conditionalMove', condition };
}

const EXCHANGE: X87Operation = { kind: 'exchange' };
// Condition codes of Jcc: below, equal, below or equal, parity (unordered); odd ones are negations.
const [B, NB, E, NE, BE, NBE, U, NU] = [2, 3, 4, 5, 6, 7, 10, 11];

/** Every x87 instruction; its number in this list is what its micro-op carries. */
export const X87_ROWS: readonly X87Row[] = [
  row('9B', 'wait', '', control('wait')),
  ...arithmeticRows(),
  row('D8 /2', 'fcom', 'Md', comparison('single', 0)),
  row('D8 /3', 'fcomp', 'Md', comparison('single', 1)),
  row('DC /2', 'fcom', 'Mq', comparison('double', 0)),
  row('DC /3', 'fcomp', 'Mq', comparison('double', 1)),
  row('DA /2', 'ficom', 'Md', comparison('int32', 0)),
  row('DA /3', 'ficomp', 'Md', comparison('int32', 1)),
  row('DE /2', 'ficom', 'Mw', comparison('int16', 0)),
  row('DE /3', 'ficomp', 'Mw', comparison('int16', 1)),
  row('D8 D0+i', 'fcom', 'STi', comparison('register', 0)),
  row('D8 D8+i', 'fcomp', 'STi', comparison('register', 1)),
  row('DC D0+i', 'fcom2', 'STi', comparison('register', 0)),
  row('DC D8+i', 'fcomp3', 'STi', comparison('register', 1)),
  row('DE D0+i', 'fcomp5', 'STi', comparison('register', 1)),
  row('DE D9', 'fcompp', '', comparison('register', 2)),
  row('DD E0+i', 'fucom', 'STi', comparison('register', 0, false)),
  row('DD E8+i', 'fucomp', 'STi', comparison('register', 1, false)),
  row('DA E9', 'fucompp', '', comparison('register', 2, false)),
  row('DB E8+i', 'fucomi', 'ST0 STi', comparison('register', 0, false, 'eflags')), // P6
  row('DB F0+i', 'fcomi', 'ST0 STi', comparison('register', 0, true, 'eflags')), // P6
  row('DF E8+i', 'fucomip', 'ST0 STi', comparison('register', 1, false, 'eflags')), // P6
  row('DF F0+i', 'fcomip', 'ST0 STi', comparison('register', 1, true, 'eflags')), // P6
  row('D9 /0', 'fld', 'Md', load('single')),
  row('DD /0', 'fld', 'Mq', load('double')),
  row('DB /5', 'fld', 'Mt', load('extended')),
  row('DF /0', 'fild', 'Mw', load('int16')),
  row('DB /0', 'fild', 'Md', load('int32')),
  row('DF /5', 'fild', 'Mq', load('int64')),
  row('DF /4', 'fbld', 'Mt', load('decimal')),
  row('D9 C0+i', 'fld', 'STi', load('register')),
  row('D9 /2', 'fst', 'Md', store('single', false)),
  row('D9 /3', 'fstp', 'Md', store('single', true)),
  row('DD /2', 'fst', 'Mq', store('double', false)),
  row('DD /3', 'fstp', 'Mq', store('double', true)),
  row('DB /7', 'fstp', 'Mt', store('extended', true)),
  row('DF /1', 'fisttp', 'Mw', truncate('int16')), // SSE3
  row('DB /1', 'fisttp', 'Md', truncate('int32')),
  row('DD /1', 'fisttp', 'Mq', truncate('int64')),
  row('DF /2', 'fist', 'Mw', store('int16', false)),
  row('DF /3', 'fistp', 'Mw', store('int16', true)),
  row('DB /2', 'fist', 'Md', store('int32', false)),
  row('DB /3', 'fistp', 'Md', store('int32', true)),
  row('DF /7', 'fistp', 'Mq', store('int64', true)),
  row('DF /6', 'fbstp', 'Mt', store('decimal', true)),
  row('DD D0+i', 'fst', 'STi', store('register', false)),
  row('DD D8+i', 'fstp', 'STi', store('register', true)),
  row('D9 D8+i', 'fstp1', 'STi', { kind: 'store', target: 'register', pops: true, isLenient: true }),
  row('DF D0+i', 'fstp8', 'STi', store('register', true)),
  row('DF D8+i', 'fstp9', 'STi', store('register', true)),
  row('D9 C8+i', 'fxch', 'STi', EXCHANGE),
  row('DD C8+i', 'fxch4', 'STi', EXCHANGE),
  row('DF C8+i', 'fxch7', 'STi', EXCHANGE),
  row('DA C0+i', 'fcmovb', 'ST0 STi', move(B)), // FCMOVcc: P6
  row('DA C8+i', 'fcmove', 'ST0 STi', move(E)),
  row('DA D0+i', 'fcmovbe', 'ST0 STi', move(BE)),
  row('DA D8+i', 'fcmovu', 'ST0 STi', move(U)),
  row('DB C0+i', 'fcmovnb', 'ST0 STi', move(NB)),
  row('DB C8+i', 'fcmovne', 'ST0 STi', move(NE)),
  row('DB D0+i', 'fcmovnbe', 'ST0 STi', move(NBE)),
  row('DB D8+i', 'fcmovnu', 'ST0 STi', move(NU)),
  row('D9 E8', 'fld1', '', constant('one')),
  row('D9 E9', 'fldl2t', '', constant('log2Ten')),
  row('D9 EA', 'fldl2e', '', constant('log2E')),
  row('D9 EB', 'fldpi', '', constant('pi')),
  row('D9 EC', 'fldlg2', '', constant('log10Two')),
  row('D9 ED', 'fldln2', '', constant('lnTwo')),
  row('D9 EE', 'fldz', '', constant('zero')),
  row('D9 E0', 'fchs', '', call('changeSign')),
  row('D9 E1', 'fabs', '', call('absolute')),
  row('D9 E4', 'ftst', '', call('test')),
  row('D9 E5', 'fxam', '', call('examine')),
  row('D9 F0', 'f2xm1', '', call('power')),
  row('D9 F1', 'fyl2x', '', call('logarithm')),
  row('D9 F2', 'fptan', '', call('tangent')),
  row('D9 F3', 'fpatan', '', call('arctangent')),
  row('D9 F4', 'fxtract', '', call('extract')),
  row('D9 F5', 'fprem1', '', call('remainderNearest')),
  row('D9 F8', 'fprem', '', call('remainder')),
  row('D9 F9', 'fyl2xp1', '', call('logarithmPlusOne')),
  row('D9 FA', 'fsqrt', '', call('squareRoot')),
  row('D9 FB', 'fsincos', '', call('sineCosine')),
  row('D9 FC', 'frndint', '', call('round')),
  row('D9 FD', 'fscale', '', call('scale')),
  row('D9 FE', 'fsin', '', call('sine')),
  row('D9 FF', 'fcos', '', call('cosine')),
  row('D9 D0', 'fnop', '', control('nothing')),
  row('D9 F6', 'fdecstp', '', control('decrementTop')),
  row('D9 F7', 'fincstp', '', control('incrementTop')),
  row('DD C0+i', 'ffree', 'STi', control('free')),
  row('DF C0+i', 'ffreep', 'STi', control('freeAndPop')),
  row('D9 /4', 'fldenv', 'M', control('loadEnvironment')),
  row('D9 /5', 'fldcw', 'Mw', control('loadControl')),
  row('D9 /6', 'fnstenv', 'M', control('storeEnvironment')),
  row('D9 /7', 'fnstcw', 'Mw', control('storeControl')),
  row('DD /4', 'frstor', 'M', control('restore')),
  row('DD /6', 'fnsave', 'M', control('save')),
  row('DD /7', 'fnstsw', 'Mw', control('storeStatus')),
  row('DF E0', 'fnstsw', 'AX', control('statusToAx')),
  row('DB E0', 'fneni', '', control('ignore')), // of the 8087
  row('DB E1', 'fndisi', '', control('ignore')),
  row('DB E2', 'fnclex', '', control('clearExceptions')),
  row('DB E3', 'fninit', '', control('initialise')),
  row('DB E4', 'fnsetpm', '', control('ignore')), // of the 287
];
