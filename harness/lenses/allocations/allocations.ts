import type { Fact } from '../fact.ts';
import type { Explanation, Lens } from '../lens.ts';
import { goldenText, inPlace, isSamePlace, placeText } from '../names/place-text.ts';
import type { RunView } from '../run-view.ts';
import { leakFacts, operationFacts } from './allocation-facts.ts';

/** What allocators do: every call from outside, what is never given back; at 'state' what lives at each checkpoint. */
export const allocationsLens: Lens = {
  name: 'allocations',
  facts: (view, level) => [...(level === 'state' ? heapLayouts(view) : operationFacts(view)), ...leakFacts(view)],
  explain: explainCall,
};

/** What lives on the heap at each checkpoint and at the end. */
function heapLayouts(view: RunView): readonly Fact[] {
  return [...view.reader.events({ kinds: ['checkpoint', 'stop'] })].map((event) => {
    const live = [...view.blocks.heap.objects, ...view.blocks.frames.objects].filter(
      (each) => each.bornIcount <= event.icount && event.icount < each.diedIcount,
    );
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
