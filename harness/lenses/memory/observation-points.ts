import type { TraceEvent } from '../../../traces/index.ts';
import { portWriteKey } from '../events/port-write-key.ts';
import { hidesFact } from '../fact-mask.ts';
import type { Mask } from '../view-config.ts';

// What happens at these moments can be seen from outside, in every build alike; a compiler may do as it likes between.
const POINTS: ReadonlySet<TraceEvent['kind']> = new Set([
  'control',
  'invlpg',
  'port-write',
  'input',
  'screen',
  'step',
  'checkpoint',
]);

// Data registers of the serial ports, and the debug console: where log lines go, which come and go at the least change.
const LOG_PORTS: readonly number[] = [0x3f8, 0x2f8, 0x3e8, 0x2e8, 0xe9];

/** The moments at which what memory holds is compared. A port write that a mask hides is none. */
export class ObservationPoints {
  private readonly masks: readonly Mask[];
  private readonly portPoints = new Map<string, boolean>();

  constructor(masks: readonly Mask[]) {
    this.masks = masks.filter((mask) => mask.kind === 'facts' && mask.lens === 'ports');
  }

  includes(event: TraceEvent): boolean {
    if (event.kind === 'interrupt') return event.irq === undefined;
    if (event.kind === 'port-write') return this.includesPortWrite(event);
    return POINTS.has(event.kind) && !(event.kind === 'checkpoint' && event.name === 'end');
  }

  private includesPortWrite(event: Extract<TraceEvent, { kind: 'port-write' }>): boolean {
    if (LOG_PORTS.includes(event.port)) return false;
    if (this.masks.length === 0) return true;
    const key = portWriteKey(event);
    let isPoint = this.portPoints.get(key);
    isPoint ??= !this.masks.some((mask) => hidesFact(mask, 'ports', key));
    this.portPoints.set(key, isPoint);
    return isPoint;
  }
}
