import { describe, expect, test } from 'vitest';
import type { PortClaim } from '../../../../emulator/bus/ports.ts';
import * as S from '../../../../emulator/cpu/state.ts';
import { SCRATCH_SLOTS } from '../../../../emulator/machine/idle/moment.ts';
import { BareMachine, CODE } from '../bare-machine.ts';

/** Every slot that carries something from one instruction to the next. */
function architecture({ guest }: BareMachine): readonly number[] {
  guest.cpu.eflags(); // computes what is pending
  return guest.architecture().map((value, slot) => (SCRATCH_SLOTS.includes(slot) ? 0 : value));
}

/** Runs the code with both engines for `instructions`, in slices that `lengths` gives in turn, and compares. `prepare`d before. */
function expectSame(
  code: readonly number[],
  instructions: number,
  lengths: readonly number[] = [instructions],
  hotAfter = 1,
  prepare: (machine: BareMachine) => void = () => undefined,
): void {
  const machines = (['forms', 'blocks'] as const).map((engine) => {
    const machine = new BareMachine(engine, code, CODE, hotAfter);
    machine.cpu.s[S.EDI] = 0x30000;
    machine.cpu.s[S.ESI] = 0x30800;
    prepare(machine);
    for (let turn = 0; machine.icount < instructions; turn++) {
      machine.runTo(Math.min(instructions, machine.icount + lengths[turn % lengths.length]));
    }
    return machine;
  });
  const [forms, blocks] = machines.map((machine) => ({
    icount: machine.icount,
    state: architecture(machine),
    writes: machine.guest.recorded(),
    bytes: machine.guest.memory.bytes.slice(0x10000, 0x40000),
  }));
  expect(blocks.icount).toBe(forms.icount);
  expect(blocks.state).toEqual(forms.state);
  expect(blocks.writes).toEqual(forms.writes);
  expect(Buffer.compare(blocks.bytes, forms.bytes)).toBe(0);
}

// mov ecx, 40; L: mov [edi], eax; add edi, 4; add eax, ecx; dec ecx; jnz L; jmp start (the whole again)
const LOOP = [0xb9, 40, 0, 0, 0, 0x89, 0x07, 0x83, 0xc7, 4, 0x01, 0xc8, 0x49, 0x75, 0xf6, 0xeb, 0xef];
// call f; inc ebx; jmp start; f: push eax; add eax, 3; pop edx; ret
const CALLS = [0xe8, 3, 0, 0, 0, 0x43, 0xeb, 0xf8, 0x50, 0x83, 0xc0, 3, 0x5a, 0xc3];

/** Compiles a loop once all of it has run: one region, entered at its beginning. */
const WHOLE = 4;
/** Compiles a loop when what is done every 32nd time is too seldom to be an entry. */
const SELDOM = 64;
const dword = (value: number): readonly number[] => [value, value >> 8, value >> 16, value >> 24].map((b) => b & 0xff);

describe('compiled code', () => {
  test('lands on every deadline of a loop', () => {
    for (let deadline = 1; deadline <= 60; deadline++) expectSame(LOOP, 1000, [deadline]);
  });

  test('returns to where it was called from, through the stack', () => {
    for (const length of [1000, 7]) expectSame(CALLS, 1000, [length]);
  });

  test('hands on CF through INC and DEC', () => {
    // L: add al, 77h; inc ebx; dec ecx; adc edx, 0; test cl, 7; jnz L; stc; inc ebx; sbb esi, 0; jmp L
    const code = [
      ...[0x04, 0x77, 0x43, 0x49, 0x83, 0xd2, 0, 0xf6, 0xc1, 7, 0x75, 0xf4],
      ...[0xf9, 0x43, 0x83, 0xde, 0, 0xeb, 0xed],
    ];
    expectSame(code, 2000, [2000]);
    expectSame(code, 500, [3]);
  });

  test('leaves flags behind that a shift by 0 must not change', () => {
    // L: inc eax; mov cl, al; and cl, 3; cmp eax, edx; shl ebx, cl; setz dh; jmp L
    const code = [0x40, 0x88, 0xc1, 0x80, 0xe1, 3, 0x39, 0xd0, 0xd3, 0xe3, 0x0f, 0x94, 0xc6, 0xeb, 0xf1];
    expectSame(code, 600, [600]);
    expectSame(code, 600, [1, 5, 2]);
  });

  test('sees a store into the instruction that follows it', () => {
    // L: inc byte [next + 1]; next: add eax, 1 (83 C0 ib at +7); jmp L
    const next = CODE + 6;
    const address = [next & 0xff, (next >> 8) & 0xff, next >> 16, 0];
    expectSame([0xfe, 0x05, ...address.map((byte, i) => (i === 0 ? byte + 2 : byte)), 0x83, 0xc0, 1, 0xeb, 0xf5], 900);
  });

  test('stores beside itself in the same line go on as before', () => {
    // L: inc dword [CODE + 20h]; jmp L
    expectSame([0xff, 0x05, 0x20, 0x00, 0x01, 0x00, 0xeb, 0xf8], 400);
  });

  test('moves strings both ways, as far as the count goes', () => {
    for (const direction of [0xfc, 0xfd]) {
      // L: mov ecx, 30; rep movsd; mov ecx, 9; rep stosb; mov ecx, 0; rep stosd; xchg esi, edi; jmp L
      const code = [
        ...[direction, 0xb9, 30, 0, 0, 0, 0xf3, 0xa5, 0xb9, 9, 0, 0, 0, 0xf3, 0xaa],
        ...[0xb9, 0, 0, 0, 0, 0xf3, 0xab, 0x87, 0xf7, 0xeb, 0xe6],
      ];
      expectSame(code, 500, [500]);
      expectSame(code, 500, [11, 1]);
    }
  });

  test('fills the write log to the last row with a string that is longer', () => {
    // L: mov ecx, 40001; mov edi, 30000h; rep stosb; inc eax; jmp L
    const code = [0xb9, 0x41, 0x9c, 0, 0, 0xbf, 0, 0, 3, 0, 0xf3, 0xaa, 0x40, 0xeb, 0xf1];
    expectSame(code, 130_000, [50_000]);
  });

  test('moves strings over pages that are neighbours, and byte by byte what lies on two', () => {
    for (const [edi, esi] of [
      [0x30000, 0x34000],
      [0x30ffe, 0x34002], // the target's elements lie on two pages now and then
      [0x30ff0, 0x33fff], // the source's do
      [0x30000, 0x31000], // onto itself, downwards
      [0x30100, 0x30004], // and upwards, which goes on with what it has stored
    ]) {
      // L: mov esi, ...; mov edi, ...; mov ecx, 800h; rep movsd; mov ecx, 900h; rep stosw; add edi, 1; inc eax; jmp L
      const code = [
        ...[0xbe, ...dword(esi), 0xbf, ...dword(edi), 0xb9, ...dword(0x800), 0xf3, 0xa5],
        ...[0xb9, ...dword(0x900), 0x66, 0xf3, 0xab, 0x81, 0xc7, ...dword(1), 0x40, 0xeb, 0xde],
      ];
      for (const isScattered of [false, true]) {
        expectSame(code, 14_000, [14_000], 1, ({ guest }) => {
          for (let at = 0x30000; at < 0x37000; at += 4) guest.poke(at, 4, Math.imul(at, 0x9e3779b1));
          if (!isScattered) return;
          guest.enablePaging();
          guest.poke(0x101000 + 4 * 0x32, 4, 0x38007); // two pages are elsewhere
          guest.poke(0x101000 + 4 * 0x35, 4, 0x3a007);
        });
      }
    }
  });

  test('moves no string over code without its being dropped', () => {
    // L: call 32040h; mov edi, 31000h; mov ecx, 2000h; mov al, 0C3h; rep stosb; jmp L; there: inc ebx; ret
    const code = [
      ...[0xe8, ...dword(0x32040 - CODE - 5), 0xbf, ...dword(0x31000), 0xb9, ...dword(0x2000)],
      ...[0xb0, 0xc3, 0xf3, 0xaa, 0xeb, 0xeb],
    ];
    for (const hotAfter of [1, WHOLE]) {
      expectSame(code, 60_000, [60_000], hotAfter, (machine) => machine.put(0x32040, [0x43, 0xc3]));
    }
  });

  test('divides, and leaves #DE to the interpreter', () => {
    for (const divide of [
      [0xf7, 0xf1],
      [0xf7, 0xf9],
      [0x66, 0xf7, 0xf1],
      [0x66, 0xf7, 0xf9],
      [0xf6, 0xf1],
      [0xf6, 0xf9],
    ]) {
      // L: mov edx, ebx; and edx, 0Fh; imul eax, eax, 69069; add ebx, eax; mov ecx, ebx; or ecx, 10h; div; jmp L
      const code = [
        ...[0x89, 0xda, 0x83, 0xe2, 0x0f, 0x69, 0xc0, 0xcd, 0x0d, 0x01, 0x00, 0x40, 0x01, 0xc3, 0x89, 0xd9],
        ...[0x83, 0xc9, 0x10, ...divide],
      ];
      const machines = (['forms', 'blocks'] as const).map((engine) => {
        const machine = new BareMachine(engine, [...code, 0xeb, 0x100 - code.length - 2]);
        machine.guest.interruptGate(0);
        machine.put(0x20000, [0x43, 0x89, 0xd8, 0x83, 0x04, 0x24, divide.length, 0xcf]); // skips the division
        while (machine.icount < 3000) machine.runTo(3000);
        return machine;
      });
      const [forms, blocks] = machines;
      expect(architecture(blocks)).toEqual(architecture(forms));
      expect(blocks.guest.events).toEqual(forms.guest.events);
    }
  });

  test('knows the flags of what the interpreter did for it', () => {
    // L: xor ebx, 77h; pushfd; xor dword [esp], 8D5h; popfd; setc cl; seto ch; inc edx; adc eax, ebx; jmp L
    const code = [
      ...[0x83, 0xf3, 0x77, 0x9c, 0x81, 0x34, 0x24, 0xd5, 8, 0, 0, 0x9d, 0x0f, 0x92, 0xc1, 0x0f, 0x90, 0xc5],
      ...[0x42, 0x11, 0xd8, 0xeb, 0xe9],
    ];
    for (const hotAfter of [1, WHOLE]) expectSame(code, 900, [900], hotAfter);
  });

  test('knows CF after what the interpreter did for it, though only pending flags tell it', () => {
    // L: add al, 77h; mov ecx, cr2; inc ebx; adc edx, 0; jmp L
    const code = [0x04, 0x77, 0x0f, 0x20, 0xd1, 0x43, 0x83, 0xd2, 0, 0xeb, 0xf5];
    for (const hotAfter of [1, WHOLE]) expectSame(code, 900, [900], hotAfter);
  });

  test('forgets what it knew of the flags where the interpreter changed them', () => {
    // L: inc ebx; test bl, 1Fh; jnz L; cmp eax, eax; verr cx (the null selector: ZF = 0); setz dl; add esi, edx; jmp L
    const code = [
      ...[0x43, 0xf6, 0xc3, 0x1f, 0x75, 0xfa, 0x39, 0xc0, 0x0f, 0, 0xe1, 0x0f, 0x94, 0xc2, 0x01, 0xd6, 0xeb, 0xee],
    ];
    expectSame(code, 3000, [3000], SELDOM);
  });

  test('jumps within a region only to what is mapped there now', () => {
    const [table, other] = [0x101000, CODE + 0x1000];
    const flip = [0x81, 0x35, ...dword(table + (other >>> 12) * 4), ...dword(0x3000)]; // xor [..], 3000h
    const renew = [...flip, 0x0f, 0x01, 0x39, 0x8b, 0x11]; // ...; invlpg [ecx]; mov edx, [ecx]
    // L: call f; renew; call ecx (now g); renew; jmp L
    const code = [0xe8, ...dword(other - CODE - 5), ...renew, 0xff, 0xd1, ...renew];
    const prepare = (machine: BareMachine): void => {
      machine.put(other, [0x83, 0xc0, 1, 0xc3]); // f: add eax, 1; ret
      machine.put(other + 0x1000, [0x83, 0xc0, 0x10, 0xc3]); // g, on the next frame: add eax, 10h; ret
      machine.cpu.s[S.ECX] = other;
      machine.guest.enablePaging();
    };
    for (const hotAfter of [1, WHOLE]) {
      expectSame([...code, 0xeb, 0x100 - code.length - 2], 6000, [6000], hotAfter, prepare);
    }
  });

  test('has the interpreter do what its own code often gives up, and goes on', () => {
    // L: add dword [30FFEh], 41414141h (over a page's end); inc eax; adc ebx, 0; jmp L
    const code = [0x81, 0x05, 0xfe, 0x0f, 0x03, 0, 0x41, 0x41, 0x41, 0x41, 0x40, 0x83, 0xd3, 0, 0xeb, 0xf0];
    for (const hotAfter of [1, WHOLE]) expectSame(code, 12_000, [12_000], hotAfter);
    expectSame(code, 6000, [1999, 2]);
  });

  test('finds the way back from a function to any of many callers', () => {
    const calls = Array.from({ length: 12 }, (_, i) => [0xe8, ...dword(12 * 6 + 2 - 6 * i - 5), 0x40 + (i & 3)]).flat();
    // twelve times: call f; inc - then jmp to the first; f: add eax, edx; xor edx, 55h; ret
    const code = [...calls, 0xeb, 0x100 - calls.length - 2, 0x01, 0xd0, 0x83, 0xf2, 0x55, 0xc3];
    for (const hotAfter of [1, WHOLE]) expectSame(code, 3000, [3000], hotAfter);
    expectSame(code, 1000, [13, 1]);
  });

  test('goes on after POPF unless that lets interrupts in', () => {
    const machine = new BareMachine('blocks', [0x9c, 0x9d, 0xeb, 0xfc]); // L: pushfd; popfd; jmp L
    machine.runTo(300);
    expect(machine.icount).toBe(300);
    const letting = new BareMachine('blocks', [0xfa, 0x68, 2, 2, 0, 0, 0x9d, 0xeb, 0xf7]); // L: cli; push 202h; popfd; jmp L
    letting.runTo(300);
    expect(letting).toMatchObject({ icount: 3, eip: CODE + 7 });
  });

  test('stops before a watched instruction in the middle of a loop that is compiled already', () => {
    const machine = new BareMachine('blocks', LOOP);
    machine.cpu.s[S.EDI] = 0x30000;
    machine.run(500);
    machine.watch(CODE + 10);
    machine.stopsBefore = () => true;
    machine.run(500);
    expect(machine.eip).toBe(CODE + 10);
  });

  test('stops after an OUT that lowers the deadline', () => {
    const machine = new BareMachine('blocks', [0x40, 0xe6, 0x80, 0xeb, 0xfb]);
    const claim: PortClaim = {
      owner: 'the test',
      first: 0x80,
      last: 0x80,
      write: () => machine.cpu.requestPoll(),
    };
    machine.cpu.pins.ports.claim(claim);
    for (let count = 1; count < 20; count++) {
      machine.runTo(1000);
      expect(machine).toMatchObject({ icount: 3 * count - 1, eip: CODE + 3 });
    }
  });
});
