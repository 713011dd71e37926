import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import * as S from '../../../emulator/cpu/state.ts';
import { FloatTarget } from './float-target.ts';

const ALL_MASKED = 0x37f;
/** FYL2X, FPATAN, FYL2XP1: the result is in ST(1), which then is the top. */
const WITH_TWO = ['d9f1', 'd9f3', 'd9f9'];

const lines = gunzipSync(readFileSync(new URL('./transcendental.txt.gz', import.meta.url)))
  .toString('latin1')
  .trim()
  .split('\n');

test('transcendental results are the exact values, rounded once, in every rounding mode', () => {
  const target = new FloatTarget('forms');
  const { floats } = target.cpu.state;
  const register = Buffer.from(floats.buffer, floats.byteOffset, 24);
  const wrong = lines.filter((line) => {
    const [code, mode, first, second, expected] = line.split(' ');
    floats.fill(0);
    floats[S.X87_CONTROL] = ALL_MASKED | (Number(mode) << 10);
    floats[S.X87_IN_USE] = 3;
    register.write(first, 0, 'hex');
    register.write(second, 12, 'hex');
    target.run(Buffer.from(code, 'hex'), 0, 0, new Uint8Array(0));
    const at = WITH_TWO.includes(code) ? 12 : 0;
    return register.toString('hex', at, at + 10) !== expected;
  });
  expect(lines.length).toBeGreaterThan(1200);
  expect(wrong).toEqual([]);
});
