import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Cost, costs } from './costs.ts';
import { type Medians, type Ratio, ratiosOf, readTable, slower } from './ratios.ts';
import { type Spread, spreadOf } from './statistics.ts';
import { type Bench, isInstalled, matchTrace, readTrace, recordLong, runOnce, tracePath } from './systems.ts';
import { DEFAULT_SYSTEMS, type Sample, SYSTEMS, type System, WORKLOADS, type Workload } from './workload.ts';

const USAGE = `npm run bench -- [options]

  --check            compare the ratios with the table in README.md; exit code 1 if something got slower
  --repeat N         runs of each (5); the figures are medians
  --only a,b         these workloads (${WORKLOADS.join(', ')})
  --systems a,b      these systems (${SYSTEMS.join(', ')})
  --costs            start-up of a gate (of dist/, so build before), snapshots
  --curve            memory and time for 10, 100 and 1,000 million writes to a file; takes minutes
  --json FILE        where the figures go (.gilt/bench/bench.json)
`;

/** With fewer, the time that recording adds says nothing of a write. */
const MANY_WRITES = 1e6;

interface Row {
  readonly system: System;
  readonly workload: Workload;
  readonly seconds: Spread;
  readonly last: Sample;
}

/** Measures, prints and writes the figures; `folder` is this run's own, in .gilt/bench. Gives the exit code. */
export async function main(args: readonly string[], folder: string): Promise<number> {
  const bench: Bench = { root: join(folder, '../../..'), folder };
  const { values } = parseArgs({
    args: [...args],
    options: {
      check: { type: 'boolean', default: false },
      curve: { type: 'boolean', default: false },
      costs: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      repeat: { type: 'string', default: '5' },
      only: { type: 'string', default: WORKLOADS.join(',') },
      systems: { type: 'string', default: DEFAULT_SYSTEMS.join(',') },
      json: { type: 'string', default: join(bench.root, '.gilt/bench/bench.json') },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const repeat = Number(values.repeat);
  if (!Number.isInteger(repeat) || repeat < 1) throw new Error(`--repeat ${values.repeat} is not a number of runs`);
  const workloads = chosen(values.only, WORKLOADS, '--only');
  const systems = chosen(values.systems, SYSTEMS, '--systems').filter(isInstalled);
  const rows = measure(systems, workloads, repeat, bench);
  const ratios = ratiosOf(mediansOf(rows));
  for (const ratio of ratios) console.log(ratioText(ratio));
  for (const line of writeCosts(rows)) console.log(line);
  const reading = readBack(systems, workloads, bench);
  const others = values.costs ? costs(repeat, bench) : [];
  for (const cost of others) console.log(costText(cost));
  const curve = values.curve ? [1e7, 1e8, 1e9].map((writes) => pointOf(writes, bench)) : [];
  mkdirSync(join(bench.root, '.gilt/bench'), { recursive: true });
  writeFileSync(values.json, `${JSON.stringify({ rows, ratios, reading, costs: others, curve }, undefined, 2)}\n`);
  console.log(`\nfigures: ${values.json}`);
  return values.check ? check(ratios, bench) : 0;
}

function chosen<Name extends string>(text: string, names: readonly Name[], option: string): readonly Name[] {
  return text.split(',').map((each) => {
    const name = names.find((known) => known === each);
    if (name === undefined) throw new Error(`${option} ${each}: choose from ${names.join(', ')}`);
    return name;
  });
}

/** Runs take turns, so that a change of the host's load meets all systems. */
function measure(
  systems: readonly System[],
  workloads: readonly Workload[],
  repeat: number,
  bench: Bench,
): readonly Row[] {
  const rows: Row[] = [];
  for (const workload of workloads) {
    const samples = new Map<System, Sample[]>(systems.map((system) => [system, []]));
    for (let run = 0; run < repeat; run++) {
      for (const system of systems) samples.get(system)?.push(sampleOf(system, workload, bench));
    }
    for (const [system, all] of samples) {
      const row = { system, workload, seconds: spreadOf(all.map((each) => each.seconds)), last: all[all.length - 1] };
      rows.push(row);
      console.log(rowText(row));
    }
  }
  return rows;
}

/** Programs that boot through a BIOS of their own have that time taken off. */
function sampleOf(system: System, workload: Workload, bench: Bench): Sample {
  const sample = runOnce(system, workload, bench);
  if (!system.startsWith('qemu') && system !== 'bochs') return sample;
  return { ...sample, seconds: Math.max(0.001, sample.seconds - startSeconds(system, bench)) };
}

const starts = new Map<System, number>();

function startSeconds(system: System, bench: Bench): number {
  const known = starts.get(system);
  if (known !== undefined) return known;
  const measured = spreadOf([1, 2, 3].map(() => runOnce(system, 'start', bench).seconds)).median;
  starts.set(system, measured);
  return measured;
}

/** What reading the recorded traces costs. */
function readBack(systems: readonly System[], workloads: readonly Workload[], bench: Bench): readonly object[] {
  if (!systems.includes('gilt+file')) return [];
  return workloads.map((workload) => {
    const sample = readTrace(tracePath(workload, bench), bench);
    const million = (sample.writes ?? 0) / 1e6 / sample.seconds;
    const mib = (sample.peakRssBytes ?? 0) / 2 ** 20;
    const seek = (sample.seekMs ?? 0).toFixed(1);
    const matched = matchTrace(tracePath(workload, bench), bench);
    const compared = (matched.writes ?? 0) / 1e6 / matched.seconds;
    console.log(
      `read ${workload.padEnd(10)} ${million.toFixed(1)} million writes/s, ${mib.toFixed(0)} MiB resident; a seek ${seek} ms; compared ${compared.toFixed(1)}`,
    );
    return { workload, ...sample, matchSeconds: matched.seconds };
  });
}

/** What each recorded write takes: the time that recording adds, and the bytes. */
function writeCosts(rows: readonly Row[]): readonly string[] {
  const find = (system: System, workload: Workload): Row | undefined =>
    rows.find((row) => row.system === system && row.workload === workload);
  return rows.flatMap(({ system, workload, seconds, last: { writes = 0 } }) => {
    const plain = find('gilt', workload);
    if (!system.startsWith('gilt+') || plain === undefined || writes < MANY_WRITES) return [];
    const ns = ((seconds.median - plain.seconds.median) / writes) * 1e9;
    return [`${workload.padEnd(10)} ${system.padEnd(13)} ${ns.toFixed(1)} ns a write`];
  });
}

function costText({ name, value, unit }: Cost): string {
  return `${name.padEnd(48)} ${value.toFixed(unit === 'ms' ? 0 : 1)} ${unit}`;
}

/** One point of the curve over the number of writes, which has to be flat in memory. */
function pointOf(writes: number, bench: Bench): object {
  const point = recordLong(writes, bench);
  for (const [what, { seconds, peakRssBytes }] of Object.entries(point)) {
    const mib = ((peakRssBytes ?? 0) / 2 ** 20).toFixed(0);
    console.log(`${writes / 1e6} million writes ${what}: ${seconds.toFixed(1)} s, ${mib} MiB resident`);
  }
  return { writes, ...point };
}

function mediansOf(rows: readonly Row[]): Medians {
  const medians: Partial<Record<System, Partial<Record<Workload, number>>>> = {};
  for (const { system, workload, seconds } of rows) {
    medians[system] = { ...medians[system], [workload]: seconds.median };
  }
  return medians;
}

function rowText({ system, workload, seconds, last }: Row): string {
  const times = `${seconds.median.toFixed(3)} s (${seconds.lowest.toFixed(3)} to ${seconds.highest.toFixed(3)})`;
  const { instructions, writes, traceBytes, peakRssBytes } = last;
  const notes = [
    ...(instructions === undefined ? [] : [`${(instructions / 1e6).toFixed(0)} million instructions`]),
    ...(writes === undefined ? [] : [`${(writes / 1e6).toFixed(1)} million writes`]),
    ...(traceBytes === undefined || writes === undefined ? [] : [`${(traceBytes / writes).toFixed(2)} bytes/write`]),
    ...(peakRssBytes === undefined ? [] : [`${(peakRssBytes / 2 ** 20).toFixed(0)} MiB`]),
  ];
  return `${workload.padEnd(10)} ${system.padEnd(13)} ${times.padEnd(30)} ${notes.join(', ')}`;
}

function ratioText({ name, geometricMean, worst }: Ratio): string {
  return `${name.padEnd(28)} ${geometricMean.toFixed(2)} (worst ${worst.toFixed(2)})`;
}

function check(ratios: readonly Ratio[], { root }: Bench): number {
  const worse = slower(ratios, readTable(readFileSync(join(root, 'README.md'), 'utf8')));
  for (const line of worse) console.log(`slower: ${line}`);
  return worse.length === 0 ? 0 : 1;
}
