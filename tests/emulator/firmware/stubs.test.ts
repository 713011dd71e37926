import { describe, expect, it } from 'vitest';
import { Machine } from '../../../emulator/machine/machine.ts';

const EXIT_WITH_AL = [0xe6, 0xf4]; // OUT F4h,AL
const TICK_ICOUNT = 65536 * 4;
const KEY_A = Uint8Array.of(0x1e, 0x9e);

/** A machine whose boot sector is this code. */
function machineWith(code: readonly number[]): Machine {
  const disk = new Uint8Array(512);
  disk.set(code);
  disk.set([0x55, 0xaa], 510);
  return new Machine({ instructionLimit: 4_000_000 }, { disk }, { engine: 'forms' });
}

function exitOf(code: readonly number[]): unknown {
  return machineWith(code).run({ until: 4_000_000 });
}

/** MOV WORD [vector * 4],offset; MOV WORD [vector * 4 + 2],0. DS is 0 at boot. */
function hook(vector: number, offset: number): number[] {
  const slot = vector * 4;
  return [0xc7, 0x06, slot, 0, offset & 0xff, offset >> 8, 0xc7, 0x06, slot + 2, 0, 0, 0];
}

describe('the stubs in the ROM', () => {
  it('int 16h/00h halts until a key comes, and hands it out', () => {
    const machine = machineWith([0xb4, 0x00, 0xcd, 0x16, ...EXIT_WITH_AL]); // MOV AH,0; INT 16h
    expect(machine.run({ until: 10_000 })).toEqual({ kind: 'deadline' });
    machine.apply({ kind: 'scancodes', bytes: KEY_A });
    expect(machine.run({ until: 50_000 })).toEqual({ kind: 'exit-port', value: 0x61 });
  });

  it('int 16h/01h sees keys though the caller has interrupts off', () => {
    const poll = [0xb4, 0x01, 0xcd, 0x16, 0x74, 0xfa]; // MOV AH,1; INT 16h; JZ back
    const machine = machineWith([0xfa, ...poll, ...EXIT_WITH_AL]); // CLI
    machine.run({ until: 1000 });
    machine.apply({ kind: 'scancodes', bytes: KEY_A });
    expect(machine.run({ until: 50_000 })).toEqual({ kind: 'exit-port', value: 0x61 });
  });

  it('int 15h/86h takes its time, with ticks in between', () => {
    const wait = [0xb4, 0x86, 0xb9, 0x03, 0x00, 0x31, 0xd2, 0xcd, 0x15]; // MOV AH,86h; MOV CX,3; XOR DX,DX; INT 15h
    const ticks = [0xa0, 0x6c, 0x04]; // MOV AL,[046Ch]
    const machine = machineWith([...wait, ...ticks, ...EXIT_WITH_AL]);
    const before = machine.readPhysical(0x46c, 1)[0];
    expect(machine.run({ until: 4_000_000 })).toEqual({ kind: 'exit-port', value: (before + 3) & 0xff });
    const expectedIcount = Math.ceil((3 * 65536 * 1_193_182) / 1_000_000) * 4;
    expect(machine.icount).toBeGreaterThanOrEqual(expectedIcount);
    expect(machine.icount).toBeLessThan(expectedIcount + 50);
  });

  it('int 08h calls int 1Ch once a tick', () => {
    const handler = [0xfe, 0x06, 0x00, 0x05, 0x31, 0xc0, 0xcf]; // INC BYTE [0500h]; XOR AX,AX (it may); IRET
    const body = [0xb8, 0x34, 0x12, 0xf4, 0xf4, 0xf4, 0x02, 0x06, 0x00, 0x05]; // MOV AX,1234h; three HLT; ADD AL,[0500h]
    const length = hook(0x1c, 0).length + body.length + EXIT_WITH_AL.length;
    const machine = machineWith([...hook(0x1c, 0x7c00 + length), ...body, ...EXIT_WITH_AL, ...handler]);
    expect(machine.run({ until: 4_000_000 })).toEqual({ kind: 'exit-port', value: 0x37 });
    expect(Math.floor(machine.icount / TICK_ICOUNT)).toBe(3);
  });

  it('int 09h asks int 15h/4Fh, which may swallow the key', () => {
    const handler = [0xf8, 0xca, 0x02, 0x00]; // CLC; RETF 2
    const isKeyThere = [0xb4, 0x01, 0xcd, 0x16, 0x0f, 0x94, 0xc0]; // MOV AH,1; INT 16h; SETZ AL
    const length = hook(0x15, 0).length + 1 + isKeyThere.length + EXIT_WITH_AL.length;
    const code = [...hook(0x15, 0x7c00 + length), 0xf4, ...isKeyThere, ...EXIT_WITH_AL, ...handler]; // HLT until the key
    const machine = machineWith(code);
    machine.run({ until: 100 });
    machine.apply({ kind: 'scancodes', bytes: KEY_A.subarray(0, 1) });
    expect(machine.run({ until: 100_000 })).toEqual({ kind: 'exit-port', value: 1 });
  });

  it('int 09h calls int 1Bh on Ctrl-Break', () => {
    const handler = [0xb0, 0x1b, ...EXIT_WITH_AL]; // MOV AL,1Bh
    const length = hook(0x1b, 0).length + 3;
    const machine = machineWith([...hook(0x1b, 0x7c00 + length), 0xf4, 0xeb, 0xfd, ...handler]); // HLT; JMP back
    machine.run({ until: 100 });
    machine.apply({ kind: 'scancodes', bytes: Uint8Array.of(0x1d, 0xe0, 0x46) });
    expect(machine.run({ until: 100_000 })).toEqual({ kind: 'exit-port', value: 0x1b });
  });

  it('int 19h boots again', () => {
    const code = [0xfe, 0x06, 0x00, 0x05, 0xa0, 0x00, 0x05]; // INC BYTE [0500h]; MOV AL,[0500h]
    const again = [0x3c, 0x02, 0x74, 0x02, 0xcd, 0x19]; // CMP AL,2; JE over; INT 19h
    expect(exitOf([...code, ...again, ...EXIT_WITH_AL])).toEqual({ kind: 'exit-port', value: 2 });
  });

  it('int 18h halts for good', () => {
    expect(exitOf([0xcd, 0x18])).toEqual({ kind: 'halted' });
  });

  it('the reset vector resets', () => {
    expect(exitOf([0xea, 0x00, 0x00, 0xff, 0xff])).toEqual({ kind: 'reset', by: 'a jump to the reset vector' });
  });

  it('a vector of nobody returns', () => {
    expect(exitOf([0xb0, 0x2a, 0xcd, 0x2a, ...EXIT_WITH_AL])).toEqual({ kind: 'exit-port', value: 0x2a });
  });

  it('a firmware call outside the ROM is an invalid opcode', () => {
    const handler = [0xb0, 0x06, ...EXIT_WITH_AL]; // MOV AL,6
    const length = hook(0x06, 0).length + 3;
    const machine = machineWith([...hook(0x06, 0x7c00 + length), 0x0f, 0x3f, 0x10, ...handler]);
    expect(machine.run({ until: 1000 })).toEqual({ kind: 'exit-port', value: 6 });
  });
});
