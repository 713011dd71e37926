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
/** Bits of a place among the latest modes. */
const PLACE_BITS = 8;

/** Tells modes apart. There are only ever a few, so each is made once and compared by identity. */
export class Modes {
  private readonly s: Int32Array;
  private readonly f: Float64Array;
  private readonly known = new Map<string, Mode>();
  /** The latest ones by a hash: a guest that calls the BIOS from protected mode goes through a dozen each time. */
  private readonly recent: (Mode | undefined)[] = new Array<Mode | undefined>(1 << PLACE_BITS).fill(undefined);

  constructor({ i32, f64 }: S.CpuState) {
    this.s = i32;
    this.f = f64;
  }

  current(): Mode {
    const flat = this.flatSegments();
    const is32 = (this.s[S.RIGHTS + S.CS] & RIGHTS_BIG) !== 0;
    const place = this.placeOf(flat, is32);
    const latest = this.recent[place];
    if (latest !== undefined && this.isStill(latest, flat, is32)) return latest;
    const mode = this.find(flat, is32);
    this.recent[place] = mode;
    return mode;
  }

  private placeOf(flat: number, is32: boolean): number {
    const { s } = this;
    let hash = Math.imul(flat + 1, 0x9e37_79b1) ^ s[S.BASE + S.CS];
    hash = Math.imul(hash ^ (hash >>> 15), 0x85eb_ca6b) ^ s[S.LIMIT + S.CS];
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35) ^ (s[S.STACK_MASK] << 1) ^ s[S.NEED_READ];
    return Math.imul(is32 ? ~hash : hash, 0x9e37_79b1) >>> (32 - PLACE_BITS);
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
