import type { BusMaster } from '../../bus/bus-master.ts';
import type { IrqLine } from '../../bus/irq-line.ts';
import type { PortSpace } from '../../bus/port-space.ts';
import type { Access } from '../../cpu/access.ts';
import { E1000 } from '../../devices/network/e1000.ts';
import { NETWORK, PIRQ_OFF, PIRQ_ROUTES } from '../../devices/pci/chipset.ts';
import { COMMAND_MASTER, PciFunction } from '../../devices/pci/pci-function.ts';
import type { Clock } from '../../time/clock.ts';
import { movableWindow } from './movable-window.ts';

const [REGISTERS_BAR, PORTS_BAR] = [0, 1];
/** INTA of slot 3. */
const PIRQ = 2;

/** What a network card is soldered to. */
export interface NetworkBoardParts {
  readonly ports: PortSpace;
  readonly access: Access;
  readonly clock: Clock;
  readonly instructionsPerPitClock: number;
  readonly memory: BusMaster;
  readonly line: (irq: number) => IrqLine;
  /** Routes the interrupts of PCI. */
  readonly isaBridge: PciFunction;
}

/** The network card in slot 3: its registers are where the base addresses say, its interrupt where the bridge routes PIRQC. */
export class NetworkBoard {
  readonly card: E1000;
  readonly pci: PciFunction;

  constructor({ ports, access, isaBridge, line, ...parts }: NetworkBoardParts) {
    const registers = movableWindow(access, (first) => this.card.window(first));
    this.pci = new PciFunction(NETWORK, (pci) => {
      registers(pci.base(REGISTERS_BAR));
      const base = pci.base(PORTS_BAR);
      ports.move(this.card.name, base === undefined ? undefined : this.card.portWindow(base));
    });
    this.card = new E1000({
      ...parts,
      isMaster: () => (this.pci.command & COMMAND_MASTER) !== 0,
      interruptPin: {
        set: (isAsserted) => {
          const route = isaBridge.read(PIRQ_ROUTES + PIRQ);
          if ((route & PIRQ_OFF) === 0) line(route & 15).set(isAsserted);
        },
      },
    });
  }
}
