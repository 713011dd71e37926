import { hex } from '../../../emulator/index.ts';
import type { StopReason } from '../../../traces/index.ts';
import type { Fact, Place } from '../fact.ts';
import type { Explanation, Lens } from '../lens.ts';
import { inPlace } from '../names/place-text.ts';
import { plainExplain } from '../plain-explain.ts';
import type { RunView } from '../run-view.ts';
import type { EventNumber, LocatedEvent } from './located-events.ts';

// SDM vol. 3A, table 6-1.
const EXCEPTION_NAMES: readonly string[] = [
  '#DE divide error',
  '#DB debug',
  'NMI',
  '#BP breakpoint',
  '#OF overflow',
  '#BR bound range exceeded',
  '#UD invalid opcode',
  '#NM no math coprocessor',
  '#DF double fault',
  'coprocessor segment overrun',
  '#TS invalid TSS',
  '#NP segment not present',
  '#SS stack-segment fault',
  '#GP general protection',
  '#PF page fault',
  'reserved',
  '#MF math fault',
  '#AC alignment check',
  '#MC machine check',
  '#XM SIMD exception',
];
// What a recording says when its guest never did what the scenario waited for.
const VAIN = /^waited for .* in vain$/;
// The timer and the CMOS clock interrupt as time passes; all other lines because of something that happened.
const TIMER_IRQS: readonly number[] = [0, 8];

/**
 * Exceptions, interrupts and the end of the run. Where a hardware interrupt lands moves with every build, so only who
 * interrupts counts, and how often: exactly for lines that answer an input, once or repeatedly for timers.
 */
export const trapsLens: Lens = {
  name: 'traps',
  facts: (view, level) => {
    const facts = trapFacts(view);
    return level === 'state' ? facts.filter((each) => each.track === 'stop') : facts;
  },
  explain: explainTrap,
};

function trapFacts(view: RunView): readonly Fact[] {
  const { located } = view.observe().events;
  const facts: Fact[] = [];
  const lines = new Map<string, EventNumber[]>();
  let lastSoftware = '';
  for (let number = 0; number < located.count; number++) {
    if (located.kindOf(number) === 'port-write') continue;
    const event = located.at(number);
    const place = () => view.placeOf(located.spotOf(number));
    if (event.kind === 'exception') facts.push(exceptionFact(event, place()));
    if (event.kind === 'step' && VAIN.test(event.text)) facts.push(vainFact(event));
    if (event.kind === 'stop') facts.push(stopFact(event.reason, place()));
    if (event.kind !== 'interrupt') continue;
    if (event.irq !== undefined) {
      const line = `IRQ ${event.irq} at vector ${event.vector}`;
      const interrupts = lines.get(line);
      if (interrupts === undefined) lines.set(line, [number]);
      else interrupts.push(number);
    } else {
      const fact = softwareFact(event.vector, place());
      if (fact.key !== lastSoftware) facts.push(fact);
      lastSoftware = fact.key;
    }
  }
  for (const [line, interrupts] of lines) facts.push(lineFact(view, line, interrupts));
  return facts;
}

/** "#PF page fault (vector 14)". */
export function vectorText(vector: number): string {
  const name = EXCEPTION_NAMES[vector];
  return name === undefined ? `vector ${vector}` : `${name} (vector ${vector})`;
}

function exceptionFact(event: Extract<LocatedEvent, { kind: 'exception' }>, at: Place): Fact {
  const code = event.errorCode === undefined ? '' : `, error code ${hex(event.errorCode, 1)}`;
  return {
    lens: 'traps',
    track: 'exceptions',
    key: `exception ${event.vector}`,
    kin: 'exception',
    value: `${event.vector}${code}`,
    text: `exception ${vectorText(event.vector)}${code}`,
    at,
  };
}

function softwareFact(vector: number, at: Place): Fact {
  const key = `INT ${hex(vector, 2)}`;
  return { lens: 'traps', track: 'software interrupts', key, value: '', text: key, at };
}

function lineFact(view: RunView, line: string, interrupts: readonly EventNumber[]): Fact {
  const { located } = view.observe().events;
  const placeAt = (index: number) => view.placeOf(located.spotOf(interrupts[index]));
  const count = interrupts.length;
  const isTimer = TIMER_IRQS.some((irq) => line.startsWith(`IRQ ${irq} `));
  const times = count === 1 ? 'once' : `${count} times`;
  const handler = located.handlerOf(interrupts[0]);
  const handled = handler === undefined ? '' : `, handled${inPlace(view.placeOf(handler))}`;
  return {
    lens: 'traps',
    track: line,
    key: line,
    value: isTimer ? (count === 1 ? 'once' : 'repeatedly') : String(count),
    text: `${line} arrives ${times}${handled}, the last time`,
    at: placeAt(count - 1),
    detail: { kind: 'interrupts', count, placeAt },
  };
}

// Interrupts that stop coming are told of where the first one is lacking.
function explainTrap(expected: Fact, actual: Fact): Explanation {
  const plain = plainExplain(expected, actual);
  if (expected.detail?.kind !== 'interrupts' || actual.detail?.kind !== 'interrupts') return plain;
  const [golden, current] = [expected.detail, actual.detail];
  if (current.count < golden.count) return { ...plain, at: golden.placeAt(current.count), isTail: true };
  return { ...plain, at: golden.count < current.count ? current.placeAt(golden.count) : plain.at };
}

function vainFact({ icount, text }: Extract<LocatedEvent, { kind: 'step' }>): Fact {
  const at = { icount, callers: [] };
  return { lens: 'traps', track: 'stop', key: text, value: '', text: `the scenario ${text}`, at };
}

function stopFact(reason: StopReason, at: Place): Fact {
  const text = stopText(reason);
  return { lens: 'traps', track: 'stop', key: 'stop', value: stopValue(reason), text, at };
}

// Where it ends is told and not compared: functions are inlined and renamed. How many instructions a limit has isn't
// behaviour either.
function stopValue(reason: StopReason): string {
  return reason.kind === 'instruction-limit' ? reason.kind : stopText(reason);
}

/** "the run ends with a triple fault (#PF page fault (vector 14), ...)". */
function stopText(reason: StopReason): string {
  switch (reason.kind) {
    case 'deadline':
      return 'the run ends as the scenario asked';
    case 'instruction-limit':
      return `the run ends at the limit of ${reason.limit} instructions`;
    case 'halted':
      return 'the run ends in HLT with interrupts off';
    case 'triple-fault':
      return `the run ends with a triple fault (${reason.vectors.map(vectorText).join(', then ')})`;
    case 'exit-port':
      return `the run ends by the exit port with ${reason.value}`;
    case 'reset':
      return `the run ends with a reset by ${reason.by}`;
    case 'unhandled':
      return `the run ends at something gilt does not have: ${reason.what}`;
  }
}
