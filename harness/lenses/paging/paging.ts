import { hex } from '../../../emulator/index.ts';
import type { Fact, FrameNames, MappedRange } from '../fact.ts';
import type { Explanation, Lens } from '../lens.ts';
import { inPlace } from '../names/place-text.ts';
import { plainExplain } from '../plain-explain.ts';
import type { RunView } from '../run-view.ts';
import { comparable, explainMap, mapValue } from './address-space.ts';
import type { PageChange, PagingRecord, StaleUse } from './paging-observer.ts';

const CR0_PE = 1;
const CR0_WP = 0x1_0000;
const CR0_PG = 0x8000_0000;
const CR4_PSE = 0x10;
const CR4_PAE = 0x20;
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
  for (const record of view.observe().paging.records) {
    if (record.kind === 'control') {
      const fact = controlFact(view, record);
      if (fact.value !== lastControl || record.register === 'cr4') facts.push(fact);
      if (record.register === 'cr0') lastControl = fact.value;
    } else if (record.kind === 'load') {
      facts.push(loadFact(view, record));
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
          // Hardly anybody uses it: it is told where it is set.
          ...((record.value & CR4_PAE) === 0 ? [] : [['PAE', CR4_PAE] as const]),
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
    at: view.placeOf(record),
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
    at: view.placeOf(record),
    subjects: [`AS#${record.space}`],
  };
}

function frameNames(view: RunView, icount: number): FrameNames {
  return (physical) => {
    const name = view.names.value(physical, icount);
    return { normal: name.normal, text: name.text, linked: view.placement.linkedTo(physical) };
  };
}

function mapFact(view: RunView, record: Extract<PagingRecord, { kind: 'map' }>): Fact {
  const at = view.placeOf(record);
  const ranges: MappedRange[] = record.ranges.map(({ writer, directoryWriter = writer, ...range }) => ({
    ...range,
    at: () => (writer === undefined ? at : view.placeOf(writer)),
    directoryAt: () => (directoryWriter === undefined ? at : view.placeOf(directoryWriter)),
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
    detail: { kind: 'map', space, ranges, names, edgeOf: (linear) => view.names.edge(linear) },
  };
}

// A directory is written where its other entries were: that function is the one that stops too early.
function unwrittenFacts(view: RunView, record: Extract<PagingRecord, { kind: 'map' }>): readonly Fact[] {
  const space = `AS#${record.space}`;
  const last = record.ranges.at(-1)?.writer;
  const directory = frameNames(view, record.icount)(record.directory).text;
  const at = last === undefined ? view.placeOf(record) : view.placeOf(last);
  return record.unwritten.map((range) => {
    const text =
      `${space} has entries that nobody wrote, for linear ${rangeText(range)}: by what RAM held before, ` +
      `${range.present === 0 ? 'none looks' : `${range.present} of ${range.entries} look`} present; its directory is ${directory}, last stored to`;
    return {
      lens: 'paging',
      track: `unwritten entries of ${space}`,
      key: `unwritten ${rangeText(range)}`,
      value: range.present > 0 ? 'present' : 'not present',
      text,
      at,
      subjects: [space],
      ...(range.present > 0 ? { finding: text } : {}),
    };
  });
}

function rangeText(range: { readonly linear: number; readonly sizeBytes: number }): string {
  return `${hex(range.linear)}-${hex(range.linear + range.sizeBytes - 1)}`;
}

function otherFact(
  view: RunView,
  record: PageChange | StaleUse | Extract<PagingRecord, { kind: 'invlpg' | 'fault' | 'flush' }>,
): Fact {
  switch (record.kind) {
    case 'flush':
      return flushFact(view, record);
    case 'invlpg':
      return invlpgFact(view, record);
    case 'fault':
      return faultFact(view, record);
    case 'stale':
      return staleFact(view, record);
    case 'change':
      return changeFact(view, record);
  }
}

function flushFact(view: RunView, record: Extract<PagingRecord, { kind: 'flush' }>): Fact {
  const space = `AS#${record.space}`;
  const text = `CR3 is loaded again with ${space}, which flushes the TLB`;
  const at = view.placeOf(record);
  return { lens: 'paging', track: 'control', key: `CR3 again ${space}`, value: '', text, at, subjects: [space] };
}

function invlpgFact(view: RunView, record: Extract<PagingRecord, { kind: 'invlpg' }>): Fact {
  const linear = view.names.value(record.linear, record.icount);
  const text = `INVLPG of ${linear.text}`;
  return {
    lens: 'paging',
    track: 'control',
    key: `INVLPG ${linear.normal}`,
    kin: 'INVLPG',
    value: '',
    text,
    at: view.placeOf(record),
  };
}

// Which function faults moves with inlining: it is told of, and not compared.
function faultFact(view: RunView, record: Extract<PagingRecord, { kind: 'fault' }>): Fact {
  const linear = view.names.value(record.linear, record.icount);
  const cause = faultCause(record.errorCode);
  return {
    lens: 'paging',
    track: 'faults',
    key: `page fault at ${linear.normal}`,
    kin: 'fault',
    value: cause,
    text: `page fault: ${cause}, linear ${hex(record.linear)}`,
    at: view.placeOf(record),
  };
}

function staleFact(view: RunView, record: StaleUse): Fact {
  const { access, physical, walked, writer } = record;
  const linear = view.names.value(record.linear, record.icount);
  const names = frameNames(view, record.icount);
  const used = names(physical);
  const now = walked === undefined ? undefined : names(walked);
  const tables =
    now === undefined ? 'map nothing there' : walked === physical ? 'forbid it' : `lead to physical ${now.text}`;
  const changed = writer === undefined ? '' : inPlace(view.placeOf(writer));
  const text =
    `stale translation: a ${access} at linear ${linear.text} still goes to physical ${used.text}, though the page tables ` +
    `${tables} since the store${changed}, with no flush in between; it is used`;
  return {
    lens: 'paging',
    track: 'stale translations',
    key: `stale ${access} at ${linear.normal}`,
    kin: 'stale',
    value: `${used.normal} for ${walked === physical ? 'no right' : (now?.normal ?? 'nothing')}`,
    text,
    at: view.placeOf(record),
    finding: text,
  };
}

function changeFact(view: RunView, record: PageChange): Fact {
  const at = view.placeOf(record);
  const frame = record.physical === undefined ? undefined : frameNames(view, record.icount)(record.physical);
  const target = frame === undefined ? 'not present' : comparable(record.linear, record.physical ?? 0, frame);
  return {
    lens: 'paging',
    track: `changes of AS#${record.space}`,
    key: `change of ${rangeText(record)}`,
    kin: 'change',
    value: `${target} ${record.flags}`,
    detail: {
      kind: 'range',
      edges: `${view.names.edge(record.linear)}-${view.names.edge(record.linear + record.sizeBytes)}`,
    },
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

function explainPaging(expected: Fact, actual: Fact): Explanation | undefined {
  const [golden, current] = [expected.detail, actual.detail];
  if (golden?.kind === 'map' && current?.kind === 'map') return explainMap(expected, actual, golden, current);
  const isSameRange = golden?.kind === 'range' && current?.kind === 'range' && golden.edges === current.edges;
  return isSameRange && expected.value === actual.value ? undefined : plainExplain(expected, actual);
}
