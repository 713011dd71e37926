import type { MmioClaim } from '../../bus/mmio-space.ts';
import type { PortSpace } from '../../bus/port-space.ts';
import type { Access } from '../../cpu/access.ts';
import { DISPLAY } from '../../devices/pci/chipset.ts';
import { PciFunction } from '../../devices/pci/pci-function.ts';
import { EDID } from '../../devices/vga/edid.ts';
import type { Vga } from '../../devices/vga/vga.ts';
import { movableWindow } from './movable-window.ts';

const FRAMEBUFFER_BAR = 0;
const REGISTERS_BAR = 2;
const REGISTERS_BYTES = 0x1000;
/** In the second window: what the display says of itself, VGA ports 3C0h-3DFh, then the registers of Bochs VBE, two bytes each. */
const VGA_PORTS = { offset: 0x400, port: 0x3c0, count: 0x20 } as const;
const VBE_REGISTERS = { offset: 0x500, count: 11 } as const;

/** The display adapter on the PCI bus: its framebuffer and registers are where the base addresses say. */
export function displayFunction(vga: Vga, access: Access, ports: PortSpace): PciFunction {
  const framebuffer = movableWindow(access, (first) => vga.framebufferClaim(first));
  const registers = movableWindow(access, (first) => registersClaim(first, vga, ports));
  return new PciFunction(DISPLAY, (pci) => {
    framebuffer(pci.base(FRAMEBUFFER_BAR));
    registers(pci.base(REGISTERS_BAR));
  });
}

function readEdid(offset: number, size: 1 | 2 | 4): number {
  let value = 0;
  for (let byte = size - 1; byte >= 0; byte--) value = (value << 8) | (EDID[offset + byte] ?? 0);
  return value >>> 0;
}

/** Document: QEMU docs/specs/standard-vga.rst. */
function registersClaim(first: number, vga: Vga, ports: PortSpace): MmioClaim {
  const portAt = (physical: number): number | undefined => {
    const index = physical - first - VGA_PORTS.offset;
    return index >= 0 && index < VGA_PORTS.count ? VGA_PORTS.port + index : undefined;
  };
  const registerAt = (physical: number): number | undefined => {
    const index = (physical - first - VBE_REGISTERS.offset) >> 1;
    return index >= 0 && index < VBE_REGISTERS.count ? index : undefined;
  };
  return {
    owner: 'VGA registers',
    first,
    last: first + REGISTERS_BYTES - 1,
    read: (physical, size) => {
      if (physical - first < EDID.length) return readEdid(physical - first, size);
      const [port, register] = [portAt(physical), registerAt(physical)];
      if (port !== undefined) return ports.read(port, size);
      return register === undefined ? 0 : vga.readVbe(register);
    },
    write: (physical, size, value) => {
      const [port, register] = [portAt(physical), registerAt(physical)];
      if (port !== undefined) ports.write(port, size, value);
      else if (register !== undefined) vga.writeVbe(register, value & 0xffff);
    },
  };
}
