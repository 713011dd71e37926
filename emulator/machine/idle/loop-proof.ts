import type { Cpu } from '../../cpu/cpu.ts';
import type { WriteLog } from '../../memory/write-log.ts';
import { isAgainAt, isBefore, type Moment, mayBeBefore, takeMoment } from './moment.ts';

const MAX_PLACES = 1024; // bytes
const MAX_ROUNDS = 3;

/** The bytes that a round of the loop stored to, by physical address, and what they held at its end. */
type Places = ReadonlyMap<number, number>;

export interface LoopProofState {
  readonly start: Moment;
  readonly lengthIcount: number;
  readonly best: Moment;
  readonly round: number;
  readonly earlier: Places | undefined;
  readonly stored: readonly number[];
}

/**
 * Follows a loop instruction by instruction, round after round. It is idle once a round that began as the one before
 * has ended as it began: the same processor state, no effect on anything but memory (the caller sees to that), and
 * memory as before, either because nothing was stored or because all stored-to bytes are back at what they were. Then
 * every further round does the same, until something outside the loop changes.
 */
export class LoopProof {
  private readonly cpu: Cpu;
  private readonly writeLog: WriteLog;
  private readonly start: Moment;
  private readonly lengthIcount: number;
  private best: Moment;
  private round: number;
  private earlier: Places | undefined;
  private readonly stored: Set<number>;

  constructor(cpu: Cpu, writeLog: WriteLog, state: LoopProofState) {
    this.cpu = cpu;
    this.writeLog = writeLog;
    this.start = state.start;
    this.lengthIcount = state.lengthIcount;
    this.best = state.best;
    this.round = state.round;
    this.earlier = state.earlier;
    this.stored = new Set(state.stored);
    writeLog.listen(this.noteStore);
  }

  /** Begins where the processor is, `lengthIcount` instructions after it was in the same state. */
  static begin(cpu: Cpu, writeLog: WriteLog, lengthIcount: number): LoopProof {
    const start = takeMoment(cpu);
    const nothing = { earlier: undefined, stored: [] };
    return new LoopProof(cpu, writeLog, { start, lengthIcount, best: start, round: 0, ...nothing });
  }

  /** To be called before every instruction, once or more. */
  step(icount: number): 'go on' | 'refuted' | 'proven' {
    if (this.stored.size > MAX_PLACES) return 'refuted';
    const offset = icount - this.start.icount - this.round * this.lengthIcount;
    if (offset === this.lengthIcount) return this.endRound();
    if (this.round === 0 && mayBeBefore(this.cpu, this.best)) {
      const moment = takeMoment(this.cpu);
      if (isBefore(moment, this.best)) this.best = moment;
    }
    return 'go on';
  }

  /** Instructions from the end of a round to the loop's first moment, which is the same wherever the proof began. */
  get toFirstIcount(): number {
    return this.best.icount - this.start.icount;
  }

  /** To be called when the proof isn't needed any more. */
  end(): void {
    this.writeLog.unlisten(this.noteStore);
  }

  save(): LoopProofState {
    const { start, lengthIcount, best, round, earlier } = this;
    return { start, lengthIcount, best, round, earlier, stored: [...this.stored] };
  }

  private endRound(): 'go on' | 'refuted' | 'proven' {
    if (!isAgainAt(this.start, this.cpu)) return 'refuted';
    if (this.stored.size === 0) return 'proven';
    const { memory } = this.cpu.pins;
    const places = new Map([...this.stored].map((physical) => [physical, memory.read8(physical)]));
    if (this.earlier !== undefined && isUnchanged(this.earlier, places)) return 'proven';
    this.round++;
    this.earlier = places;
    this.stored.clear();
    return this.round < MAX_ROUNDS ? 'go on' : 'refuted';
  }

  private readonly noteStore = (physical: number, size: number): void => {
    for (let i = 0; i < size; i++) this.stored.add((physical + i) >>> 0);
  };
}

/** Has every byte that the later round stored to the value that it had at the end of the earlier one? */
function isUnchanged(earlier: Places, later: Places): boolean {
  return [...later].every(([physical, value]) => earlier.get(physical) === value);
}
