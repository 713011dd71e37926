import { assert } from '../base/assert.ts';
import type { RegisterRef, Size } from './micro-op.ts';

/**
 * An operand of a row, in the manual's opcode-map notation (SDM vol. 2D, appendix A.2): a letter for where it is, and
 * one for its size (b byte, w word, d dword, v word or dword by operand size).
 *
 *   E  ModRM register or memory      G  register of ModRM.reg       Z  register in the opcode's low bits
 *   M  ModRM memory only             R  ModRM register only         O  memory at an offset without ModRM
 *   I  immediate                     J  relative target             A  far pointer in the instruction
 *   S  segment register of ModRM.reg C  control register            D  debug register
 */
export type Operand =
  | { readonly kind: 'modrm'; readonly size: Size } // E, R
  | { readonly kind: 'memory'; readonly size: Size } // M, O
  | { readonly kind: 'register'; readonly size: Size; readonly register: RegisterRef } // G, Z, AL, eAX ...
  | { readonly kind: 'immediate'; readonly size: Size } // I, J, A
  | { readonly kind: 'constant'; readonly size: Size; readonly value: number }
  | { readonly kind: 'special'; readonly size: Size }; // S, C, D: semantics name it themselves

const FIXED: Readonly<Record<string, readonly [register: number, size: Size | 'v']>> = {
  AL: [0, 1],
  CL: [1, 1],
  AX: [0, 2],
  DX: [2, 2],
  eAX: [0, 'v'],
};

/** The operands of a row such as `Ev Gv`; `v` is `operandBytes` wide. */
export function parseOperands(text: string, operandBytes: 2 | 4): readonly Operand[] {
  return text === '' ? [] : text.split(' ').map((token) => parseOperand(token, operandBytes));
}

function parseOperand(token: string, operandBytes: 2 | 4): Operand {
  const fixed = FIXED[token];
  if (fixed !== undefined) {
    const size = fixed[1] === 'v' ? operandBytes : fixed[1];
    return { kind: 'register', register: fixed[0], size };
  }
  if (token === 'ST0' || token === 'STi') return { kind: 'special', size: 4 };
  if (token === '1') return { kind: 'constant', size: 1, value: 1 };
  const size = operandSize(token.slice(1), operandBytes);
  switch (token[0]) {
    case 'E':
    case 'R':
      return { kind: 'modrm', size };
    case 'M':
    case 'O':
      return { kind: 'memory', size };
    case 'G':
    case 'Z':
      return { kind: 'register', register: 'reg', size };
    case 'I':
    case 'J':
    case 'A':
      return { kind: 'immediate', size };
    default:
      return { kind: 'special', size };
  }
}

/** `s` after b marks an immediate that is sign-extended to the operand size; `p` and `a` are pairs, sized by their parts. */
function operandSize(letters: string, operandBytes: 2 | 4): Size {
  switch (letters) {
    case 'b':
      return 1;
    case 'w':
      return 2;
    case 'd':
      return 4;
    case 'v':
    case 'bs':
    case 'p':
    case 'a':
    case '':
      return operandBytes;
    case 'q':
    case 't': // 8 and 10 bytes, which helpers read
      return 4;
    default:
      assert(letters === 's', `unknown operand size '${letters}'`);
      return 4;
  }
}
