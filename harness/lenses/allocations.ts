import { allocatorOf } from './allocators.ts';
import { callSite } from './build-heap.ts';
import type { Fact } from './fact.ts';
import type { HeapObject } from './heap.ts';
import type { Explanation, Lens } from './lens.ts';
import { goldenText, inPlace, isSamePlace, placeText } from './place-text.ts';
import type { ProbeCall } from './probe-calls.ts';
import type { RunView } from './run-view.ts';

/** Every call of a probed function: arguments, result as region + offset, who asked. */
export const allocationsLens: Lens = {
  name: 'allocations',
  facts: (view, level) => (level === 'state' ? heapLayouts(view) : callFacts(view)),
  explain: explainCall,
};

function callFacts(view: RunView): readonly Fact[] {
  const blocks = new Map(view.heap.objects.map((object) => [object.call, object]));
  return view.calls.map((call) => {
    const block = blocks.get(call.call.call);
    return allocatorOf(view.config, call.call.probe)?.kind === 'free'
      ? freeFact(view, call)
      : callFact(view, call, block);
  });
}

function callFact(view: RunView, call: ProbeCall, block: HeapObject | undefined): Fact {
  const { probe, args, icount, callers } = call.call;
  const site = callSite(call, view.places);
  // A size is a number, even one that might be an address.
  const size = allocatorOf(view.config, probe)?.size;
  const argTexts = args.map((arg, i) => (i === size ? String(arg) : view.names.normal(arg, icount)));
  const text = `${probe}(${args.map((arg) => (arg < 0x10000 ? arg : `0x${arg.toString(16)}`)).join(', ')})`;
  const normalCall = `${probe}(${argTexts.join(', ')})`;
  const fact = { lens: 'allocations', track: 'calls', key: `${probe} from ${site}`, kin: normalCall } as const;
  const at = view.places.ofCall(icount, callers);
  if (call.return === undefined) {
    return { ...fact, value: `${normalCall} never returns`, text: `${text} never returns`, at };
  }
  if (block === undefined) {
    const result = view.names.value(call.return.result, icount);
    const isFailure = call.return.result === 0;
    const outcome = isFailure ? 'fails (returns 0)' : `returns ${result.text}`;
    return { ...fact, value: `${normalCall} = ${result.normal}`, text: `${text} ${outcome}`, at };
  }
  const overlap = view.heap.overlapping(block.start, block.sizeBytes, block.bornIcount, block.call);
  const finding = overlap === undefined ? '' : `, overlapping ${overlap.label}`;
  const overlapNormal = overlap === undefined ? '' : ` overlaps ${overlap.identity}`;
  const { axis, offset } = view.names.position(block.start);
  const rest = `${normalCall}${overlapNormal}`;
  return {
    ...fact,
    value: `${rest} = ${axis}+${offset}`,
    text: `${text} returns ${view.names.region(block.start)}${finding}`,
    at,
    shift: { axis, position: offset, rest },
    subjects: overlap === undefined ? [block.identity] : [block.identity, overlap.identity],
  };
}

function freeFact(view: RunView, call: ProbeCall): Fact {
  const { probe, args, icount, callers } = call.call;
  const [start = 0] = args;
  const block = view.heap.objects.find((each) => each.start === start && each.diedIcount === icount);
  const known = view.heap.objects.some((each) => each.start === start && each.bornIcount <= icount);
  const finding = block !== undefined || start === 0 ? '' : known ? ' (freed before)' : ' (never handed out)';
  const name = block?.identity ?? view.names.value(start, icount).normal;
  return {
    lens: 'allocations',
    track: 'calls',
    key: `${probe} from ${callSite(call, view.places)}`,
    value: `${name}${finding}`,
    text: `${probe}(${block === undefined ? view.names.region(start) : `${view.names.region(start)}, ${block.label}`})${finding}`,
    at: view.places.ofCall(icount, callers),
  };
}

/** What lives on the heap at each checkpoint and at the end. */
function heapLayouts(view: RunView): readonly Fact[] {
  return [...view.reader.events({ kinds: ['checkpoint', 'stop'] })].map((event) => {
    const live = view.heap.objects.filter((each) => each.bornIcount <= event.icount && event.icount < each.diedIcount);
    const name = event.kind === 'checkpoint' ? `checkpoint ${event.name}` : 'the end';
    const blocks = live.map((each) => `${each.identity} of ${each.sizeBytes} at ${view.names.region(each.start)}`);
    return {
      lens: 'allocations',
      track: 'layout',
      key: name,
      value: blocks.join('\n'),
      text: `${live.length} blocks live at ${name}`,
      at: { icount: event.icount, callers: [] },
    } as const;
  });
}

function explainCall(expected: Fact, actual: Fact): Explanation {
  const [call, outcome] = splitCall(actual.text);
  const [goldenCall, goldenOutcome] = splitCall(expected.text);
  const at = { at: actual.at, goldenAt: expected.at };
  const change = changeOf(expected, actual);
  if (call === goldenCall && outcome !== undefined && goldenOutcome !== undefined) {
    const golden = goldenOutcome.replace(/^returns /, '');
    const where = isSamePlace(expected.at, actual.at) ? '' : ` in ${placeText(expected.at)}`;
    return { text: `${call}${inPlace(actual.at)} ${outcome}, golden ${golden}${where}`, change, ...at };
  }
  const text = `${call}${inPlace(actual.at)}${outcome === undefined ? '' : ` ${outcome}`}`;
  return { text: `${text}${goldenText(expected.text, expected.at, actual.at)}`, change, ...at };
}

// "kalloc(48) returns heap+0x10" into call and outcome.
function splitCall(text: string): readonly [string, string | undefined] {
  const end = text.indexOf(') ') + 1;
  return end === 0 ? [text, undefined] : [text.slice(0, end), text.slice(end + 1)];
}

// Equal changes are one cause whatever the numbers of the blocks are: "kalloc(40), golden kalloc(48)".
function changeOf(expected: Fact, actual: Fact): string {
  if (expected.shift === undefined || actual.shift === undefined) return `${expected.value} -> ${actual.value}`;
  const rests = expected.shift.rest === actual.shift.rest ? 'result' : `${expected.shift.rest} -> ${actual.shift.rest}`;
  return `${actual.key}: ${rests}`;
}
