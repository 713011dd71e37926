import type { IrqLine } from '../../bus/irq-line.ts';
import { Uart16550a } from '../../devices/uart-16550a.ts';

/** The third shares the line of the first, and the fourth that of the second. */
const SERIAL_PORTS = [
  { name: 'COM1', base: 0x3f8, irq: 4 },
  { name: 'COM2', base: 0x2f8, irq: 3 },
  { name: 'COM3', base: 0x3e8, irq: 4 },
  { name: 'COM4', base: 0x2e8, irq: 3 },
] as const;

/** Four serial ports on two interrupt lines. `onTransmit` gets the port's number from 0 and a byte. */
export function serialBoard(
  line: (irq: number) => IrqLine,
  onTransmit: (port: number, byte: number) => void,
): readonly Uart16550a[] {
  const drive = (irq: number): void => {
    line(irq).set(uarts.some((uart, index) => SERIAL_PORTS[index].irq === irq && uart.isInterrupting));
  };
  const uarts = SERIAL_PORTS.map(
    ({ name, base, irq }, port) =>
      new Uart16550a({ name, base, irq: { set: () => drive(irq) }, onTransmit: (byte) => onTransmit(port, byte) }),
  );
  return uarts;
}
