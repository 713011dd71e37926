import { hex } from '../../../emulator/index.ts';
import type { Fact, Place } from '../fact.ts';
import type { Lens } from '../lens.ts';
import { plainExplain } from '../plain-explain.ts';
import type { RunView } from '../run-view.ts';
import type { LocatedEvent } from './event-observer.ts';
import { isSamePortWrite, portWriteKey } from './port-write-key.ts';

type PortWrite = Extract<LocatedEvent['event'], { kind: 'port-write' }>;

// Ports of one chip make one sequence; sequences of different chips may interleave differently in every build.
const CHIPS: readonly (readonly [number, number, string])[] = [
  [0x00, 0x0f, 'DMA controller'],
  [0x20, 0x21, 'master PIC'],
  [0x40, 0x43, 'PIT'],
  [0x60, 0x60, 'keyboard controller'],
  [0x61, 0x61, 'system control port B'],
  [0x64, 0x64, 'keyboard controller'],
  [0x70, 0x71, 'CMOS'],
  [0x80, 0x80, 'POST port'],
  [0x92, 0x92, 'port 92h'],
  [0xa0, 0xa1, 'slave PIC'],
  [0x2f8, 0x2ff, 'COM2'],
  [0x3c0, 0x3cf, 'VGA'],
  [0x3d4, 0x3d5, 'CRTC'],
  [0x3f8, 0x3ff, 'COM1'],
];
// The serial lens has these bytes; the exit port ends the run, which the traps lens tells of.
const OTHER_LENSES: readonly number[] = [0xe9, 0xf4];

/** What the kernel programs into devices: per chip the sequence of ports and values, repetitions counted as one. */
export const portsLens: Lens = {
  name: 'ports',
  facts: (view, level) => (level === 'state' ? [] : portFacts(view)),
  explain: plainExplain,
};

function portFacts(view: RunView): readonly Fact[] {
  const { located } = view.observe().events;
  const serial = serialSlots(located);
  const facts: Fact[] = [];
  const chips = new Map<number, string>(); // by port
  const lastOfChip = new Map<string, PortWrite>();
  const unhandled = new Set<string>();
  located.forEach((each, i) => {
    if (each.event.kind === 'unhandled' && !unhandled.has(each.event.what)) {
      unhandled.add(each.event.what);
      facts.push({ ...unhandledFact(each.event.what), at: each.at() });
    }
    if (each.event.kind !== 'port-write' || OTHER_LENSES.includes(each.event.port) || serial.has(i)) return;
    const chip = chips.get(each.event.port) ?? chipOf(each.event.port);
    chips.set(each.event.port, chip);
    const last = lastOfChip.get(chip);
    if (last !== undefined && isSamePortWrite(last, each.event)) return;
    lastOfChip.set(chip, each.event);
    facts.push(new PortFact(chip, each, each.event));
  });
  return facts;
}

/** Made by the hundred thousand, and nearly always equal: its words are found when somebody asks. */
class PortFact implements Fact {
  readonly lens = 'ports';
  readonly value = '';
  readonly track: string;
  private readonly located: LocatedEvent;
  private readonly event: PortWrite;

  constructor(chip: string, located: LocatedEvent, event: PortWrite) {
    this.track = chip;
    this.located = located;
    this.event = event;
  }

  get key(): string {
    return portWriteKey(this.event);
  }

  get kin(): string {
    return hex(this.event.port, 2);
  }

  get text(): string {
    return `write of ${hex(this.event.value, 2)} to port ${hex(this.event.port, 2)} (${this.track})`;
  }

  get at(): Place {
    return this.located.at();
  }
}

// A port write that sent a byte is told of by the serial lens.
function serialSlots(located: readonly LocatedEvent[]): ReadonlySet<number> {
  const slots = new Set<number>();
  located.forEach((each, i) => {
    if (each.event.kind !== 'serial-out') return;
    for (const near of [i - 1, i + 1]) {
      const event = located[near]?.event;
      if (event?.kind === 'port-write' && event.icount === each.event.icount) slots.add(near);
    }
  });
  return slots;
}

function unhandledFact(what: string): Omit<Fact, 'at'> {
  return { lens: 'ports', track: 'unhandled', key: what, value: '', text: `${what}, which gilt does not have` };
}

function chipOf(port: number): string {
  const chip = CHIPS.find(([first, last]) => port >= first && port <= last);
  return chip?.[2] ?? `port ${hex(port, 2)}`;
}
