import { hex } from '../../emulator/index.ts';
import { comparable, explainMap, mapValue } from './address-space.ts';
import type { Fact, FrameNames, MappedRange } from './fact.ts';
import type { Explanation, Lens } from './lens.ts';
import type { PageChange, PagingRecord } from './paging-observer.ts';
import { plainExplain } from './plain-explain.ts';
import type { RunView } from './run-view.ts';

const CR0_PE = 1;
const CR0_WP = 0x1_0000;
const CR0_PG = 0x8000_0000;
const CR4_PSE = 0x10;
const CR4_PGE = 0x80;

/** Address spaces, what they map, and how the kernel switches and changes them. */
export const pagingLens: Lens = {
  name: 'paging',
  facts: (view, level) => {
    const facts = recordFacts(view);
    return level === 'state' ? lastMaps(facts) : facts;
  },
  explain: explainPaging,
};

function recordFacts(view: RunView): readonly Fact[] {
  const facts: Fact[] = [];
  let lastControl = '';
  let lastLoad = -1;
  for (const record of view.observe().paging.records) {
    if (record.kind === 'control') {
      const fact = controlFact(view, record);
      if (fact.value !== lastControl || record.register === 'cr4') facts.push(fact);
      if (record.register === 'cr0') lastControl = fact.value;
    } else if (record.kind === 'load') {
      // Loading the space that is loaded already only flushes the TLB.
      if (record.space !== lastLoad) facts.push(loadFact(view, record));
      lastLoad = record.space;
    } else if (record.kind === 'map') {
      facts.push(mapFact(view, record));
      for (const fact of unwrittenFacts(view, record)) facts.push(fact);
    } else {
      facts.push(otherFact(view, record));
    }
  }
  return facts;
}

function lastMaps(facts: readonly Fact[]): readonly Fact[] {
  const last = new Map<string, Fact>();
  for (const fact of facts) if (fact.detail?.kind === 'map') last.set(fact.track, fact);
  return [...last.values()];
}

function placeOf(view: RunView, record: PagingRecord) {
  return view.places.at(record.icount, record.eip, record.chain);
}

function controlFact(view: RunView, record: Extract<PagingRecord, { kind: 'control' }>): Fact {
  const bits =
    record.register === 'cr0'
      ? ([
          ['PE', CR0_PE],
          ['WP', CR0_WP],
          ['PG', CR0_PG],
        ] as const)
      : ([
          ['PSE', CR4_PSE],
          ['PGE', CR4_PGE],
        ] as const);
  const value = bits.map(([name, bit]) => `${name}=${(record.value & bit) === 0 ? 0 : 1}`).join(' ');
  const register = record.register.toUpperCase();
  return {
    lens: 'paging',
    track: 'control',
    key: `${register} ${value}`,
    kin: register,
    value,
    text: `${register} is loaded with ${hex(record.value)} (${value})`,
    at: placeOf(view, record),
  };
}

function loadFact(view: RunView, record: Extract<PagingRecord, { kind: 'load' }>): Fact {
  const name = frameNames(view, record.icount)(record.frame);
  return {
    lens: 'paging',
    track: 'control',
    key: `CR3 AS#${record.space}`,
    value: name.normal,
    text: `CR3 is loaded with ${name.text} as the directory of AS#${record.space}`,
    at: placeOf(view, record),
    subjects: [`AS#${record.space}`],
  };
}

function frameNames(view: RunView, icount: number): FrameNames {
  return (physical) => {
    const name = view.names.value(physical, icount);
    return { normal: name.normal, text: name.text };
  };
}

function mapFact(view: RunView, record: Extract<PagingRecord, { kind: 'map' }>): Fact {
  const at = placeOf(view, record);
  const ranges: MappedRange[] = record.ranges.map(({ writer, ...range }) => ({
    ...range,
    at: () => (writer === undefined ? at : view.places.at(writer.icount, writer.eip, writer.chain)),
  }));
  const names = frameNames(view, record.icount);
  const space = `AS#${record.space}`;
  const bytes = ranges.reduce((sum, range) => sum + range.sizeBytes, 0);
  return {
    lens: 'paging',
    track: `map of ${space}`,
    key: `map of ${space}`,
    value: mapValue(ranges, names),
    text: `${space} maps ${bytes / 1024} KiB`,
    at,
    subjects: [space],
    detail: { kind: 'map', space, ranges, names },
  };
}

// A directory is written where its other entries were: that function is the one that stops too early.
function unwrittenFacts(view: RunView, record: Extract<PagingRecord, { kind: 'map' }>): readonly Fact[] {
  const space = `AS#${record.space}`;
  const last = record.ranges.at(-1)?.writer;
  const directory = frameNames(view, record.icount)(record.directory).text;
  const at = last === undefined ? placeOf(view, record) : view.places.at(last.icount, last.eip, last.chain);
  return record.unwritten.map((range) => ({
    lens: 'paging',
    track: `unwritten entries of ${space}`,
    key: `unwritten ${rangeText(range)}`,
    value: range.present > 0 ? 'present' : 'not present',
    text:
      `${space} has entries that nobody wrote, for linear ${rangeText(range)}: by what RAM held before, ` +
      `${range.present === 0 ? 'none looks' : `${range.present} of ${range.entries} look`} present; its directory is ${directory}, last stored to`,
    at,
    subjects: [space],
  }));
}

function rangeText(range: { readonly linear: number; readonly sizeBytes: number }): string {
  return `${hex(range.linear)}-${hex(range.linear + range.sizeBytes - 1)}`;
}

function otherFact(view: RunView, record: PageChange | Extract<PagingRecord, { kind: 'invlpg' | 'fault' }>): Fact {
  const at = placeOf(view, record);
  const linear = view.names.value(record.linear, record.icount);
  if (record.kind === 'invlpg') {
    const text = `INVLPG of ${linear.text}`;
    return { lens: 'paging', track: 'control', key: `INVLPG ${linear.normal}`, value: '', text, at };
  }
  if (record.kind === 'fault') {
    const cause = faultCause(record.errorCode);
    const value = `${cause}, ${linear.normal}, ${at.function ?? '?'}`;
    const text = `page fault: ${cause}, linear ${hex(record.linear)}`;
    return {
      lens: 'paging',
      track: 'faults',
      key: `page fault in ${at.function ?? '?'}`,
      kin: 'fault',
      value,
      text,
      at,
    };
  }
  const frame = record.physical === undefined ? undefined : frameNames(view, record.icount)(record.physical);
  const target = frame === undefined ? 'not present' : comparable(record.linear, record.physical, frame.normal);
  return {
    lens: 'paging',
    track: `changes of AS#${record.space}`,
    key: `change of ${rangeText(record)}`,
    kin: `change in ${at.function ?? '?'}`,
    value: `${target} ${record.flags}`,
    text: `AS#${record.space} linear ${rangeText(record)} becomes ${frame === undefined ? '' : `${frame.text}, `}${record.flags}`,
    at,
    subjects: [`AS#${record.space}`],
  };
}

// Error code bits, SDM vol. 3A, 4.7.
function faultCause(errorCode: number): string {
  const who = (errorCode & 4) !== 0 ? 'user' : 'supervisor';
  const what = (errorCode & 16) !== 0 ? 'fetch from' : (errorCode & 2) !== 0 ? 'write to' : 'read of';
  if ((errorCode & 8) !== 0) return `${who} ${what} a page whose entry has reserved bits set`;
  return `${who} ${what} a page that ${(errorCode & 1) !== 0 ? 'forbids it' : 'is not present'}`;
}

function explainPaging(expected: Fact, actual: Fact): Explanation {
  return explainMap(expected, actual) ?? plainExplain(expected, actual);
}
