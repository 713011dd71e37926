import type { HelperName } from '../isa/helper-names.ts';
import type { Cpu } from './cpu.ts';
import { readDebug, writeDebug } from './debug/debug-registers.ts';
import { divide, divideSigned } from './division.ts';
import { clearInterruptFlag, popFlags, pushFlagsImage, setInterruptFlag } from './flags/flags-image.ts';
import { interruptReturn } from './interrupts/interrupt-return.ts';
import { interrupt } from './interrupts/vector-entry.ts';
import { loadGlobalTable, loadInterruptTable, loadLocalTable, loadTask } from './segments/descriptor-tables.ts';
import {
  adjustPrivilege,
  loadAccessRights,
  loadSegmentLimit,
  verifyRead,
  verifyWrite,
} from './segments/segment-queries.ts';
import { loadSegment } from './segments/segments.ts';
import { simdInstruction } from './simd/instruction.ts';
import { enter, popAll, pushAll } from './stack/stack-frames.ts';
import { clearTaskSwitched, loadMachineStatus, readControl, writeControl } from './system/control-registers.ts';
import { identify } from './system/cpuid.ts';
import { readModelRegister, readTimeStamp, writeModelRegister } from './system/model-registers.ts';
import { checkPort } from './system/port-permission.ts';
import { requirePrivilege, requireProtected } from './system/privilege.ts';
import { callFirmware, halt, invalidatePage, readPort, writePort } from './system/system.ts';
import { returnFar } from './transfer/far-return.ts';
import { enterSystem, exitSystem } from './transfer/fast-call.ts';
import { callFar, jumpFar } from './transfer/transfer.ts';
import { x87 } from './x87/instruction.ts';

/** A canonical helper: 32-bit integers in and out, 0 when it has no result. */
export type HelperBody = (cpu: Cpu, a: number, b: number, c: number, d: number) => number;

/** The bodies of the big operations, by the names that isa/helper-names.ts declares. */
export const HELPER_BODIES: Record<HelperName, HelperBody> = {
  jumpFar: (cpu, selector, offset, bytes, nextEip) => done(jumpFar(cpu, selector, offset, operand(bytes), nextEip)),
  callFar: (cpu, selector, offset, bytes, nextEip) => done(callFar(cpu, selector, offset, operand(bytes), nextEip)),
  returnFar: (cpu, bytes, releaseBytes) => done(returnFar(cpu, operand(bytes), releaseBytes)),
  interrupt: (cpu, vector, nextEip, source) => done(interrupt(cpu, vector, nextEip, source)),
  interruptReturn: (cpu, bytes, nextEip) => done(interruptReturn(cpu, operand(bytes), nextEip)),
  loadSegment: (cpu, register, selector) => done(loadSegment(cpu, register, selector)),
  loadTask: (cpu, selector) => done(loadTask(cpu, selector)),
  loadLocalTable: (cpu, selector) => done(loadLocalTable(cpu, selector)),
  loadAccessRights,
  loadSegmentLimit,
  verifyRead: (cpu, selector) => done(verifyRead(cpu, selector)),
  verifyWrite: (cpu, selector) => done(verifyWrite(cpu, selector)),
  probeQuadword: (cpu, segment, offset) => done(cpu.access.probeRange(segment, offset, 8, true, 8)),
  adjustPrivilege: (cpu, segment, offset, selector) => done(adjustPrivilege(cpu, segment, offset, selector)),
  loadGlobalTable: (cpu, limit, base, bytes) => done(loadGlobalTable(cpu, limit, base, operand(bytes))),
  loadInterruptTable: (cpu, limit, base, bytes) => done(loadInterruptTable(cpu, limit, base, operand(bytes))),
  requireProtected: (cpu) => done(requireProtected(cpu)),
  requirePrivilege: (cpu) => done(requirePrivilege(cpu)),
  readControl,
  writeControl: (cpu, number, value) => done(writeControl(cpu, number, value)),
  readDebug,
  writeDebug: (cpu, number, value) => done(writeDebug(cpu, number, value)),
  loadMachineStatus: (cpu, value) => done(loadMachineStatus(cpu, value)),
  clearTaskSwitched: (cpu) => done(clearTaskSwitched(cpu)),
  invalidatePage: (cpu, segment, offset) => done(invalidatePage(cpu, segment, offset)),
  pushFlagsImage: (cpu, bytes) => pushFlagsImage(cpu, operand(bytes)),
  popFlags: (cpu, image, bytes) => done(popFlags(cpu, image, operand(bytes))),
  clearInterruptFlag: (cpu) => done(clearInterruptFlag(cpu)),
  setInterruptFlag: (cpu) => done(setInterruptFlag(cpu)),
  inhibitInterrupts: (cpu) => done(cpu.inhibitInterruptsAndTraps()),
  halt: (cpu) => done(halt(cpu)),
  checkPort: (cpu, port, size) => done(checkPort(cpu, port, accessSize(size))),
  readPort: (cpu, port, size) => readPort(cpu, port, accessSize(size)),
  writePort: (cpu, port, size, value) => done(writePort(cpu, port, accessSize(size), value)),
  divide: (cpu, high, low, divisor, size) => divide(cpu, high, low, divisor, accessSize(size)),
  divideSigned: (cpu, high, low, divisor, size) => divideSigned(cpu, high, low, divisor, accessSize(size)),
  pushAll: (cpu, bytes) => done(pushAll(cpu, operand(bytes))),
  popAll: (cpu, bytes) => done(popAll(cpu, operand(bytes))),
  enter: (cpu, frameBytes, level, bytes) => done(enter(cpu, frameBytes, level, operand(bytes))),
  identify: (cpu) => done(identify(cpu)),
  readTimeStamp: (cpu) => done(readTimeStamp(cpu)),
  readModelRegister: (cpu) => done(readModelRegister(cpu)),
  writeModelRegister: (cpu) => done(writeModelRegister(cpu)),
  enterSystem: (cpu) => done(enterSystem(cpu)),
  exitSystem: (cpu) => done(exitSystem(cpu)),
  firmware: (cpu, service, nextEip) => done(callFirmware(cpu, service, nextEip)),
  simd: (cpu, row, modrm, third, offset) => done(simdInstruction(cpu, row, modrm, third, offset)),
  x87: (cpu, what, modrm, segment, offset) => done(x87(cpu, what, modrm, segment, offset)),
};

/** The result of helpers that have none. */
function done(_nothing: unknown): number {
  return 0;
}

function operand(bytes: number): 2 | 4 {
  return bytes === 2 ? 2 : 4;
}

function accessSize(bytes: number): 1 | 2 | 4 {
  return bytes === 1 ? 1 : operand(bytes);
}
