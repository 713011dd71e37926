import type { TraceEvent } from '../../../traces/index.ts';

const ALIKE_AT_MOST = 65_536;
const STORMY: readonly string[] = ['exception', 'stale-translation', 'context-changed'];

/**
 * A kernel that faults for ever has millions of exceptions until its run's limit, all at a few instructions. The first
 * 65,536 of a kind at one instruction are told of; how many more there are goes by the limit. Of what gilt doesn't have
 * the first use is.
 */
export class Storm {
  private readonly counts = new Map<number, number>(); // by kind, vector and EIP
  private readonly absent = new Set<string>();

  /** Were there so many like this that it isn't told of? */
  hides(event: TraceEvent): boolean {
    if (event.kind === 'unhandled') {
      if (this.absent.has(event.what)) return true;
      this.absent.add(event.what);
      return false;
    }
    const kind = STORMY.indexOf(event.kind);
    if (kind < 0 || !('eip' in event)) return false;
    const vector = event.kind === 'exception' ? event.vector : 0;
    const key = (event.eip * STORMY.length + kind) * 256 + vector;
    const count = this.counts.get(key) ?? 0;
    if (count === ALIKE_AT_MOST) return true;
    this.counts.set(key, count + 1);
    return false;
  }
}
