import { expect, test } from 'vitest';
import { lowerToJavaScript } from '../../../emulator/engine/javascript.ts';
import { decode } from '../../../emulator/isa/decode.ts';
import { disassemble } from '../../../emulator/isa/disassemble.ts';

/** Forms of every family and every kind of micro-op, as code bytes of 32-bit segments. */
const SAMPLES: readonly string[] = [
  '01c8 0108 6601c8 00e0 0045fe 83c001 11d8 1913 29c8 39c8 8508 f6d8 f710', // ALU
  '40 fe08 48 ff01', // INC, DEC
  'f7e1 f6e9 0fafc3 69c110000000 f7f1 f6f9', // multiplication, division
  'd1e0 c1e803 d21c24 c0c807 d1d0 c1d811 0fa4d807 660fadd8', // shifts
  '0fa3c8 0fab08 0fbae807 0fbcc1 0fbdc1 0fc8', // bits
  '89c8 8a4d08 67a11000 8d4481fc 0fb6c4 0fbf03 8703 0fb10b 0fc10b 0f44c1 98 99 d7', // moves
  '27 d40a', // BCD
  '50 6a01 ff30 58 8f00 8f042410 9d 9c c9 60', // stack
  'eb00 7400 e200 e300 e800000000 ffd0 ff20 c3 c20800 ea000000000800 ff18 cb cd80 ce cf 6201', // flow
  '8ed8 8ed0 17 8cd8 c507 0f02c1 0f00d8', // segments
  'a4 f3a4 f3a5 aa f2ae f3a7 ac 6c 6f', // strings
  'f8 fd fa fb f4 ec e680 0f20c0 0f22d8 0f0100 0f0110 0f0138 0f01e0 d9c0 9b', // system
].flatMap((line) => line.split(' '));

test('the generated code of sample forms is the one that was reviewed', async () => {
  const texts = SAMPLES.map((hex) => {
    const bytes = new Uint8Array(Buffer.from(hex, 'hex'));
    const insn = decode(bytes, bytes.length, true);
    if (typeof insn === 'string') throw new Error(`${hex} is ${insn}`);
    const { text } = disassemble(bytes, 0, true);
    return `// ${hex}: ${text}\n// ${insn.form.name}\n${lowerToJavaScript(insn.form)}\n`;
  });
  await expect(texts.join('\n')).toMatchFileSnapshot('./generated-code.txt');
});
