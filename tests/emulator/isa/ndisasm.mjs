/**
 * Writes ndisasm.txt.gz: what NASM's disassembler says of instructions of the conformance vectors.
 * A line is `<16 or 32> <hex bytes> <text>`. Run: node tests/emulator/isa/ndisasm.mjs (needs ndisasm).
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gzipSync } from 'node:zlib';

// Each instruction starts at a multiple of this, behind enough NOPs for the disassembler to fall into step again.
const SLOT_BYTES = 32;
const STRIDE = 4; // of the vectors: enough for nearly every form several times
const NOP = 0x90;
const SLOTS_PER_RUN = 2048; // 64 KiB, so that 16-bit jump targets don't wrap

const packed = readFileSync(new URL('../../conformance/vectors.json.br', import.meta.url));
const { columns, modes } = JSON.parse(brotliDecompressSync(packed).toString('utf8'));
const folder = mkdtempSync(join(tmpdir(), 'ndisasm-'));
const lines = [16, 32].flatMap((bits) => linesOf(bits, codesOf(bits)));
writeFileSync(new URL('./ndisasm.txt.gz', import.meta.url), gzipSync(`${lines.join('\n')}\n`, { level: 9 }));
rmSync(folder, { recursive: true });

function codesOf(bits) {
  const mode = modes.findIndex(({ name }) => name === (bits === 32 ? 'prot32' : 'real16'));
  const codes = columns.code.filter((_, index) => columns.mode[index] === mode);
  return [...new Set(codes.filter((_, at) => at % STRIDE === 0))].sort();
}

function linesOf(bits, codes) {
  const lines = [];
  for (let first = 0; first < codes.length; first += SLOTS_PER_RUN) {
    lines.push(...disassembleRun(bits, codes.slice(first, first + SLOTS_PER_RUN)));
  }
  return lines;
}

function disassembleRun(bits, codes) {
  const image = Buffer.alloc(codes.length * SLOT_BYTES, NOP);
  codes.forEach((code, slot) => {
    image.write(code, slot * SLOT_BYTES, 'hex');
  });
  const file = join(folder, 'image');
  writeFileSync(file, image);
  const output = execFileSync('ndisasm', ['-b', String(bits), file], { encoding: 'utf8', maxBuffer: 2 ** 24 });
  const texts = new Map();
  for (const line of output.split('\n')) {
    const found = /^([0-9A-F]{8}) {2}\S+ +(.*)$/.exec(line);
    if (found) texts.set(Number.parseInt(found[1], 16), found[2]);
  }
  return codes.map((code, slot) => `${bits} ${code} ${texts.get(slot * SLOT_BYTES)}`);
}
