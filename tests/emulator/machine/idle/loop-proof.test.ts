import { expect, test } from 'vitest';
import * as S from '../../../../emulator/cpu/state.ts';
import { LoopProof } from '../../../../emulator/machine/idle/loop-proof.ts';
import { Guest } from '../../cpu/guest.ts';

const HERE = 0x5000;
const THERE = 0x6000;

/** A loop of one instruction, which stores bytes; `round` says what the proof makes of each time around. */
function loop() {
  const { cpu } = Guest.protected();
  const { memory, writeLog } = cpu.pins;
  const proof = LoopProof.begin(cpu, writeLog, 1);
  const round = (stores: ReadonlyMap<number, number>) => {
    for (const [physical, value] of stores) {
      memory.write8(physical, value);
      writeLog.push(physical, physical, 1, value);
    }
    return proof.step(++cpu.f[S.F_ICOUNT]);
  };
  return { cpu, round };
}

const storing = (physical: number, value: number) => new Map([[physical, value]]);

test('a round without stores proves a loop idle', () => {
  expect(loop().round(new Map())).toBe('proven');
});

test('a round that leaves each stored byte as the round before left it proves it', () => {
  const { round } = loop();
  expect([round(storing(HERE, 1)), round(storing(HERE, 1))]).toEqual(['go on', 'proven']);
});

test('a byte that is never what it was refutes it', () => {
  const { round } = loop();
  expect([1, 2, 3].map((value) => round(storing(HERE, value)))).toEqual(['go on', 'go on', 'refuted']);
});

test('a byte that the round before did not store to proves nothing: what was there is not known', () => {
  const { round } = loop();
  expect([round(storing(HERE, 1)), round(storing(THERE, 1)), round(storing(THERE, 1))]).toEqual([
    'go on',
    'go on',
    'proven',
  ]);
});

test('a round that ends in another state refutes it', () => {
  const { cpu, round } = loop();
  cpu.s[S.EBX] ^= 1;
  expect(round(new Map())).toBe('refuted');
});
