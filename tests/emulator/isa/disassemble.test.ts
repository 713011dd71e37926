import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { decode } from '../../../emulator/isa/decode.ts';
import { disassemble } from '../../../emulator/isa/disassemble.ts';

interface Line {
  readonly bytes: Uint8Array;
  readonly is32: boolean;
  readonly eip: number;
  readonly expected: string;
}

/** How ndisasm.mjs laid the instructions out, which decides what relative jumps aim at. */
const SLOT_BYTES = 32;
const SLOTS_PER_RUN = 2048;

function loadLines(): readonly Line[] {
  const packed = readFileSync(new URL('./ndisasm.txt.gz', import.meta.url));
  const slots = { 16: 0, 32: 0 };
  return gunzipSync(packed)
    .toString('utf8')
    .trim()
    .split('\n')
    .map((line) => {
      const [bits, hex, ...words] = line.split(' ');
      const slot = slots[bits as '16' | '32']++ % SLOTS_PER_RUN;
      const bytes = new Uint8Array(Buffer.from(hex, 'hex'));
      return { bytes, is32: bits === '32', eip: slot * SLOT_BYTES, expected: words.join(' ') };
    });
}

/** Where the two spell one instruction differently; applied in this order to both texts. */
const SPELLINGS: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  [/, /g, ','],
  [/\b(?:[ao](?:16|32)|lock|near|short|ds(?= [a-z])) /g, ''], // prefixes that gilt shows by operands alone
  [/^(ret|retf|iret|pusha|popa|pushf|popf)n?[wd]\b/, '$1'], // a suffix where the other size is the mode's own
  [/^(loop\w*|jecxz|jcxz) (\w+),e?cx$/, '$1 $2'], // the counter of another address size
  [/^mov ([c-gs]s),e(\w\w)$/, 'mov $1,$2'],
  [/^(aam|aad) 0xa$/, '$1'],
  [/^(?:[c-gs]s )*(?:nop|xchg (e?ax),\1)$/, 'nop'],
  [/\+(?=0x[0-9a-f]+$)/, ''],
  [/\+0x0\]/, ']'],
  [/\[d?word /, '['], // an explicit address size
  [/\[ds:(?!\w*[bs]p)/, '['], // a segment that is the usual one
  [/\[ss:(?=\w*[bs]p)/, '['],
  [/\b(?:byte|d?word|qword) /g, ''], // sizes are compared apart
  [/^(f\w+) (?:to )?(?:st0,)?(st\d)(?:,st0)?$/, '$1 $2'], // the top of the x87 stack is one of the operands
];

function respelled(text: string): string {
  const spelled = SPELLINGS.reduce((before, [pattern, replacement]) => before.replace(pattern, replacement), text);
  if (!spelled.startsWith('xchg ')) return spelled;
  return `xchg ${spelled.slice(5).split(',').sort()}`; // either operand may come first
}

function memorySize(text: string): string | undefined {
  return /\b(byte|d?word) \[/.exec(text)?.[1];
}

/** ndisasm gives up on aliases (82, C1 /6), some prefixed MOVZX, and shows a lone prefix or `db`. */
const IS_UNKNOWN_TO_NDISASM = /^(db .*|[c-gs]s|[ao](16|32))$/;

describe('the disassembler', () => {
  const lines = loadLines();

  test('agrees with ndisasm on every instruction of the conformance vectors', () => {
    const compared = lines.filter(
      ({ bytes, is32, expected }) =>
        typeof decode(bytes, bytes.length, is32) !== 'string' && !IS_UNKNOWN_TO_NDISASM.test(expected),
    );
    const differences = compared.flatMap(({ bytes, is32, eip, expected }) => {
      const { text } = disassemble(bytes, eip, is32);
      const size = memorySize(expected);
      const isSame = respelled(text) === respelled(expected) && (size === undefined || size === memorySize(text));
      return isSame ? [] : [`${Buffer.from(bytes).toString('hex')}: expected ${expected}, actual ${text}`];
    });
    expect(differences).toEqual([]);
    expect(compared.length).toBeGreaterThan(12_000);
  });

  test('shows what is no instruction as its first byte', () => {
    expect(disassemble(Uint8Array.of(0x0f, 0x04), 0, true)).toEqual({ text: 'db 0x0f', length: 1 });
    expect(disassemble(Uint8Array.of(0x81), 0, true)).toEqual({ text: 'db 0x81', length: 1 });
    expect(disassemble(new Uint8Array(0), 0, true)).toEqual({ text: 'db 0x00', length: 1 });
  });

  test('wraps the target of a 16-bit jump within 64 KiB', () => {
    expect(disassemble(Uint8Array.of(0xeb, 0x7f), 0xffff, false).text).toBe('jmp 0x80');
    expect(disassemble(Uint8Array.of(0xeb, 0x80), 0, true).text).toBe('jmp 0xffffff82');
  });

  test.each([
    ['d8 c1', 'fadd st0, st1'],
    ['dc e9', 'fsub st1, st0'],
    ['dd 07', 'fld qword [edi]'],
    ['db 3f', 'fstp tword [edi]'],
    ['df e0', 'fnstsw ax'],
    ['0f 12 ca', 'movhlps xmm1, xmm2'],
    ['0f 16 0f', 'movhps xmm1, [edi]'],
    ['66 0f 70 ca 1b', 'pshufd xmm1, xmm2, 0x1b'],
    ['f2 0f 2d c2', 'cvtsd2si eax, xmm2'],
    ['66 0f c4 0f 03', 'pinsrw xmm1, word [edi], 0x3'],
    ['0f ae 17', 'ldmxcsr dword [edi]'],
  ])('shows x87 and SSE as NASM takes them: %s', (hex, text) => {
    const bytes = Uint8Array.from(hex.split(' '), (byte) => Number.parseInt(byte, 16));
    expect(disassemble(bytes, 0, true)).toEqual({ text, length: bytes.length });
  });
});
