import type { ElementRange, TraceEvent, WriteColumns } from '../../../traces/events.ts';
import { chain } from '../../base/digest.ts';
import type { Cpu, CpuEvent } from '../../cpu/cpu.ts';
import * as S from '../../cpu/state.ts';
import type { WriteLog } from '../../memory/write-log.ts';
import type { Sink } from './sink.ts';
import { CHAIN_START, type StreamDigest, type StreamState } from './stream-digest.ts';
import { Transcript, type TranscriptState } from './transcript.ts';

export interface RecordingState {
  readonly stream: StreamState;
  readonly transcript: TranscriptState;
  readonly chainDigest: string;
}

/** What becomes of what happens: it is placed, noted for those who ask, digested, and handed to the sink. */
export class Recording {
  readonly transcript = new Transcript();
  private readonly cpu: Cpu;
  private readonly writeLog: WriteLog;
  private readonly sink: Sink | undefined;
  private readonly stream: StreamDigest;
  private chainDigest = CHAIN_START;
  private isMuted = false;

  constructor(cpu: Cpu, writeLog: WriteLog, stream: StreamDigest, sink: Sink | undefined) {
    this.cpu = cpu;
    this.writeLog = writeLog;
    this.stream = stream;
    this.sink = sink;
  }

  /** Gives the event with its place. */
  event(event: CpuEvent): TraceEvent {
    // Whoever notes an event makes it afresh, so that its place can be added without a copy.
    const place = event as { icount?: number; writes?: number };
    place.icount = this.cpu.f[S.F_ICOUNT];
    place.writes = this.writeLog.count;
    const placed = event as TraceEvent;
    this.transcript.note(placed);
    if (this.sink !== undefined && !this.isMuted) {
      this.stream.event(placed);
      this.sink.event(placed);
    }
    return placed;
  }

  writes(columns: WriteColumns, ranges: readonly ElementRange[]): void {
    if (this.isMuted) return;
    const takesRanges = this.sink?.takesRanges === true;
    if (!takesRanges) this.writeLog.fillIn(ranges);
    this.sink?.writes(columns, takesRanges ? ranges : []);
    this.stream.writes(columns, ranges); // last, for it may move rows
  }

  /** Ends a stretch of the recording at a state with this digest; gives the digest of everything up to here. */
  closeStretch(state: string): string {
    this.chainDigest = chain(chain(this.chainDigest, this.stream.current()), state);
    return this.chainDigest;
  }

  /** Whether what happens is kept out of the recording. Gives what was. */
  mute(isMuted: boolean): boolean {
    const was = this.isMuted;
    this.isMuted = isMuted;
    return was;
  }

  save(): RecordingState {
    const { chainDigest } = this;
    return { stream: this.stream.save(), transcript: this.transcript.save(), chainDigest };
  }

  load({ stream, transcript, chainDigest }: RecordingState): void {
    this.stream.load(stream);
    this.transcript.load(transcript);
    this.chainDigest = chainDigest;
  }
}
