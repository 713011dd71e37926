import type { WriteColumns } from '../../traces/index.ts';
import { newColumns } from '../../traces/writes/write-decoder.ts';

/**
 * The writes of an imaginary kernel: fills a page byte by byte, calls functions that push registers and locals, stores
 * fields of structures, and takes a timer interrupt with PUSHA now and then. Regular the way compiled code is; the
 * values of the stored fields are pseudo-random, so nothing here is all zeros.
 */
export function syntheticWrites(count: number): WriteColumns {
  const rows = new Rows(count);
  let round = 0;
  while (rows.count < count) {
    round++;
    fill(rows, 0x0010_0000 + (round % 512) * 4096, 4096);
    for (let call = 0; call < 100; call++) callFunction(rows, 0x0009_f000 - (call % 5) * 64, round * 100 + call);
    if (round % 3 === 0) interrupt(rows, 0x0009_e000);
  }
  return rows.columns();
}

class Rows {
  count = 0;
  icount = 5_000_000_000;
  readonly #columns: WriteColumns;

  constructor(count: number) {
    this.#columns = newColumns(count);
  }

  add(delta: number, eip: number, linear: number, value: number, size = 4, origin = 0): void {
    this.icount += delta;
    if (this.count === this.#columns.icount.length) return;
    const row = this.count++;
    this.#columns.icount[row] = this.icount;
    this.#columns.eip[row] = eip;
    this.#columns.linear[row] = linear;
    this.#columns.physical[row] = linear < 0x0010_0000 ? linear : linear + 0x0020_0000;
    this.#columns.value[row] = value;
    this.#columns.size[row] = size;
    this.#columns.origin[row] = origin;
  }

  columns(): WriteColumns {
    return { ...this.#columns, count: this.count };
  }
}

function fill(rows: Rows, start: number, sizeBytes: number): void {
  for (let at = 0; at < sizeBytes; at++) rows.add(at === 0 ? 9 : 4, 0xc010_0040, start + at, 0, 1);
}

function callFunction(rows: Rows, esp: number, seed: number): void {
  const random = (Math.imul(seed, 0x9e3779b1) ^ (seed << 7)) >>> 0;
  const code = 0xc010_1000;
  for (let push = 0; push < 6; push++)
    rows.add(1, code + push, esp - 4 * push, push === 0 ? 0xc010_2345 : 0x100 + push);
  rows.add(3, code + 0x10, 0xc020_0000 + (seed % 64) * 32, random);
  rows.add(2, code + 0x14, 0xc020_0004 + (seed % 64) * 32, seed);
  rows.add(1, code + 0x18, 0xc020_0008 + (seed % 64) * 32, random & 0xff, 1);
}

function interrupt(rows: Rows, esp: number): void {
  for (let word = 0; word < 3; word++) rows.add(word === 0 ? 2 : 0, 0xc010_0050, esp - 4 * word, 0x246 - word, 4, 1);
  for (let register = 0; register < 8; register++)
    rows.add(register === 0 ? 1 : 0, 0xc010_3000, esp - 16 - 4 * register, register);
  rows.add(3, 0xc010_3010, 0xc020_8000, rows.icount % 1000);
}
