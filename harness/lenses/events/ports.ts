import { hex } from '../../../emulator/index.ts';
import type { Fact, Place } from '../fact.ts';
import type { Lens } from '../lens.ts';
import { plainExplain } from '../plain-explain.ts';
import type { RunView } from '../run-view.ts';
import type { EventNumber, LocatedEvents, PortWrite } from './located-events.ts';
import { portWriteKey } from './port-write-key.ts';

const DRIVES: readonly (readonly [number, number, string])[] = [
  [0x170, 0x177, 'secondary IDE'],
  [0x1f0, 0x1f7, 'primary IDE'],
  [0x376, 0x376, 'secondary IDE'],
  [0x3f0, 0x3f5, 'floppy controller'],
  [0x3f6, 0x3f6, 'primary IDE'],
  [0x3f7, 0x3f7, 'floppy controller'],
];
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
  [0x81, 0x8f, 'DMA controller'],
  [0x92, 0x92, 'system control port A'],
  [0xa0, 0xa1, 'slave PIC'],
  [0xc0, 0xdf, 'second DMA controller'],
  [0x1ce, 0x1cf, 'Bochs VBE'],
  ...DRIVES,
  [0x2e8, 0x2ef, 'COM4'],
  [0x2f8, 0x2ff, 'COM2'],
  [0x3c0, 0x3cf, 'VGA'],
  [0x3d4, 0x3d5, 'CRTC'],
  [0x3e8, 0x3ef, 'COM3'],
  [0x3f8, 0x3ff, 'COM1'],
  [0xcf8, 0xcf8, 'PCI'],
  [0xcfc, 0xcff, 'PCI'],
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
  const byName = new Map<string, Chip>();
  const byPort = new Map<number, Chip>();
  let isLoading = view.symbols.imageRange.end > 0;
  for (let number = 0; number < located.count; number++) {
    const kind = located.kindOf(number);
    isLoading &&= !view.placement.runs(located.spotOf(number).eip);
    if (kind === 'unhandled') {
      const event = located.at(number);
      if (event.kind === 'unhandled')
        facts.push({ ...unhandledFact(event.what), at: view.placeOf(located.spotOf(number)) });
    }
    if (kind !== 'port-write' || serial.has(number)) continue;
    const port = located.portOf(number);
    let chip = byPort.get(port);
    if (chip === undefined) {
      const name = chipOf(port);
      const isDrive = DRIVES.some((drive) => drive[2] === name);
      chip = byName.get(name) ?? { name, last: undefined, isOthers: OTHER_LENSES.includes(port), isDrive };
      byName.set(name, chip);
      byPort.set(port, chip);
    }
    // How many sectors a boot loader reads goes by the size of the kernel.
    if (chip.isDrive && isLoading) continue;
    if (chip.isOthers || (chip.last !== undefined && located.isSamePortWrite(chip.last, located, number))) continue;
    chip.last = number;
    facts.push(new PortFact(view, chip.name, number));
  }
  return facts;
}

interface Chip {
  readonly name: string;
  readonly isOthers: boolean; // another lens tells of it
  readonly isDrive: boolean;
  last: EventNumber | undefined; // that was told of
}

/** Made by the hundred thousand, and nearly always equal: its words are found when somebody asks. */
class PortFact implements Fact {
  readonly lens = 'ports';
  readonly value = '';
  readonly track: string;
  private readonly view: RunView;
  private readonly number: EventNumber;

  constructor(view: RunView, chip: string, number: EventNumber) {
    this.view = view;
    this.track = chip;
    this.number = number;
  }

  private get event(): PortWrite {
    return this.view.observe().events.located.portWrite(this.number);
  }

  get key(): string {
    return portWriteKey(this.event);
  }

  isEqual(other: Fact): boolean {
    if (!(other instanceof PortFact)) return this.key === other.key && this.value === other.value;
    const [{ located }, { located: others }] = [this.view.observe().events, other.view.observe().events];
    return located.isSamePortWrite(this.number, others, other.number);
  }

  get kin(): string {
    return hex(this.event.port, 2);
  }

  get text(): string {
    const port = portText(this.event.port);
    const chip = this.track === port ? '' : ` (${this.track})`;
    return `write of ${hex(this.event.value, 2)} to ${port}${chip}`;
  }

  get at(): Place {
    return this.view.placeOf(this.view.observe().events.located.spotOf(this.number));
  }
}

// A port write that sent a byte is told of by the serial lens.
function serialSlots(located: LocatedEvents): ReadonlySet<EventNumber> {
  const slots = new Set<EventNumber>();
  for (let number = 0; number < located.count; number++) {
    if (located.kindOf(number) !== 'serial-out') continue;
    for (const near of [number - 1, number + 1]) {
      if (near < 0 || near >= located.count || located.kindOf(near) !== 'port-write') continue;
      if (located.icountOf(near) === located.icountOf(number)) slots.add(near);
    }
  }
  return slots;
}

function unhandledFact(what: string): Omit<Fact, 'at'> {
  return { lens: 'ports', track: 'unhandled', key: what, value: '', text: `${what}, which gilt does not have` };
}

function chipOf(port: number): string {
  const chip = CHIPS.find(([first, last]) => port >= first && port <= last);
  return chip?.[2] ?? portText(port);
}

function portText(port: number): string {
  return `port ${hex(port, 2)}`;
}
