import { describe, expect, test } from 'vitest';
import * as log from '../../../emulator/memory/write-log.ts';
import { WRITE_ORIGINS, type WriteColumns } from '../../../traces/index.ts';

const CAPACITY = 32_768;

/** The first row of each batch and its size, copied, since the columns are valid only during the call. */
function batches(): { readonly seen: object[]; readonly drain: (columns: WriteColumns) => void } {
  const seen: object[] = [];
  const drain = ({ count, icount, eip, linear, physical, value, size, origin }: WriteColumns): void => {
    const first = [icount, eip, linear, physical, value, size, origin].map((column) => column[0]);
    seen.push({ count, first });
  };
  return { seen, drain };
}

describe('the write log', () => {
  test('numbers origins as the trace names them', () => {
    expect(WRITE_ORIGINS[log.ORIGIN_INSTRUCTION]).toBe('instruction');
    expect(WRITE_ORIGINS[log.ORIGIN_INTERRUPT_FRAME]).toBe('interrupt-frame');
    expect(WRITE_ORIGINS[log.ORIGIN_TASK_SWITCH]).toBe('task-switch');
    expect(WRITE_ORIGINS[log.ORIGIN_DESCRIPTOR]).toBe('descriptor');
    expect(WRITE_ORIGINS[log.ORIGIN_PAGE_WALK]).toBe('page-walk');
    expect(WRITE_ORIGINS[log.ORIGIN_DMA]).toBe('dma');
    expect(WRITE_ORIGINS[log.ORIGIN_FIRMWARE]).toBe('firmware');
    expect(WRITE_ORIGINS[log.ORIGIN_INPUT]).toBe('input');
  });

  test('places a row by icount and EIP and hands it over on flush', () => {
    const { seen, drain } = batches();
    const writes = new log.WriteLog(
      () => 2 ** 40,
      () => 0xfffffff0,
      drain,
    );
    writes.currentOrigin = log.ORIGIN_FIRMWARE;
    writes.push(0xc0000000, 0x1000, 2, 0xbeef);
    writes.flush();
    expect(seen).toEqual([
      { count: 1, first: [2 ** 40, 0xfffffff0, 0xc0000000, 0x1000, 0xbeef, 2, log.ORIGIN_FIRMWARE] },
    ]);
    writes.flush();
    expect(seen).toHaveLength(1);
  });

  test('hands over a batch whenever the buffer is full, and drops nothing', () => {
    const { seen, drain } = batches();
    const writes = new log.WriteLog(
      () => 0,
      () => 0,
      drain,
    );
    for (let i = 0; i < 2 * CAPACITY + 5; i++) writes.push(i, i, 4, i);
    expect(seen).toMatchObject([
      { count: CAPACITY },
      { count: CAPACITY, first: [0, 0, CAPACITY, CAPACITY, CAPACITY, 4, 0] },
    ]);
    expect(writes.count).toBe(2 * CAPACITY + 5);
    writes.flush();
    expect(seen).toMatchObject([{}, {}, { count: 5 }]);
    expect(writes.count).toBe(2 * CAPACITY + 5);
  });

  test('counts when nobody records, too', () => {
    const writes = new log.WriteLog(
      () => 0,
      () => 0,
      undefined,
    );
    for (let i = 0; i < CAPACITY + 1; i++) writes.push(i, i, 1, 0);
    writes.flush();
    expect(writes.count).toBe(CAPACITY + 1);
  });
});
