import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Sample, System, Workload } from './workload.ts';

const GUEST_MIB = 64;
const TIMEOUT_MS = 300_000;
const EXIT_PORT = 'isa-debug-exit,iobase=0xf4,iosize=1';
const MAX_CAPTURE_BYTES = 1 << 20;

/** Where measurements find their programs, guests and room for files. */
export interface Bench {
  readonly root: string;
  /** A folder of this run alone; `bundle/` in it has the programs of child processes. */
  readonly folder: string;
}

/** Which of the systems can be measured here: v86 is a development dependency, the others may be missing. */
export function isInstalled(system: System): boolean {
  if (system === 'bochs') return runs('bochs', ['--help']);
  if (system === 'qemu-plugin') return runs('qemu-system-i386', ['--version']) && runs('gcc', ['--version']);
  return !system.startsWith('qemu') || runs('qemu-system-i386', ['--version']);
}

function runs(program: string, args: readonly string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore', timeout: 10_000 }).error === undefined;
}

/** Runs a workload once. Errors: an Error that names the program, when it doesn't end as it should. */
export function runOnce(system: System, workload: Workload | 'start', bench: Bench): Sample {
  const image = join(bench.root, 'bench/guests', `${workload}.img`);
  switch (system) {
    case 'gilt':
      return child(bench, 'run-gilt', [image, 'blocks', 'none']);
    case 'gilt forms':
      return child(bench, 'run-gilt', [image, 'forms', 'none']);
    case 'gilt+memory':
      return child(bench, 'run-gilt', [image, 'blocks', 'memory']);
    case 'gilt+file':
      return child(bench, 'run-gilt', [image, 'blocks', tracePath(workload, bench)]);
    case 'v86':
      return child(bench, 'run-v86', [image]);
    case 'qemu':
      return timed('qemu-system-i386', qemuArguments(image));
    case 'qemu -icount':
      return timed('qemu-system-i386', [...qemuArguments(image), '-icount', 'shift=0,sleep=off']);
    case 'qemu-plugin':
      return timed('qemu-system-i386', [...qemuArguments(image), '-plugin', storeLog(bench)]);
    default:
      return timed('bochs', ['-q', ...bochsOptions(image, bench)]);
  }
}

/** Where `gilt+file` leaves the trace of a workload. */
export function tracePath(workload: string, { folder }: Bench): string {
  return join(folder, `${workload}.trace`);
}

/** Records a guest that never ends until it has made so many writes, and reads them back. */
export function recordLong(writes: number, bench: Bench): { readonly recorded: Sample; readonly read: Sample } {
  const path = tracePath('endless', bench);
  const image = join(bench.root, 'bench/guests/endless.img');
  const recorded = child(bench, 'run-gilt', [image, 'blocks', path, String(writes)]);
  return { recorded, read: readTrace(path, bench) };
}

/** Holds a trace against itself in a child process. */
export function matchTrace(path: string, bench: Bench): Sample {
  return child(bench, 'run-match', [path]);
}

/** Reads a trace in a child process. */
export function readTrace(path: string, bench: Bench): Sample {
  return child(bench, 'run-trace', [path]);
}

/** Runs a program of the bundle and gives what it prints last. */
export function child<Result = Sample>({ folder }: Bench, program: string, args: readonly string[]): Result {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(folder, 'bundle', `${program}.js`), ...args], {
    encoding: 'utf8',
    timeout: TIMEOUT_MS,
    maxBuffer: MAX_CAPTURE_BYTES,
  });
  const last = stdout.trim().split('\n').at(-1);
  if (status !== 0 || last === undefined) throw new Error(`${program} ${args.join(' ')} failed: ${stderr.trim()}`);
  return JSON.parse(last) as Result;
}

/** Bochs may stop at its debugger's prompt first: `c` goes on. */
function timed(program: string, args: readonly string[]): Sample {
  const start = performance.now();
  const { error, stderr } = spawnSync(program, args, { encoding: 'utf8', timeout: TIMEOUT_MS, input: 'c\n' });
  const seconds = (performance.now() - start) / 1000;
  if (error !== undefined) throw new Error(`${program} failed: ${error.message} ${stderr}`);
  return { seconds };
}

function qemuArguments(image: string): string[] {
  const drive = `file=${image},format=raw,if=ide,snapshot=on`;
  return [
    '-display',
    'none',
    '-m',
    String(GUEST_MIB),
    '-accel',
    'tcg',
    '-drive',
    drive,
    '-device',
    EXIT_PORT,
    '-no-reboot',
  ];
}

/** QEMU's plugin, compiled the first time that it is wanted. */
function storeLog({ root, folder }: Bench): string {
  const plugin = join(folder, 'store-log.so');
  if (existsSync(plugin)) return plugin;
  const args = ['-O2', '-shared', '-fPIC', '-o', plugin, join(root, 'bench/store-log.c')];
  const { status, stderr } = spawnSync('gcc', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`gcc ${args.join(' ')} failed: ${stderr}`);
  return plugin;
}

/** Bochs wants a disk of whole cylinders, and a display, if only a remote one. It ends at `Shutdown` on port 8900h. */
function bochsOptions(image: string, { folder }: Bench): string[] {
  const [heads, sectors] = [16, 63];
  const disk = Buffer.alloc(heads * sectors * 512);
  readFileSync(image).copy(disk);
  const path = join(folder, 'bochs.img');
  writeFileSync(path, disk);
  const config = [
    `megs: ${GUEST_MIB}`,
    `ata0-master: type=disk, path=${path}, mode=flat, cylinders=1, heads=${heads}, spt=${sectors}`,
    'boot: disk',
    'romimage: file=/usr/share/bochs/BIOS-bochs-latest',
    'vgaromimage: file=/usr/share/bochs/VGABIOS-lgpl-latest',
    'display_library: rfb, options="timeout=0"',
    'cpu: ips=1000000000, count=1',
    `log: ${join(folder, 'bochs.log')}`,
    'panic: action=fatal',
    'error: action=ignore',
    'info: action=ignore',
    'clock: sync=none',
  ];
  const file = join(folder, 'bochsrc');
  writeFileSync(file, `${config.join('\n')}\n`);
  return ['-f', file];
}
