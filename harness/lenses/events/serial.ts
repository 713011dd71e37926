import type { Fact } from '../fact.ts';
import type { Lens } from '../lens.ts';
import { plainExplain } from '../plain-explain.ts';
import type { RunView } from '../run-view.ts';
import type { EventNumber } from './located-events.ts';

/** Bytes sent by serial ports and to the debug console, as lines. */
export const serialLens: Lens = {
  name: 'serial',
  facts: (view) => lineFacts(view),
  explain: plainExplain,
};

const LONGEST_LINE = 1024;
const NEWLINE = 10;

interface OpenLine {
  text: string;
  readonly first: EventNumber;
}

function lineFacts(view: RunView): readonly Fact[] {
  const { located } = view.observe().events;
  const facts: Fact[] = [];
  const open = new Map<string, OpenLine>();
  const end = (track: string) => {
    const line = open.get(track);
    if (line === undefined) return;
    open.delete(track);
    const text = `${track} says ${JSON.stringify(line.text)}`;
    facts.push({
      lens: 'serial',
      track,
      key: line.text,
      kin: track,
      value: '',
      text,
      at: view.placeOf(located.spotOf(line.first)),
    });
  };
  for (let number = 0; number < located.count; number++) {
    const kind = located.kindOf(number);
    if (kind !== 'serial-out' && kind !== 'debug-out') continue;
    const event = located.at(number);
    if (event.kind !== 'serial-out' && event.kind !== 'debug-out') continue;
    const track = event.kind === 'debug-out' ? 'debug console' : `COM${event.port + 1}`;
    const line = open.get(track) ?? { text: '', first: number };
    open.set(track, line);
    if (event.byte !== NEWLINE) line.text += String.fromCharCode(event.byte);
    if (event.byte === NEWLINE || line.text.length >= LONGEST_LINE) end(track);
  }
  for (const track of [...open.keys()]) end(track);
  return facts;
}
