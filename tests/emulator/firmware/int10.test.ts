import { describe, expect, it } from 'vitest';
import { SERVICE } from '../../../emulator/firmware/services.ts';
import { poweredOn } from './bios-fixture.ts';

const VIDEO = SERVICE.video;

function type(fixture: ReturnType<typeof poweredOn>, text: string): void {
  for (const letter of text) fixture.call(VIDEO, { ax: 0x0e00 | letter.charCodeAt(0), bx: 7 });
}

function rowOf({ host }: ReturnType<typeof poweredOn>, row: number): string {
  const { characters } = host.vga.capture();
  return String.fromCharCode(...characters.subarray(row * 80, row * 80 + 80)).trimEnd();
}

describe('int 10h', () => {
  it('0Eh prints lines and takes the cursor along', () => {
    const fixture = poweredOn();
    type(fixture, 'Boot sector\r\nReading');
    expect([rowOf(fixture, 0), rowOf(fixture, 1)]).toEqual(['Boot sector', 'Reading']);
    expect(fixture.host.vga.capture().cursor?.cell).toBe(80 + 7);
  });

  it('0Eh on a full screen moves every row up', () => {
    const fixture = poweredOn();
    for (let line = 0; line < 26; line++) type(fixture, `line ${line}\r\n`);
    expect([rowOf(fixture, 0), rowOf(fixture, 23), rowOf(fixture, 24)]).toEqual(['line 2', 'line 25', '']);
  });

  it('00h with mode 3 clears the screen, with bit 7 it keeps it', () => {
    const fixture = poweredOn();
    type(fixture, 'kept');
    fixture.call(VIDEO, { ax: 0x0083 });
    expect(rowOf(fixture, 0)).toBe('kept');
    fixture.call(VIDEO, { ax: 0x0003 });
    expect(rowOf(fixture, 0)).toBe('');
  });

  it('00h with a mode that is not here changes nothing and is an event', () => {
    const fixture = poweredOn();
    fixture.call(VIDEO, { ax: 0x0014 });
    expect(fixture.host.unhandledCalls).toEqual(['int 0x10 ax=0x0014']);
    expect(fixture.host.readByte(0x449)).toBe(3);
  });

  it('01h with 2607h hides the cursor', () => {
    const { host, call } = poweredOn();
    call(VIDEO, { ax: 0x0100, cx: 0x2607 });
    expect(host.vga.capture().cursor).toBeUndefined();
  });

  it('00h restores registers that the CRTC protects', () => {
    const { host, call } = poweredOn();
    const setCrtc = (index: number, value: number) => {
      host.writePort(0x3d4, index);
      host.writePort(0x3d5, value);
    };
    setCrtc(0x11, 0x0e);
    setCrtc(0x01, 0x27);
    setCrtc(0x11, 0x8e);
    call(VIDEO, { ax: 0x0003 });
    host.writePort(0x3d4, 0x01);
    expect(host.readPort(0x3d5)).toBe(0x4f);
  });

  it('02h on a page that does not show leaves the visible cursor', () => {
    const { host, call } = poweredOn();
    call(VIDEO, { ax: 0x0200, bx: 0x0100, dx: 0x0302 });
    expect(host.vga.capture().cursor?.cell).toBe(0);
  });

  it('07h moves a window down, the rest stays', () => {
    const fixture = poweredOn();
    type(fixture, 'abcdef\r\nghijkl\r\nmnopqr');
    fixture.call(VIDEO, { ax: 0x0701, bx: 0x0700, cx: 0x0001, dx: 0x0203 });
    expect([rowOf(fixture, 0), rowOf(fixture, 1), rowOf(fixture, 2)]).toEqual(['a   ef', 'gbcdkl', 'mhijqr']);
  });

  it('06h with a window that is upside down changes nothing', () => {
    const { host, call } = poweredOn();
    const writes = host.writeCount;
    call(VIDEO, { ax: 0x0600, bx: 0x1f00, cx: 0x0500, dx: 0x034f });
    expect(host.writeCount).toBe(writes);
  });

  it('1003h switches blinking in the attribute controller and nothing else', () => {
    const { host, call } = poweredOn();
    const attributes = () => [...(host.vga.save().attribute as Uint8Array)];
    const before = attributes();
    call(VIDEO, { ax: 0x1003, bx: 0 });
    expect(attributes()).toEqual(before.with(0x10, 0x04));
    call(VIDEO, { ax: 0x1003, bx: 1 });
    expect(attributes()).toEqual(before);
    expect((host.vga.save().attributeIndex as number) & 0x20).toBe(0x20);
  });

  it('1130h with BH = 6 points at the 8x16 font', () => {
    const { host, call } = poweredOn();
    call(VIDEO, { ax: 0x1130, bx: 0x0600 });
    const letterA = host.reg('es') * 16 + host.reg('bp') + 0x41 * 16;
    expect(Buffer.from(host.memory.subarray(letterA, letterA + 16)).toString('hex')).toBe(
      '000010386cc6c6fec6c6c6c600000000',
    );
    expect([host.reg('cx'), host.reg('dl')]).toEqual([16, 24]);
  });

  it('4F15h gives both blocks of what the display says, the first of which prefers 1280x800, and no third', () => {
    const { host, call } = poweredOn();
    const block = (dx: number) => {
      call(VIDEO, { ax: 0x4f15, bx: 1, dx, es: 0, di: 0x5000 });
      return host.reg('ax') === 0x4f ? host.memory.slice(0x5000, 0x5080) : undefined;
    };
    const [display, further] = [block(0), block(1)];
    const sum = (bytes: Uint8Array | undefined) => [...(bytes ?? [])].reduce((total, byte) => (total + byte) & 0xff, 0);
    expect([sum(display), sum(further), block(2)]).toEqual([0, 0, undefined]);
    const timing = display?.subarray(54) ?? [];
    expect([timing[2] | ((timing[4] >> 4) << 8), timing[5] | ((timing[7] >> 4) << 8)]).toEqual([1280, 800]);
    call(VIDEO, { ax: 0x4f15, bx: 0 });
    expect(host.reg('bx')).toBe(0x0103);
  });

  it('4F01h tells of mode 6Ah: 800x600 in four planes', () => {
    const { host, call } = poweredOn();
    call(VIDEO, { ax: 0x4f01, cx: 0x6a, es: 0, di: 0x5000 });
    const words = [0x10, 0x12, 0x14, 0x18].map((at) => host.readWord(0x5000 + at));
    expect([host.reg('ax'), ...words]).toEqual([0x4f, 100, 800, 600, 0x0404]);
  });

  it.each([
    [{ ax: 0x9900 }, 'int 0x10 ah=0x99'],
    [{ ax: 0x1020 }, 'int 0x10 ax=0x1020'],
    [{ ax: 0x1d00 }, 'int 0x10 ah=0x1d'],
    [{ ax: 0x1130, bx: 0x0900 }, 'int 0x10 ax=0x1130 bh=0x09'],
  ])('%o is an event', (registers, event) => {
    const { host, call } = poweredOn();
    call(VIDEO, registers);
    expect(host.unhandledCalls).toEqual([event]);
    expect(host.reg('ax')).toBe(registers.ax);
  });
});
