import { RIGHTS_BIG } from '../../cpu/segments/segment-cache.ts';
import * as S from '../../cpu/state.ts';

/** The state that compiled code takes for granted: it is used only while the processor is in the same mode. */
export interface Mode {
  readonly codeBase: number;
  readonly codeLimit: number; // unsigned
  readonly is32: boolean;
  readonly stackMask: number;
  readonly needRead: number;
  readonly needWrite: number;
  /** Bit r: segment register r has base 0 and may be read (written) at every offset. */
  readonly flatRead: number;
  readonly flatWrite: number;
}

const FLAT_LIMIT = 0xffffffff;
const SEGMENTS = 6;
const RECENT = 4;

/** Tells modes apart. There are only ever a few, so each is made once and compared by identity. */
export class Modes {
  private readonly s: Int32Array;
  private readonly f: Float64Array;
  private readonly known = new Map<string, Mode>();
  /** The latest ones, since a real-mode guest goes to the BIOS and back all the time. */
  private readonly recent: Mode[] = [];
  private oldest = 0;

  constructor({ i32, f64 }: S.CpuState) {
    this.s = i32;
    this.f = f64;
  }

  current(): Mode {
    const flat = this.flatSegments();
    const is32 = (this.s[S.RIGHTS + S.CS] & RIGHTS_BIG) !== 0;
    for (const mode of this.recent) {
      if (this.isStill(mode, flat, is32)) return mode;
    }
    const mode = this.find(flat, is32);
    this.recent[this.oldest] = mode;
    this.oldest = (this.oldest + 1) % RECENT;
    return mode;
  }

  private find(flat: number, is32: boolean): Mode {
    const { s } = this;
    const key = `${s[S.BASE + S.CS]} ${s[S.LIMIT + S.CS]} ${is32} ${s[S.STACK_MASK]} ${s[S.NEED_READ]} ${flat}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const mode = {
      codeBase: s[S.BASE + S.CS],
      codeLimit: s[S.LIMIT + S.CS] >>> 0,
      is32,
      stackMask: s[S.STACK_MASK],
      needRead: s[S.NEED_READ],
      needWrite: s[S.NEED_WRITE],
      flatRead: flat & 0xff,
      flatWrite: flat >> 8,
    };
    this.known.set(key, mode);
    return mode;
  }

  private isStill(mode: Mode, flat: number, is32: boolean): boolean {
    const { s } = this;
    return (
      s[S.BASE + S.CS] === mode.codeBase &&
      s[S.LIMIT + S.CS] >>> 0 === mode.codeLimit &&
      s[S.STACK_MASK] === mode.stackMask &&
      s[S.NEED_READ] === mode.needRead &&
      is32 === mode.is32 &&
      flat === (mode.flatRead | (mode.flatWrite << 8))
    );
  }

  private flatSegments(): number {
    const { s, f } = this;
    let flat = 0;
    for (let segment = 0; segment < SEGMENTS; segment++) {
      if (s[S.BASE + segment] !== 0) continue;
      if (f[S.F_READ_LIMIT + segment] === FLAT_LIMIT) flat |= 1 << segment;
      if (f[S.F_WRITE_LIMIT + segment] === FLAT_LIMIT) flat |= 256 << segment;
    }
    return flat;
  }
}
