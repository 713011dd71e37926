import type { Cpu } from '../../cpu/cpu.ts';
import * as S from '../../cpu/state.ts';
import type { WriteLog } from '../../memory/write-log.ts';
import type { WatchTable } from '../watch-table.ts';
import { LoopProof, type LoopProofState } from './loop-proof.ts';
import { isAgainAt, type Moment, takeMoment } from './moment.ts';

const FIRST_WINDOW = 512; // instructions
const LAST_WINDOW = 4096;
const WINDOW_PER_HIT = 32; // so that looking costs little in a loop that isn't idle
const PAUSE_AFTER_REFUTATION = 8192;
const PATIENCE = 6; // refutations
const HASTE = 14; // refutations: until then it looks often, for a drive doesn't wait longer than 50,000 instructions
const HASTY_PAUSE = 1024;
const PAUSE_SPREAD_SHIFT = 21; // up to 2047 instructions more
/**
 * A guest that neither rested nor came back to a state for so long is at work. What is watched has to be interpreted, so
 * it is looked at for a few rounds only and less often, though before a drive's answer is due.
 */
const WORK = 500_000;
const WORK_PAUSE = 40_000;
const WORK_HITS = 8;

type Phase =
  /** Waits for the same processor state at the place where the window began. */
  | {
      readonly kind: 'watching';
      start: Moment & { readonly slots: number[] }; // its own
      effects: number;
      hits: number; // the processor was there in another state
      readonly window: number;
      readonly end: number;
    }
  /** Looks at nothing, then through a window twice as long as the last one. */
  | { readonly kind: 'pausing'; readonly window: number; readonly end: number }
  /** Looks at nothing for longer: the guest is at work. */
  | { readonly kind: 'working'; readonly end: number }
  | { readonly kind: 'proving'; readonly proof: LoopProof; readonly effects: number }
  | { readonly kind: 'approaching'; readonly end: number }
  | { readonly kind: 'resting' };

type SavedPhase =
  | Exclude<Phase, { kind: 'proving' }>
  | { readonly kind: 'proving'; readonly proof: LoopProofState; readonly effects: number };

export type IdleLoopState = SavedPhase & { readonly refutations: number; readonly workStart: number };

/**
 * Finds out when the guest is in a loop that does nothing until something happens outside it: an interrupt, a timer, an
 * input. It looks at one place in the code at a time: when the processor is there again in the same state, and nothing
 * but memory was touched in between, a LoopProof follows. A proven guest rests at the first moment of its loop as if
 * halted there. All of it goes by icounts, so it is the same with every engine and however a run is cut into slices.
 */
export class IdleLoop {
  private readonly cpu: Cpu;
  private readonly watch: WatchTable;
  private readonly writeLog: WriteLog;
  private phase: Phase = { kind: 'pausing', window: 0, end: 0 };
  private watched: number | undefined; // the linear address in `watch`
  private effects = 0;
  private refutations = 0; // since something happened outside
  private workStart = 0; // the icount when the guest last rested, or was in a state again

  constructor(cpu: Cpu, watch: WatchTable, writeLog: WriteLog) {
    this.cpu = cpu;
    this.watch = watch;
    this.writeLog = writeLog;
  }

  get isResting(): boolean {
    return this.phase.kind === 'resting';
  }

  /** The guest did something that no loop may repeat unseen: an event, a read with a side effect or of the time. */
  noteEffect(): void {
    this.effects++;
  }

  /** Something happened outside: whatever was known of a loop holds no more. */
  wake(): void {
    this.refutations = 0;
    this.enter(this.watching(FIRST_WINDOW));
  }

  /** Time passes for a guest that rests, halted or in its loop, up to an icount. */
  noteRest(end: number): void {
    this.workStart = end;
  }

  /** To be called before instructions run; says at which icount to call it again at the latest. */
  prepare(): number {
    const { icount } = this;
    if ('end' in this.phase && icount >= this.phase.end) this.enter(this.after(this.phase));
    else if (this.phase.kind === 'proving') this.prove(this.phase);
    return 'end' in this.phase ? this.phase.end : icount + 1;
  }

  /** Before the instruction at `linear`, which is watched: true if a proof has to begin there. */
  reach(linear: number): boolean {
    const { phase } = this;
    if (linear !== this.watched || phase.kind !== 'watching' || this.icount === phase.start.icount) return false;
    const isSame = phase.effects === this.effects && isAgainAt(phase.start, this.cpu);
    if (isSame) {
      const proof = LoopProof.begin(this.cpu, this.writeLog, this.icount - phase.start.icount);
      this.enter({ kind: 'proving', proof, effects: this.effects });
      return true;
    }
    this.miss(phase);
    return false;
  }

  save(): IdleLoopState {
    return { ...this.savedPhase(), refutations: this.refutations, workStart: this.workStart };
  }

  private savedPhase(): SavedPhase {
    const { phase } = this;
    // Effects are only ever compared: a saved phase holds how many there were since it began.
    if (phase.kind === 'watching') return { ...withOwnStart(phase), effects: phase.effects - this.effects };
    if (phase.kind !== 'proving') return phase;
    return { ...phase, proof: phase.proof.save(), effects: phase.effects - this.effects };
  }

  load({ refutations, workStart, ...state }: IdleLoopState): void {
    this.effects = 0;
    this.refutations = refutations;
    this.workStart = workStart;
    if (state.kind === 'watching') this.enter(withOwnStart(state));
    else if (state.kind !== 'proving') this.enter(state);
    else this.enter({ ...state, proof: new LoopProof(this.cpu, this.writeLog, state.proof) });
  }

  private get icount(): number {
    return this.cpu.f[S.F_ICOUNT];
  }

  private enter(phase: Phase): void {
    if (this.phase.kind === 'proving') this.phase.proof.end();
    if (this.watched !== undefined) this.watch.remove(this.watched);
    this.phase = phase;
    this.watched = phase.kind === 'watching' ? linearOf(phase.start) : undefined;
    if (this.watched !== undefined) this.watch.add(this.watched);
  }

  private watching(window: number, length = window): Phase {
    const start = takeMoment(this.cpu);
    return { kind: 'watching', start, effects: this.effects, hits: 0, window, end: start.icount + length };
  }

  private after(phase: Extract<Phase, { end: number }>): Phase {
    if (phase.kind === 'approaching') return { kind: 'resting' };
    if (phase.kind === 'working') return this.watching(WORK_HITS * WINDOW_PER_HIT, LAST_WINDOW);
    if (this.icount - this.workStart > WORK) return { kind: 'working', end: this.icount + WORK_PAUSE };
    const hadEffects = phase.kind === 'watching' && phase.effects !== this.effects;
    const window = hadEffects ? FIRST_WINDOW : Math.max(FIRST_WINDOW, 2 * phase.window);
    return this.watching(Math.min(window, LAST_WINDOW));
  }

  private prove({ proof, effects }: Extract<Phase, { kind: 'proving' }>): void {
    const verdict = effects === this.effects ? proof.step(this.icount) : 'refuted';
    if (verdict === 'refuted') this.enter(this.pauseAfterRefutation());
    if (verdict !== 'proven') return;
    if (proof.toFirstIcount === 0) this.enter({ kind: 'resting' });
    else this.enter({ kind: 'approaching', end: this.icount + proof.toFirstIcount });
  }

  /**
   * A place that is reached several times in each round, as in a function that takes a lock, leads to one refutation after
   * the other. So that a loop isn't looked at from the same few places for ever, pauses then come in many lengths.
   */
  private pauseAfterRefutation(): Phase {
    this.refutations++;
    this.workStart = this.icount;
    const { icount, refutations } = this;
    if (refutations <= PATIENCE) return { kind: 'pausing', window: 0, end: icount + PAUSE_AFTER_REFUTATION };
    const pause = refutations <= HASTE ? HASTY_PAUSE : PAUSE_AFTER_REFUTATION;
    const spread = Math.imul(icount, 0x9e37_79b1) >>> PAUSE_SPREAD_SHIFT;
    return { kind: 'pausing', window: LAST_WINDOW, end: icount + pause + spread };
  }

  /** Another time around, in another state. What began before an effect begins anew. */
  private miss(phase: Extract<Phase, { kind: 'watching' }>): void {
    phase.hits++;
    const { hits, window, end } = phase;
    if (hits * WINDOW_PER_HIT > window) this.enter({ kind: 'pausing', window, end });
    else if (phase.effects !== this.effects) {
      phase.start = takeMoment(this.cpu, phase.start.slots); // at the same place: what is watched stays
      phase.effects = this.effects;
    }
  }
}

function withOwnStart(phase: Extract<Phase, { kind: 'watching' }>): Extract<Phase, { kind: 'watching' }> {
  return { ...phase, start: { ...phase.start, slots: [...phase.start.slots] } };
}

function linearOf({ slots }: Moment): number {
  return (slots[S.BASE + S.CS] + slots[S.EIP]) >>> 0;
}
