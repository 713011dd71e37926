import type { TraceMaker } from './trace-maker.ts';

/** A made-up run: what its kernel stores, and what it does in between. */
export interface Shape {
  readonly name: string;
  /** Adds about `writes` writes. The stores of `isChanged` runs differ in one value, or, where it says so, in many. */
  readonly make: (maker: TraceMaker, writes: number, isChanged: boolean) => void;
}

const MIB = 1 << 20;

/** The worst that is known of different kinds; comparing must stay quick and small on each. */
export const SHAPES: readonly Shape[] = [
  { name: 'twelve MiB filled word by word, again and again', make: fills },
  { name: 'pages cleared byte by byte, calls, an interrupt at times', make: calls },
  { name: 'sixty variables that count, seen after every tenth store', make: counters },
  { name: 'blocks of 64 bytes, asked for, filled and given back', make: blocks },
  { name: 'ticks with an interrupt, a switch of stacks and a port write', make: ticks },
  { name: 'the same ticks, every second value another', make: otherTicks },
];

function fills(maker: TraceMaker, writes: number, isChanged: boolean): void {
  for (let done = 0, round = 1; done < writes; round++) {
    for (let at = 0; at < 12 * MIB && done < writes; at += 4, done++) {
      const value = round * 0x0101_0101 + at + (isChanged && done === writes >> 1 ? 1 : 0);
      maker.store('clear', 2 * MIB + at, value);
    }
    maker.event({ kind: 'port-write', port: 0x80, size: 1, value: round & 0xff, eip: maker.at('clear') });
  }
}

function calls(maker: TraceMaker, writes: number, isChanged: boolean): void {
  for (let done = 0, round = 0; done < writes; round++) {
    const page = 4 * MIB + (round % 512) * 4096;
    for (let at = 0; at < 4096; at++, done++) maker.store('clear', page + at, isChanged && round === 600 ? 1 : 0, 1);
    for (let call = 0; call < 100; call++, done += 8) {
      const stack = 0x9_f000 - (call % 5) * 64;
      for (let push = 0; push < 6; push++) maker.store('work', stack - 4 * push, 0x9000 + push);
      maker.store('work', 3 * MIB + (call % 64) * 32, Math.imul(round * 100 + call, 0x9e37_79b1) >>> 0);
      maker.store('work', 3 * MIB + (call % 64) * 32 + 8, call & 0xff, 1);
    }
    if (round % 3 === 0) done += interrupt(maker, 0x9_e000);
    maker.event({ kind: 'port-write', port: 0x80, size: 1, value: round & 0xff, eip: maker.at('work') });
  }
}

function counters(maker: TraceMaker, writes: number, isChanged: boolean): void {
  for (let done = 0; done < writes; done++) {
    const value = done + (isChanged && done > writes / 2 && done % 60 === 7 ? 1 : 0);
    maker.store('work', maker.at('variables') + 4 * (done % 60), value);
    if (done % 10 === 0) {
      maker.event({ kind: 'port-write', port: 0x80, size: 1, value: (done / 10) & 0xff, eip: maker.at('work') });
    }
  }
}

function blocks(maker: TraceMaker, writes: number, isChanged: boolean): void {
  const perBlock = 200;
  for (let done = 0, call = 0; done < writes; call++) {
    const block = 2 * MIB + (call % 1000) * 64;
    maker.probe('kalloc', 2 * call, [64], block, 'work');
    for (let i = 0; i < perBlock; i++, done++) {
      maker.store('work', block + 4 * (i % 16), call + i + (isChanged && call === 20_000 ? 1 : 0));
    }
    maker.probe('kfree', 2 * call + 1, [block], 0, 'work');
  }
}

function ticks(maker: TraceMaker, writes: number, isChanged: boolean): void {
  manyTicks(maker, writes, (tick) => (isChanged && tick === 50_000 ? 1 : 0));
}

function otherTicks(maker: TraceMaker, writes: number, isChanged: boolean): void {
  manyTicks(maker, writes, (tick) => (isChanged ? tick & 1 : 0));
}

function manyTicks(maker: TraceMaker, writes: number, other: (tick: number) => number): void {
  for (let done = 0, tick = 0; done < writes; tick++) {
    const stack = 0x8_0000 + (tick % 4) * 0x1_0000;
    maker.event({ kind: 'interrupt', vector: 32, irq: 0, eip: maker.at('work') });
    done += interrupt(maker, stack);
    for (let i = 0; i < 36; i++, done++) {
      maker.store('schedule', maker.at('variables') + 4 * (i % 60), tick * 3 + i + other(tick));
    }
    maker.event({ kind: 'port-write', port: 0x20, size: 1, value: 0x20, eip: maker.at('schedule') });
  }
}

/** What the processor pushes, and PUSHA after it. */
function interrupt(maker: TraceMaker, stack: number): number {
  for (let word = 0; word < 3; word++) maker.store('work', stack - 4 * word, maker.at('work'), 4, 'interrupt-frame');
  for (let register = 0; register < 8; register++) maker.store('push', stack - 12 - 4 * register, register);
  return 11;
}
