import { hex } from '../../emulator/index.ts';
import type { TraceEvent } from '../../traces/index.ts';
import { escapeLine } from '../report/escape.ts';

const MOST_KINDS = 1000; // a guest that probes all ports shall not fill memory
const MOST_LINES = 20;

interface Touch {
  readonly firstIcount: number;
  readonly eip: number;
  times: number;
}

/** What the guest touched that gilt doesn't have, each with how often and where first. */
export class AbsentParts {
  readonly #touches = new Map<string, Touch>();
  #isFull = false;

  note(event: TraceEvent): void {
    if (event.kind !== 'unhandled') return;
    const known = this.#touches.get(event.what);
    if (known !== undefined) known.times++;
    else if (this.#touches.size < MOST_KINDS)
      this.#touches.set(event.what, { firstIcount: event.icount, eip: event.eip, times: 1 });
    else this.#isFull = true;
  }

  /** A paragraph, or nothing when the guest missed nothing. `describe` names a linear address. */
  describe(describe: (linear: number) => string): string {
    const rows = [...this.#touches];
    if (rows.length === 0) return '';
    const lines = rows.slice(0, MOST_LINES).map(([what, { eip, times, firstIcount }]) => {
      const often = times === 1 ? 'once' : `${times} times`;
      const place = describe(eip);
      const where = place === hex(eip) ? place : `${place}, ${hex(eip)}`;
      return `  ${escapeLine(what)}: ${often}, first at ${escapeLine(where)} (icount ${firstIcount})`;
    });
    const more = rows.length - lines.length;
    const rest = more > 0 ? [`  and ${more}${this.#isFull ? ' or more' : ''} others`] : [];
    return `The guest touched what isn't there:\n${[...lines, ...rest].join('\n')}\n`;
  }
}
