import type { Fact, Place } from '../fact.ts';
import type { Lens } from '../lens.ts';
import { plainExplain } from '../plain-explain.ts';
import type { RunView } from '../run-view.ts';

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
  at: () => Place;
}

function lineFacts(view: RunView): readonly Fact[] {
  const facts: Fact[] = [];
  const open = new Map<string, OpenLine>();
  const end = (track: string) => {
    const line = open.get(track);
    if (line === undefined) return;
    open.delete(track);
    const text = `${track} says ${JSON.stringify(line.text)}`;
    facts.push({ lens: 'serial', track, key: line.text, kin: track, value: '', text, at: line.at() });
  };
  for (const located of view.observe().events.located) {
    const { event } = located;
    if (event.kind !== 'serial-out' && event.kind !== 'debug-out') continue;
    const track = event.kind === 'debug-out' ? 'debug console' : `COM${event.port + 1}`;
    const line = open.get(track) ?? { text: '', at: () => located.at() };
    open.set(track, line);
    if (event.byte !== NEWLINE) line.text += String.fromCharCode(event.byte);
    if (event.byte === NEWLINE || line.text.length >= LONGEST_LINE) end(track);
  }
  for (const track of [...open.keys()]) end(track);
  return facts;
}
