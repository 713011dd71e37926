import type { FirmwareHost } from '../firmware-host.ts';
import type { VideoRegisters } from './video-modes.ts';

const ATTRIBUTE_PORT = 0x3c0;
const MISCELLANEOUS_PORT = 0x3c2;
const ENABLE_PORT = 0x3c3;
const SEQUENCER_PORT = 0x3c4;
const PEL_MASK_PORT = 0x3c6;
const DAC_READ_PORT = 0x3c7;
const DAC_WRITE_PORT = 0x3c8;
const DAC_PORT = 0x3c9;
const MISCELLANEOUS_READ_PORT = 0x3cc;
const GRAPHICS_PORT = 0x3ce;
const COLOUR_CRTC_PORT = 0x3d4;
const MONO_CRTC_PORT = 0x3b4;
const STATUS_OFFSET = 6; // from the CRT controller's index port
const CRTC_PROTECT = 0x11;
const DISPLAY_ON = 0x20;

/** Order of IBM's BIOS: timing registers are unprotected first; reading the status makes port 3C0h expect an index. */
export function writeRegisters(host: FirmwareHost, registers: VideoRegisters, dac: ArrayLike<number>): void {
  host.writePort(ENABLE_PORT, 1);
  host.writePort(MISCELLANEOUS_PORT, registers.miscellaneous);
  registers.sequencer.forEach((value, index) => {
    writeSequencer(host, index, value);
  });
  writeCrtc(host, CRTC_PROTECT, 0);
  registers.crtc.forEach((value, index) => {
    writeCrtc(host, index, value);
  });
  registers.graphics.forEach((value, index) => {
    writeGraphics(host, index, value);
  });
  expectAttributeIndex(host);
  registers.attribute.forEach((value, index) => {
    host.writePort(ATTRIBUTE_PORT, index);
    host.writePort(ATTRIBUTE_PORT, value);
  });
  host.writePort(ATTRIBUTE_PORT, DISPLAY_ON);
  host.writePort(PEL_MASK_PORT, 0xff);
  writeDac(host, 0, dac);
}

/** 3D4h, or 3B4h while the display is a monochrome one. */
export function crtcPort(host: FirmwareHost): number {
  return (host.readPort(MISCELLANEOUS_READ_PORT) & 1) !== 0 ? COLOUR_CRTC_PORT : MONO_CRTC_PORT;
}

/** Does the processor reach the video memory? Bit 1 of the miscellaneous output register. */
export function enableVideoMemory(host: FirmwareHost, isEnabled: boolean): void {
  const others = host.readPort(MISCELLANEOUS_READ_PORT) & ~2;
  host.writePort(MISCELLANEOUS_PORT, others | (isEnabled ? 2 : 0));
}

export function writeCrtc(host: FirmwareHost, index: number, value: number): void {
  writeIndexed(host, crtcPort(host), index, value);
}

export function readCrtc(host: FirmwareHost, index: number): number {
  return readIndexed(host, crtcPort(host), index);
}

export function writeSequencer(host: FirmwareHost, index: number, value: number): void {
  writeIndexed(host, SEQUENCER_PORT, index, value);
}

export function readSequencer(host: FirmwareHost, index: number): number {
  return readIndexed(host, SEQUENCER_PORT, index);
}

export function writeGraphics(host: FirmwareHost, index: number, value: number): void {
  writeIndexed(host, GRAPHICS_PORT, index, value);
}

export function readGraphics(host: FirmwareHost, index: number): number {
  return readIndexed(host, GRAPHICS_PORT, index);
}

/** The registers of the attribute controller are behind one port, whose flip-flop the status port resets. */
export function writeAttribute(host: FirmwareHost, index: number, value: number): void {
  expectAttributeIndex(host);
  host.writePort(ATTRIBUTE_PORT, index | DISPLAY_ON);
  host.writePort(ATTRIBUTE_PORT, value);
}

export function readAttribute(host: FirmwareHost, index: number): number {
  expectAttributeIndex(host);
  host.writePort(ATTRIBUTE_PORT, index | DISPLAY_ON);
  const value = host.readPort(ATTRIBUTE_PORT + 1);
  expectAttributeIndex(host);
  return value;
}

export function writePelMask(host: FirmwareHost, value: number): void {
  host.writePort(PEL_MASK_PORT, value);
}

export function readPelMask(host: FirmwareHost): number {
  return host.readPort(PEL_MASK_PORT);
}

/** Red, green and blue of colours from `first` on. */
export function writeDac(host: FirmwareHost, first: number, components: ArrayLike<number>): void {
  host.writePort(DAC_WRITE_PORT, first & 0xff);
  for (let i = 0; i < components.length; i++) host.writePort(DAC_PORT, components[i]);
}

export function readDac(host: FirmwareHost, first: number, colours: number): readonly number[] {
  host.writePort(DAC_READ_PORT, first & 0xff);
  return Array.from({ length: colours * 3 }, () => host.readPort(DAC_PORT));
}

function expectAttributeIndex(host: FirmwareHost): void {
  host.readPort(crtcPort(host) + STATUS_OFFSET);
}

function writeIndexed(host: FirmwareHost, port: number, index: number, value: number): void {
  host.writePort(port, index);
  host.writePort(port + 1, value);
}

function readIndexed(host: FirmwareHost, port: number, index: number): number {
  host.writePort(port, index);
  return host.readPort(port + 1);
}
