import { describe, expect, test } from 'vitest';
import type { Driver } from '../../../harness/driver/driver.ts';
import { encodeValue } from '../../../harness/driver/encode-value.ts';
import { decodeValue } from '../../../harness/driver/guest-value.ts';
import { parsePath } from '../../../harness/driver/place-path.ts';
import { noSymbols, type TypeNode } from '../../../harness/symbols/index.ts';
import { burrowFiles, driverFor, kernelFiles, sectorFiles } from '../guest-run.ts';
import { HELLO_GUEST } from '../project-folder.ts';

async function bootedKernel(): Promise<Driver> {
  const { driver } = driverFor(kernelFiles());
  await driver.runUntilText('processes are ready');
  return driver;
}

describe('variables by their types', () => {
  test('read gives a number; global follows arrays, pointers and members', async () => {
    const driver = await bootedKernel();
    expect(driver.read('heap_base')).toBeGreaterThan(0x100000);
    expect(driver.read('process_count')).toBe(4);
    const eip = driver.global('processes[2].context.eip');
    expect(driver.global('processes[2]->context.eip')).toBe(eip);
    await driver.runUntilCall('process_c');
    expect(driver.registers.eip).toBe(eip);
  });

  test('a struct is an object, an enum the name of its value, a pointer an address', async () => {
    const driver = await bootedKernel();
    const process = driver.global('processes[1][0]');
    expect(process).toMatchObject({ pid: 1, context: { ebp: 0, eflags: 0x202 } });
    const { driver: burrow } = driverFor(burrowFiles(), []);
    await burrow.runUntilCall('input_wait');
    expect(burrow.global('current_task')).toBe(burrow.read('current_task'));
    expect(burrow.global('current_task->state')).toMatch(/^TASK_/);
    expect(burrow.read('current_task->state')).toBeTypeOf('number');
  });

  test('write stores by type, and of a struct only what is given', async () => {
    const driver = await bootedKernel();
    driver.write('process_count', 3);
    expect(driver.read('process_count')).toBe(3);
    const before = driver.global('processes[1][0]');
    driver.write('processes[1][0]', { pid: 7 });
    expect(driver.global('processes[1][0]')).toEqual({ ...Object(before), pid: 7 });
    driver.write(0x500, 0xdeadbeef);
    expect(driver.read(0x500)).toBe(0xdeadbeef);
  });

  test.each([
    ['heap_bas', 'no symbol "heap_bas"; did you mean heap_base?'],
    ['processes[1].pdi', 'struct process has no member "pdi"; did you mean pid?'],
    ['heap_base.x', 'heap_base is unsigned int: it has no member "x"'],
    ['heap_base[1]', 'heap_base is unsigned int: it has no element 1'],
    ['processes[', '"processes[" is no variable'],
  ])('%s is answered with what is wrong', async (expression, message) => {
    const driver = await bootedKernel();
    expect(() => driver.global(expression)).toThrow(message);
  });

  test('a null pointer is named', () => {
    const { driver } = driverFor(kernelFiles());
    expect(() => driver.global('processes[1].pid')).toThrow('processes is 0: it points nowhere');
  });

  test('what does not fit is refused', async () => {
    const driver = await bootedKernel();
    expect(() => driver.write('process_count', 2 ** 33)).toThrow(
      "can't write process_count: 8589934592 doesn't fit into 32 bits",
    );
    expect(() => driver.write('processes[1][0]', { pdi: 1 })).toThrow('has no member "pdi"; did you mean pid?');
  });

  test('without debug information read gives 32 bits, and global says what is missing', () => {
    const symbol = { name: 'counter', start: 0x46c, sizeBytes: 4, kind: 'object', isOpenEnded: false } as const;
    const symbols = { ...noSymbols, lookup: (name: string) => (name === 'counter' ? symbol : undefined) };
    const { driver } = driverFor({ ...sectorFiles(HELLO_GUEST), symbols, symbolsName: 'test.elf' }, []);
    driver.write('counter', 77);
    expect(driver.read('counter')).toBe(77);
    expect(() => driver.global('counter')).toThrow('compile the kernel with -g');
  });
});

describe('values', () => {
  const unsigned = (sizeBytes: number): TypeNode => ({ kind: 'base', name: 'u', sizeBytes, encoding: 'unsigned' });
  const signed = (sizeBytes: number): TypeNode => ({ kind: 'base', name: 's', sizeBytes, encoding: 'signed' });
  const float: TypeNode = { kind: 'base', name: 'double', sizeBytes: 8, encoding: 'float' };
  const truth: TypeNode = { kind: 'base', name: '_Bool', sizeBytes: 1, encoding: 'boolean' };
  const color: TypeNode = {
    kind: 'enum',
    name: 'color',
    sizeBytes: 4,
    values: [
      { name: 'RED', value: 1 },
      { name: 'NONE', value: -1 },
    ],
  };
  const bits: TypeNode = {
    kind: 'struct',
    name: 'pte',
    sizeBytes: 4,
    members: [
      { name: 'present', offsetBytes: 0, type: unsigned(4), bits: { first: 0, count: 1 } },
      { name: 'frame', offsetBytes: 1, type: unsigned(4), bits: { first: 4, count: 20 } },
      { name: 'delta', offsetBytes: 0, type: signed(4), bits: { first: 1, count: 3 } },
    ],
  };
  const inner: TypeNode = {
    kind: 'union',
    name: '',
    sizeBytes: 2,
    members: [
      { name: 'low', offsetBytes: 0, type: unsigned(1) },
      { name: 'word', offsetBytes: 0, type: unsigned(2) },
    ],
  };
  const outer: TypeNode = {
    kind: 'struct',
    name: 'outer',
    sizeBytes: 4,
    members: [
      { name: 'a', offsetBytes: 0, type: unsigned(1) },
      { name: '', offsetBytes: 2, type: inner },
    ],
  };

  test.each([
    ['an unsigned byte', unsigned(1), 200],
    ['a signed word', signed(2), -2],
    ['8 bytes', unsigned(8), 2n ** 63n],
    ['8 signed bytes', signed(8), -5n],
    ['a double', float, 1.5],
    ['a boolean', truth, true],
    ['an enum', color, 'RED'],
    ['an enum below 0', color, 'NONE'],
    ['an enum without a name for it', color, 5],
    ['bit fields', bits, { present: 1, frame: 0xabcde, delta: -3 }],
    [
      'an array of arrays',
      {
        kind: 'array',
        name: '',
        sizeBytes: 4,
        count: 2,
        element: { kind: 'array', name: '', sizeBytes: 2, count: 2, element: unsigned(1) },
      } as TypeNode,
      [
        [1, 2],
        [3, 4],
      ],
    ],
  ])('%s comes back as it was written', (_, type, value) => {
    const bytes = new DataView(new ArrayBuffer(16));
    encodeValue(type, value, bytes, 3);
    expect(decodeValue(type, bytes, 3)).toEqual(value);
  });

  test("members of an anonymous union are the struct's own", () => {
    const bytes = new DataView(new ArrayBuffer(4));
    encodeValue(outer, { a: 9, word: 0x1234 }, bytes);
    expect(decodeValue(outer, bytes)).toEqual({ a: 9, low: 0x34, word: 0x1234 });
  });

  test.each([
    [color, 'BLUE', 'enum color has no value "BLUE"; there is RED, NONE'],
    [unsigned(1), 300, "300 doesn't fit into 8 bits"],
    [unsigned(4), 1.5, 'u takes an integer, not 1.5'],
    [outer, 5, 'struct outer takes an object'],
  ])('what cannot be written is said: %#', (type, value, message) => {
    expect(() => encodeValue(type, value, new DataView(new ArrayBuffer(16)))).toThrow(message);
  });
});

describe('expressions', () => {
  const known = (name: string): boolean => ['frame', 'frame.end', 'a'].includes(name);

  test('the longest symbol is the root, the rest are members', () => {
    expect(parsePath('frame.end.x', known)).toEqual({ root: 'frame.end', steps: [{ kind: 'member', name: 'x' }] });
    expect(parsePath('a->b[0x10].c', known)).toEqual({
      root: 'a',
      steps: [
        { kind: 'member', name: 'b' },
        { kind: 'index', index: 16 },
        { kind: 'member', name: 'c' },
      ],
    });
  });

  test.each(['', '1a', 'a[-1]', 'a[b]', 'a.', 'a b'])('%j is none', (text) => {
    expect(parsePath(text, known)).toBeUndefined();
  });
});
