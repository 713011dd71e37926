import type { PortSpace } from '../../bus/port-space.ts';
import type { E1000 } from '../../devices/network/e1000.ts';
import {
  HOST_BRIDGE,
  ISA_BRIDGE,
  POWER_MANAGEMENT,
  POWER_MANAGEMENT_BASE,
  POWER_MANAGEMENT_ENABLE,
} from '../../devices/pci/chipset.ts';
import { PciBus } from '../../devices/pci/pci-bus.ts';
import { PciFunction, type PciIdentity } from '../../devices/pci/pci-function.ts';
import { PowerManagement } from '../../devices/pci/power-management.ts';
import type { Vga } from '../../devices/vga/vga.ts';
import { withoutSmm } from '../start/rom.ts';
import { displayFunction } from './display-function.ts';
import { NetworkBoard, type NetworkBoardParts } from './network-board.ts';

/** What the PCI bus and its functions are soldered to. */
export interface PciBoardParts extends Omit<NetworkBoardParts, 'isaBridge'> {
  readonly ide: PciFunction;
  readonly vga: Vga;
  /** The bridge that has RAM in place of a ROM; undefined with the built-in firmware. */
  readonly shadowingBridge: PciFunction | undefined;
  readonly onReset: (by: string) => void;
}

/** The PCI bus with the chips of the board, the display and the network card. */
export class PciBoard {
  readonly bus: PciBus;
  readonly power: PowerManagement;
  readonly network: E1000;

  constructor({ ide, vga, shadowingBridge, onReset, ...parts }: PciBoardParts) {
    const { ports, access, clock, instructionsPerPitClock } = parts;
    this.power = new PowerManagement({ clock, instructionsPerPitClock, onPowerOff: () => onReset('ACPI power off') });
    const isaBridge = new PciFunction(ISA_BRIDGE);
    const network = new NetworkBoard({ ...parts, isaBridge });
    const identity = shadowingBridge === undefined ? POWER_MANAGEMENT : withoutSmm(POWER_MANAGEMENT);
    this.network = network.card;
    this.bus = new PciBus({
      functions: [
        shadowingBridge ?? new PciFunction(HOST_BRIDGE),
        isaBridge,
        ide,
        powerFunction(ports, this.power, identity),
        displayFunction(vga, access, ports),
        network.pci,
      ],
      onReset: () => onReset('port CF9h'),
    });
  }
}

/** The power-management function, whose ports configuration space places in 64s and turns on. */
function powerFunction(ports: PortSpace, power: PowerManagement, identity: PciIdentity): PciFunction {
  return new PciFunction(identity, (pci) => {
    const base = (pci.read(POWER_MANAGEMENT_BASE + 1) << 8) | (pci.read(POWER_MANAGEMENT_BASE) & 0xc0);
    const isOn = (pci.read(POWER_MANAGEMENT_ENABLE) & 1) !== 0 && base !== 0;
    ports.move(power.name, isOn ? power.window(base) : undefined);
  });
}
