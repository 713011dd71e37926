import { FLAG_ZF } from '../eflags.ts';
import type { HelperName } from '../helper-names.ts';
import type { Semantics } from '../lift.ts';
import { loadFarPointer } from './branch.ts';

const SS = 2;

/** MOV r/m, Sreg: a register takes it zero-extended, memory takes a word. */
export const movFromSegment: Semantics = (l) => {
  const selector = l.selector('reg');
  if (l.isMemory(0)) l.store('segment', l.address(), 2, selector);
  else l.setReg('rm', l.operandBytes, selector);
};

/** MOV Sreg, r/m. Loading CS this way is an invalid opcode, which the decoder knows. */
export const movToSegment: Semantics = (l) => {
  l.call('loadSegment', l.field('reg'), l.read(1));
};

/** MOV SS, r/m casts an interrupt shadow over the next instruction (SDM vol. 3A, 6.8.3). */
export const movToStackSegment: Semantics = (l) => {
  l.call('loadSegment', l.const(SS), l.read(1));
  l.call('inhibitInterrupts');
};

/** LDS, LES, LSS, LFS, LGS. */
export function loadPointer(register: number): Semantics {
  return (l) => {
    const [selector, offset] = loadFarPointer(l);
    l.call('loadSegment', l.const(register), selector);
    l.setReg('reg', l.operandBytes, offset);
  };
}

/** LAR, LSL: the destination changes only when the helper sets ZF. */
function inspectDescriptor(helper: 'loadAccessRights' | 'loadSegmentLimit'): Semantics {
  return (l) => {
    l.call('requireProtected');
    const value = l.call(helper, l.zext(l.read(1), 2));
    const isValid = l.getBits(FLAG_ZF);
    l.write(0, l.select(isValid, value, l.read(0)));
  };
}

export const lar = inspectDescriptor('loadAccessRights');
export const lsl = inspectDescriptor('loadSegmentLimit');

/** Instructions with a selector as operand that exist in protected mode alone. */
function withSelector(helper: HelperName): Semantics {
  return (l) => {
    l.call('requireProtected');
    l.call(helper, l.read(0));
  };
}

export const verr = withSelector('verifyRead');
export const verw = withSelector('verifyWrite');

/** LLDT, LTR: the privilege is checked before the operand is read. */
function withSystemSelector(helper: HelperName): Semantics {
  return (l) => {
    l.call('requireProtected');
    l.call('requirePrivilege');
    l.call(helper, l.read(0));
  };
}

export const lldt = withSystemSelector('loadLocalTable');
export const ltr = withSystemSelector('loadTask');

function storeSelector(register: number): Semantics {
  return (l) => {
    l.call('requireProtected');
    const selector = l.selector(register);
    if (l.isMemory(0)) l.store('segment', l.address(), 2, selector);
    else l.setReg('rm', l.operandBytes, selector);
  };
}

export const sldt = storeSelector(6);
export const str = storeSelector(7);

/** ARPL: raises the RPL of the destination to that of the source. Memory is stored to only if that changes it. */
export const arpl: Semantics = (l) => {
  l.call('requireProtected');
  if (l.isMemory(0)) {
    l.call('adjustPrivilege', l.field('segment'), l.address(), l.read(1));
    return;
  }
  const a = l.read(0);
  const rpl = l.and(l.read(1), l.const(3));
  const isLower = l.binary('ltu', l.and(a, l.const(3)), rpl);
  l.write(0, l.select(isLower, l.or(l.and(a, l.const(0xfffc)), rpl), a));
  l.setBits(FLAG_ZF, l.shl(isLower, l.const(6)));
};
