import { geometricMean } from './statistics.ts';
import type { System, Workload } from './workload.ts';

/** Median seconds by system and workload; what wasn't measured is missing. */
export type Medians = Readonly<Partial<Record<System, Readonly<Partial<Record<Workload, number>>>>>>;

/** A quotient of two systems' times over all workloads that both ran; smaller is better. */
export interface Ratio {
  readonly name: string;
  readonly geometricMean: number;
  readonly worst: number;
}

const PAIRS: readonly (readonly [System, System])[] = [
  ['gilt', 'v86'],
  ['gilt+memory', 'v86'],
  ['gilt+memory', 'gilt'],
  ['gilt+file', 'gilt'],
  ['gilt', 'qemu'],
  ['gilt+memory', 'qemu'],
  ['gilt+memory', 'qemu -icount'],
  ['gilt+memory', 'qemu-plugin'],
  ['gilt+memory', 'bochs'],
  ['gilt', 'gilt forms'],
];

export function ratiosOf(medians: Medians): readonly Ratio[] {
  return PAIRS.flatMap(([first, second]): readonly Ratio[] => {
    const [a, b] = [medians[first] ?? {}, medians[second] ?? {}];
    const quotients = (Object.keys(a) as Workload[]).flatMap((workload) => {
      const [mine, theirs] = [a[workload], b[workload]];
      return mine === undefined || theirs === undefined ? [] : [mine / theirs];
    });
    if (quotients.length === 0) return [];
    return [{ name: `${first} / ${second}`, geometricMean: geometricMean(quotients), worst: Math.max(...quotients) }];
  });
}

const TOLERANCE = 1.25;

/** The rows of the README's table `| gilt / v86 | 0.50 |`, by name. */
export function readTable(readme: string): ReadonlyMap<string, number> {
  const rows = readme.matchAll(/^\| (gilt[^|]*? \/ [^|]*?) \| ([\d.]+) \|/gm);
  return new Map([...rows].map(([, name, value]) => [name, Number(value)]));
}

/** Lines that say which ratios are worse than the table by more than measuring noise. */
export function slower(ratios: readonly Ratio[], table: ReadonlyMap<string, number>): readonly string[] {
  return ratios.flatMap(({ name, geometricMean: mean }) => {
    const told = table.get(name);
    if (told === undefined || mean <= told * TOLERANCE) return [];
    return [`${name} is ${mean.toFixed(2)}, the README says ${told.toFixed(2)}`];
  });
}
