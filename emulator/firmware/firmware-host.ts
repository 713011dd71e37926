export type Register8 = 'al' | 'ah' | 'bl' | 'bh' | 'cl' | 'ch' | 'dl' | 'dh';
export type Register16 = 'ax' | 'bx' | 'cx' | 'dx' | 'si' | 'di' | 'bp' | 'sp';
export type Register32 = 'eax' | 'ebx' | 'ecx' | 'edx' | 'esi' | 'edi' | 'ebp' | 'esp';
export type SegmentRegister = 'es' | 'cs' | 'ss' | 'ds' | 'fs' | 'gs';
export type RegisterName = Register8 | Register16 | Register32 | SegmentRegister | 'ip' | 'flags';

/**
 * What the firmware sees of the machine it runs on. Values are unsigned. Memory is physical and whole (A20 ignored), with
 * the windows of devices; a write where neither is is lost, and told. Every write is recorded with origin `firmware`.
 */
export interface FirmwareHost {
  /** `flags` is the low half of EFLAGS, every flag computed. */
  reg(name: RegisterName): number;
  /** Writing half a register keeps the rest; a segment register gets base = selector * 16, as in real mode. */
  setReg(name: RegisterName, value: number): void;
  readByte(physical: number): number;
  readWord(physical: number): number;
  readDword(physical: number): number;
  writeByte(physical: number, value: number): void;
  writeWord(physical: number, value: number): void;
  writeDword(physical: number, value: number): void;
  /** Puts characters of `height` lines each into font `block` (0-7) of the video adapter. */
  loadFont(block: number, firstCharacter: number, glyphs: Uint8Array, height: number): void;
  /** Through the machine's ports, with all a device makes of it. A byte unless told otherwise. */
  readPort(port: number, size?: 1 | 2 | 4): number;
  writePort(port: number, value: number, size?: 1 | 2 | 4): void;
  /** Sends the PS/2 mouse a byte and takes all that it has to answer. */
  askMouse(byte: number): readonly number[];
  /** Notes a service that isn't here: "int 0x13 ah=0x99". */
  unhandled(what: string): void;
  /** The guest asked the firmware to start over. */
  reset(by: string): void;
  /** Time as devices see it, in instructions. */
  now(): number;
  readonly instructionsPerPitClock: number;
  readonly memoryBytes: number;
}
