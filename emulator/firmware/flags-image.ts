import type { FirmwareHost } from './firmware-host.ts';

const CARRY = 0x0001;
const ZERO = 0x0040;

/** CF for the caller of the interrupt: in the FLAGS that INT pushed and IRET will take back. */
export function setCarry(host: FirmwareHost, isSet: boolean): void {
  setInImage(host, CARRY, isSet);
}

/** ZF for the caller of the interrupt. */
export function setZero(host: FirmwareHost, isSet: boolean): void {
  setInImage(host, ZERO, isSet);
}

/** CF as the stub itself sees it right after the firmware call: it branches on it. */
export function setStubCarry(host: FirmwareHost, isSet: boolean): void {
  const flags = host.reg('flags');
  host.setReg('flags', isSet ? flags | CARRY : flags & ~CARRY);
}

/** A stub that returns flags has pushed nothing, so the image lies above IP and CS. */
function setInImage(host: FirmwareHost, flag: number, isSet: boolean): void {
  const physical = host.reg('ss') * 16 + ((host.reg('sp') + 4) & 0xffff);
  const image = host.readWord(physical);
  const changed = isSet ? image | flag : image & ~flag;
  if (changed !== image) host.writeWord(physical, changed);
}
