/** A command of the 82077AA: what it does and how many bytes follow it. */
export interface FloppyCommand {
  readonly kind: FloppyCommandKind;
  readonly parameters: number;
}

export type FloppyCommandKind =
  | 'specify'
  | 'drive-status'
  | 'interrupt-status'
  | 'recalibrate'
  | 'seek'
  | 'relative-seek'
  | 'configure'
  | 'perpendicular'
  | 'lock'
  | 'version'
  | 'part'
  | 'registers'
  | 'drive-specification'
  | 'read'
  | 'write'
  | 'verify'
  | 'read-id'
  | 'format'
  | 'invalid';

export const INVALID: FloppyCommand = { kind: 'invalid', parameters: 0 };

/** By the whole byte, or by its low five bits when the upper ones are options (data sheet, table 5-1). */
export const FLOPPY_COMMANDS: ReadonlyMap<number, FloppyCommand> = new Map([
  [0x03, { kind: 'specify', parameters: 2 }],
  [0x04, { kind: 'drive-status', parameters: 1 }],
  [0x05, { kind: 'write', parameters: 8 }],
  [0x06, { kind: 'read', parameters: 8 }],
  [0x07, { kind: 'recalibrate', parameters: 1 }],
  [0x08, { kind: 'interrupt-status', parameters: 0 }],
  [0x09, { kind: 'write', parameters: 8 }],
  [0x0a, { kind: 'read-id', parameters: 1 }],
  [0x0c, { kind: 'read', parameters: 8 }],
  [0x0d, { kind: 'format', parameters: 5 }],
  [0x0e, { kind: 'registers', parameters: 0 }],
  [0x0f, { kind: 'seek', parameters: 2 }],
  [0x8f, { kind: 'relative-seek', parameters: 2 }],
  [0xcf, { kind: 'relative-seek', parameters: 2 }],
  [0x10, { kind: 'version', parameters: 0 }],
  [0x12, { kind: 'perpendicular', parameters: 1 }],
  [0x13, { kind: 'configure', parameters: 3 }],
  [0x14, { kind: 'lock', parameters: 0 }],
  [0x16, { kind: 'verify', parameters: 8 }],
  [0x18, { kind: 'part', parameters: 0 }],
  [0x8e, { kind: 'drive-specification', parameters: 6 }],
]);
