// Takes QEMU's picture of modes.bin in each mode, as modes-NN.png. Needs qemu-system-i386:
//   node tests/guests/video/record-modes.mjs
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MODE_AT = 509;
const MODES = ['01', '05', '06', '0d', '0e', '0f', '10', '11', '6a'];

const guests = fileURLToPath(new URL('.', import.meta.url));
const screendump = join(guests, '../../kernel/qemu-screendump.mjs');
const folder = mkdtempSync(join(tmpdir(), 'modes-'));
try {
  for (const mode of MODES) {
    const image = readFileSync(join(guests, 'modes.bin'));
    image[MODE_AT] = Number.parseInt(mode, 16);
    const path = join(folder, `${mode}.img`);
    writeFileSync(path, image);
    execFileSync('node', [screendump, path, join(guests, `modes-${mode}.png`)], { stdio: 'inherit' });
  }
} finally {
  rmSync(folder, { recursive: true });
}
