import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { spreadOf } from './statistics.ts';
import { type Bench, child, isInstalled, runOnce } from './systems.ts';

/** What is measured beside the workloads, each with its unit. */
export interface Cost {
  readonly name: string;
  readonly value: number;
  readonly unit: 'ms' | 'us';
}

/** Start-up of Node, of gilt and of a whole gate, beside QEMU's to a guest's first instruction; snapshots. */
export function costs(repeat: number, bench: Bench): readonly Cost[] {
  const cli = join(bench.root, 'dist/cli.js');
  const median = (run: () => number): number => spreadOf(Array.from({ length: repeat }, run)).median;
  const ms = (name: string, args: readonly string[]): Cost => {
    return { name, value: median(() => nodeMs(args, bench)), unit: 'ms' };
  };
  const starts = [ms('node', ['-e', '0'])];
  if (existsSync(cli)) {
    starts.push(ms('node, and gilt --version', [cli, '--version']), ms('gilt gate of all scenarios', [cli, 'gate']));
  }
  const qemu = isInstalled('qemu') ? [qemuTwice(median, bench)] : [];
  return [...starts, ...qemu, ...snapshots(bench)];
}

function nodeMs(args: readonly string[], { root }: Bench): number {
  const start = performance.now();
  spawnSync(process.execPath, args, { cwd: root, stdio: 'ignore' });
  return performance.now() - start;
}

function qemuTwice(median: (run: () => number) => number, bench: Bench): Cost {
  const seconds = median(() => runOnce('qemu', 'start', bench).seconds);
  return { name: "QEMU to a guest's first instruction, twice", value: 2000 * seconds, unit: 'ms' };
}

function snapshots(bench: Bench): readonly Cost[] {
  const { snapshotUs, restoreUs } = child<{ readonly snapshotUs: number; readonly restoreUs: number }>(
    bench,
    'run-snapshot',
    [join(bench.root, 'bench/guests/mixed.img')],
  );
  return [
    { name: 'snapshot, every 100,000 instructions', value: snapshotUs, unit: 'us' },
    { name: 'going back to one', value: restoreUs, unit: 'us' },
  ];
}
