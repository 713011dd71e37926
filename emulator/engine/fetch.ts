import { VECTOR_GP, VECTOR_UD } from '../cpu/constants.ts';
import type { Cpu } from '../cpu/cpu.ts';
import * as S from '../cpu/state.ts';
import { decode, MAX_INSN_BYTES } from '../isa/decode.ts';
import type { Insn } from '../isa/insn.ts';

/** Reads and decodes instructions where the guest's CS:EIP is. */
export class Fetcher {
  private readonly cpu: Cpu;
  private readonly bytes = new Uint8Array(MAX_INSN_BYTES);

  constructor(cpu: Cpu) {
    this.cpu = cpu;
  }

  /** Does the code segment hold 32-bit code? */
  get is32(): boolean {
    return this.cpu.is32;
  }

  /**
   * Decodes the instruction at CS:EIP, page by page: bytes of the next page are looked at only if the instruction
   * reaches there. Undefined after raising a fault (#PF, #GP for the segment limit or the length, #UD).
   */
  next(): Insn | undefined {
    const { cpu, bytes } = this;
    const { s } = cpu;
    const eip = s[S.EIP] >>> 0;
    const limit = s[S.LIMIT + S.CS] >>> 0;
    const inSegment = Math.min(MAX_INSN_BYTES, limit - eip + 1);
    const linear = (s[S.BASE + S.CS] + eip) | 0;
    let available = 0;
    while (available < inSegment) {
      const part = (linear + available) | 0;
      const physical = cpu.access.translation.translate(part, s[S.NEED_READ]);
      if (physical < 0) return undefined;
      const onPage = Math.min(inSegment - available, 4096 - (part & 0xfff));
      for (let i = 0; i < onPage; i++) bytes[available + i] = cpu.pins.memory.read8((physical + i) >>> 0);
      available += onPage;
      const decoded = decode(bytes, available, this.is32);
      if (decoded === 'short') continue;
      return this.accept(decoded);
    }
    cpu.raise(VECTOR_GP, 0);
    return undefined;
  }

  private accept(decoded: Insn | 'long' | 'invalid'): Insn | undefined {
    if (decoded === 'long') this.cpu.raise(VECTOR_GP, 0);
    else if (decoded === 'invalid') this.cpu.raise(VECTOR_UD);
    else return decoded;
    return undefined;
  }
}
