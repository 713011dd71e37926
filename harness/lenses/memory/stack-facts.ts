import { hex } from '../../../emulator/index.ts';
import type { Fact, Place } from '../fact.ts';
import type { RunView } from '../run-view.ts';
import type { StackSwitch } from './cells.ts';

const STACKS = 'stacks in use';

/** Which stacks the kernel runs on, in order: a stack is the object it lies in, elsewhere one of 64 KiB. */
export function switchFacts(view: RunView): readonly Fact[] {
  return view.observe().cells.switches.map((each) => new SwitchFact(view, each));
}

/** Made by the hundred thousand, and nearly always equal: what only a difference needs is put together when asked for. */
class SwitchFact implements Fact {
  readonly lens = 'memory';
  readonly track = STACKS;
  readonly kin = 'stack';
  readonly value = '';
  private readonly view: RunView;
  private readonly raw: StackSwitch;

  constructor(view: RunView, raw: StackSwitch) {
    this.view = view;
    this.raw = raw;
  }

  get key(): string {
    const { object } = this.raw;
    return object === undefined || object.kind === 'unnamed' ? this.label : object.identity;
  }

  get text(): string {
    return `the stack in use becomes ${this.label}`;
  }

  get at(): Place {
    const { icount, eip, chain } = this.raw;
    return this.view.places.at(icount, eip, chain);
  }

  private get label(): string {
    const { object, linear } = this.raw;
    if (object !== undefined && object.kind !== 'unnamed') return object.label;
    return `memory at 0x${(linear - (linear % 0x10000)).toString(16)}`;
  }
}

/** Programs that an interrupt has spoilt: once for each that resumes one, with the first case. */
export function contextFacts(view: RunView): readonly Fact[] {
  const facts = new Map<string, Fact>();
  for (const located of view.observe().events.located) {
    const { event } = located;
    if (event.kind !== 'context-changed') continue;
    const place = located.at();
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
