/** The emulator's public face: harness/ imports from here alone. */
export { AssertionError } from './base/assert.ts';
export { OperatingError } from './base/errors.ts';
export { hex } from './base/hex.ts';
export { set2BytesOf } from './devices/scan-code-sets.ts';
export { type RenderedScreen, renderScreen } from './devices/vga/render-screen.ts';
export type { EngineName } from './engine/engine.ts';
export { decode } from './isa/decode.ts';
export { disassemble } from './isa/disassemble.ts';
export type { Insn } from './isa/insn.ts';
export { type BootSource, imageKind } from './machine/boot-source.ts';
export { guessDrive } from './machine/guess-drive.ts';
export { Machine, type MachineOptions } from './machine/machine.ts';
export type { RunOptions } from './machine/run-loop.ts';
export type { Sink } from './machine/sink.ts';
export { type Snapshot, withBytes } from './machine/snapshot.ts';
export { BOOT_IMAGE, completeSpec, type DriveSpec, type MachineSpec, type ProbeSpec } from './machine/spec.ts';
export type { ExceptionEvent } from './machine/transcript.ts';
export { fillByteAt, fillRam, patternSource, type RamFill } from './memory/ram-fill.ts';
