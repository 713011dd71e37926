import { expect, test } from 'vitest';
import { PortSpace } from '../../../../emulator/bus/port-space.ts';
import { Vga } from '../../../../emulator/devices/vga/vga.ts';
import { displayFunction } from '../../../../emulator/machine/boards/display-function.ts';
import { Guest } from '../../cpu/guest.ts';
import { FakeVideo } from '../../devices/vga/fake-video.ts';
import { TestClock } from '../../time/test-clock.ts';

function setUp() {
  const { access } = Guest.protected().cpu;
  const ports = new PortSpace((what) => expect.fail(what));
  const clock = new TestClock().scheduler;
  const host = new FakeVideo();
  const vga = new Vga({ clock, instructionsPerPitClock: 1, host, onUnhandled: (what) => expect.fail(what) });
  vga.setTextMode3();
  for (const claim of vga.claims()) ports.claim(claim);
  return { access, pci: displayFunction(vga, access, ports), host };
}

test('the framebuffer is where base address 0 says, while the command register lets memory in', () => {
  const { access, pci, host } = setUp();
  host.video[5] = 0x5a;
  pci.write(0x10, 4, 0xe000_0000);
  expect(access.windows.at(0xe000_0005)).toBeUndefined();
  pci.write(4, 2, 2);
  expect(access.readPhysical(0xe000_0006, 1)).toBe(0);
  expect(access.windows.at(0xe0ff_ffff)?.owner).toBe('VGA framebuffer');
  pci.write(0x10, 4, 0xfd00_0000);
  expect([access.windows.at(0xe000_0000), access.windows.at(0xfd00_0000)?.owner]).toEqual([
    undefined,
    'VGA framebuffer',
  ]);
  pci.write(4, 2, 0);
  expect(access.windows.at(0xfd00_0000)).toBeUndefined();
});

test('base address 2 shows the display’s EDID, the ports 3C0h-3DFh and the registers of Bochs VBE', () => {
  const { access, pci } = setUp();
  pci.write(0x18, 4, 0xfebf_0000);
  pci.write(4, 2, 2);
  expect([0, 8, 0xff].map((at) => access.readPhysical(0xfebf_0000 + at, 4))).toEqual([0xffff_ff00, 0x1234_1449, 0x2f]);
  expect(access.readPhysical(0xfebf_0400 + 0xc, 1)).toBe(0x67);
  expect(access.readPhysical(0xfebf_0500, 2)).toBe(0xb0c5);
  access.writePhysical(0xfebf_0502, 0xfebf_0502, 2, 640);
  access.writePhysical(0xfebf_0504, 0xfebf_0504, 2, 480);
  access.writePhysical(0xfebf_0506, 0xfebf_0506, 2, 32);
  access.writePhysical(0xfebf_0508, 0xfebf_0508, 2, 1);
  expect([access.readPhysical(0xfebf_0502, 2), access.readPhysical(0xfebf_050c, 2)]).toEqual([640, 640]);
  expect(access.readPhysical(0xfebf_0800, 4)).toBe(0);
});
