/**
 * Writes what QEMU and Bochs say to the guests of this folder, as NAME.qemu.txt and NAME.bochs.txt:
 *   node tests/guests/mechanisms/record.mjs [NAME ...]
 * Needs qemu-system-i386, bochs with its `term` display, and script(1). The results are committed, so the tests need none.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const CYLINDER_BYTES = 16 * 63 * 512;
const TIMEOUT_MS = 60_000;
const ESCAPE = String.fromCharCode(27);

const names = process.argv.slice(2);
const all = readdirSync(here).flatMap((file) => (file.endsWith('.bin') ? [file.slice(0, -'.bin'.length)] : []));
for (const name of names.length > 0 ? names : all) {
  const folder = mkdtempSync(join(tmpdir(), 'guest-'));
  const disk = join(folder, 'disk.img');
  const image = readFileSync(join(here, `${name}.bin`));
  writeFileSync(disk, Buffer.concat([image], CYLINDER_BYTES));
  writeFileSync(join(here, `${name}.qemu.txt`), linesOf(runQemu(disk, folder)));
  writeFileSync(join(here, `${name}.bochs.txt`), linesOf(runBochs(disk, folder)));
  rmSync(folder, { recursive: true });
}

/** A line of a guest begins with ~, whatever a display has written before it. */
function linesOf(text) {
  const lines = text.split(/\r?\n/).filter((line) => line.includes('~'));
  const said = lines.map((line) => line.slice(line.lastIndexOf('~') + 1).split(ESCAPE)[0]);
  return `${said.map((line) => line.trimEnd()).join('\n')}\n`;
}

function run(program, args, environment = {}) {
  try {
    const env = { ...process.env, ...environment };
    execFileSync(program, args, { timeout: TIMEOUT_MS, stdio: 'ignore', env });
  } catch {
    // Both end with a status of their own; what they have put out counts.
  }
}

function runQemu(disk, folder) {
  const output = join(folder, 'qemu.txt');
  run('qemu-system-i386', [
    ...['-drive', `file=${disk},format=raw,if=ide`, '-display', 'none', '-m', '32', '-no-reboot'],
    ...['-debugcon', `file:${output}`, '-device', 'isa-debug-exit,iobase=0xf4'],
  ]);
  return readFileSync(output, 'latin1');
}

function runBochs(disk, folder) {
  const configuration = join(folder, 'bochsrc');
  const output = join(folder, 'bochs.txt');
  writeFileSync(
    configuration,
    [
      'megs: 32',
      'romimage: file=/usr/share/bochs/BIOS-bochs-latest',
      'vgaromimage: file=/usr/share/bochs/VGABIOS-lgpl-latest',
      `ata0-master: type=disk, path="${disk}", mode=flat, cylinders=1, heads=16, spt=63`,
      'boot: disk',
      'cpu: reset_on_triple_fault=0',
      'port_e9_hack: enabled=1',
      `log: ${join(folder, 'bochs.log')}`,
      ...['panic: action=fatal', 'error: action=report', 'info: action=ignore', 'debug: action=ignore'],
      ...['clock: sync=none', 'sound: waveoutdrv=dummy', 'display_library: term'],
    ].join('\n'),
  );
  const commands = join(folder, 'commands');
  writeFileSync(commands, 'c\nq\n');
  run('script', ['-q', '-c', `bochs -q -f ${configuration} -rc ${commands}`, output], { TERM: 'vt100' });
  return readFileSync(output, 'latin1');
}
