// Boots a disk image in QEMU until the screen has been still for a while and writes QEMU's own picture of it:
//   node tests/kernel/qemu-screendump.mjs kernel/build/539kernel.img tests/kernel/fixtures/539kernel-qemu.png
// Needs qemu-system-i386. The fixture is committed, so the tests run without it.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { encode } from 'fast-png';

const STILL_LOOKS = 4; // equal pictures in a row, half a second apart
const MOST_LOOKS = 60;

const [image, target] = process.argv.slice(2);
if (image === undefined || target === undefined) {
  console.error('usage: node qemu-screendump.mjs IMAGE TARGET.png');
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), 'screendump-'));
const qemu = spawn(
  'qemu-system-i386',
  [
    '-display',
    'none',
    '-vga',
    'std',
    '-m',
    '16',
    '-monitor',
    'stdio',
    '-drive',
    `format=raw,snapshot=on,if=ide,file=${image}`,
  ],
  { stdio: ['pipe', 'ignore', 'inherit'] },
);

try {
  writeFileSync(target, await stillPicture());
} finally {
  qemu.kill('SIGKILL');
  rmSync(folder, { recursive: true });
}

async function stillPicture() {
  let last;
  let still = 0;
  for (let look = 0; look < MOST_LOOKS; look++) {
    await pause(500);
    const picture = await screendump(join(folder, `${look}.ppm`));
    still = last?.equals(picture) ? still + 1 : 0;
    if (still >= STILL_LOOKS) return png(picture);
    last = picture;
  }
  throw new Error('the screen did not come to rest');
}

async function screendump(path) {
  qemu.stdin.write(`screendump ${path}\n`);
  for (let wait = 0; wait < 100; wait++) {
    await pause(20);
    try {
      const picture = readFileSync(path);
      if (picture.length > 15 && picture.length === expectedBytes(picture)) return picture;
    } catch (error) {
      if (error.code !== 'ENOENT') throw error;
    }
  }
  throw new Error('QEMU wrote no picture');
}

function headerOf(picture) {
  const [header, width, height] = /^P6\n(\d+) (\d+)\n255\n/.exec(picture.toString('latin1', 0, 32)) ?? [];
  return { bytes: header?.length ?? 0, width: Number(width), height: Number(height) };
}

function expectedBytes(picture) {
  const { bytes, width, height } = headerOf(picture);
  return bytes + width * height * 3;
}

function png(picture) {
  const { bytes, width, height } = headerOf(picture);
  return encode({ width, height, channels: 3, depth: 8, data: new Uint8Array(picture.subarray(bytes)) });
}
