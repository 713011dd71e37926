import { hex } from '../../../../emulator/index.ts';
import type { Fact, Place } from '../../fact.ts';
import type { RunView } from '../../run-view.ts';
import type { StackSwitch } from './stack-switches.ts';

const STACKS = 'stacks in use';

/** Which stacks the kernel runs on, in order: a stack is the object it lies in, elsewhere one of 64 KiB. */
export function switchFacts(view: RunView): readonly Fact[] {
  const { switches } = view.observe().cells;
  return Array.from({ length: switches.count }, (_, number) => new SwitchFact(view, number));
}

/** Made by the hundred thousand, and nearly always equal: what only a difference needs is put together when asked for. */
class SwitchFact implements Fact {
  readonly lens = 'memory';
  readonly track = STACKS;
  readonly kin = 'stack';
  readonly value = '';
  private readonly view: RunView;
  private readonly number: number;

  constructor(view: RunView, number: number) {
    this.view = view;
    this.number = number;
  }

  private get raw(): StackSwitch {
    return this.view.observe().cells.switches.at(this.number);
  }

  get key(): string {
    const { raw } = this;
    return raw.object === undefined || raw.object.kind === 'unnamed' ? this.label : raw.object.identity;
  }

  private get label(): string {
    const { object, linear } = this.raw;
    if (object !== undefined && object.kind !== 'unnamed') return object.label;
    if (this.view.placement.includes(linear)) return 'memory of the image without a name';
    return `memory at 0x${(linear - (linear % 0x10000)).toString(16)}`;
  }

  get text(): string {
    return `the stack in use becomes ${this.label}`;
  }

  get at(): Place {
    return this.view.placeOf(this.raw);
  }
}

/** Programs that an interrupt has spoilt: once for each that resumes one, with the first case. */
export function contextFacts(view: RunView): readonly Fact[] {
  const facts = new Map<string, Fact>();
  const { located } = view.observe().events;
  for (let number = 0; number < located.count; number++) {
    const event = located.kindOf(number) === 'context-changed' ? located.at(number) : undefined;
    if (event?.kind !== 'context-changed') continue;
    const place = view.placeOf(located.spotOf(number));
    const resumed = view.places.functionName(event.resumedEip) ?? 'code of unknown name';
    const changes = event.changes.map(
      ({ register, saved, restored }) => `${register} ${hex(restored, 1)}, was ${hex(saved, 1)}`,
    );
    const finding = `${resumed} goes on after an interrupt with other registers than it had (${changes.join('; ')})`;
    const key = 'registers of an interrupted program';
    const fact = { lens: 'memory', track: key, key, kin: key, value: '', text: finding, at: place, finding } as const;
    const resumer = place.function ?? '';
    if (!facts.has(resumer)) facts.set(resumer, fact);
  }
  return [...facts.values()];
}
