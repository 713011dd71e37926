import { PAGE_ROM } from '../../memory/physical-memory.ts';
import { VECTOR_UD } from '../constants.ts';
import type { Cpu } from '../cpu.ts';
import { lookUp } from '../paging/page-walk.ts';
import * as S from '../state.ts';
import { requirePrivilege } from './privilege.ts';

/** HLT. */
export function halt(cpu: Cpu): void {
  if (!requirePrivilege(cpu)) return;
  cpu.s[S.HALTED] = 1;
  cpu.requestPoll();
}

/** INVLPG: the segment gives its base only, its limit isn't checked. Source: SDM vol. 2, INVLPG. */
export function invalidatePage(cpu: Cpu, segment: number, offset: number): void {
  if (!requirePrivilege(cpu)) return;
  const linear = (cpu.s[S.BASE + segment] + offset) >>> 0;
  cpu.access.translation.drop(linear);
  cpu.pins.observe({ kind: 'invlpg', linear, eip: cpu.pc });
}

/**
 * The firmware call exists in ROM only: elsewhere its bytes are an undefined opcode. EIP is the next instruction's when
 * the service runs, so a service may send the processor elsewhere.
 */
export function callFirmware(cpu: Cpu, service: number, nextEip: number): void {
  const physical = lookUp(cpu.state, cpu.pins.memory, cpu.pc);
  const { memory } = cpu.pins;
  const isRom = physical >= 0 && physical < memory.sizeBytes && memory.pageKinds[physical >>> 12] === PAGE_ROM;
  if (!isRom) {
    cpu.raise(VECTOR_UD);
    return;
  }
  cpu.s[S.EIP] = nextEip;
  cpu.pins.firmware(service);
}

/** IN, after checkPort; a signed dword. */
export function readPort(cpu: Cpu, port: number, size: 1 | 2 | 4): number {
  cpu.breakpoints.notePort(port & 0xffff, size);
  return cpu.pins.ports.read(port & 0xffff, size) | 0;
}

/** OUT, after checkPort. */
export function writePort(cpu: Cpu, port: number, size: 1 | 2 | 4, value: number): void {
  const unsigned = size === 4 ? value >>> 0 : value & (2 ** (8 * size) - 1);
  cpu.pins.observe({ kind: 'port-write', port: port & 0xffff, size, value: unsigned, eip: cpu.pc });
  cpu.breakpoints.notePort(port & 0xffff, size);
  cpu.pins.ports.write(port & 0xffff, size, unsigned);
}
