import type { DeviceState } from '../../device.ts';
import type { TaskFile } from './task-file.ts';

/** What a drive is connected to besides its ports. */
export interface IdeConnection {
  /** INTRQ: raised by the drive, lowered by the channel when the guest has seen it. */
  readonly raiseInterrupt: () => void;
  /** In so many clocks of the PIT `IdeDrive.proceed` is called; a later call replaces an earlier one. */
  readonly proceedAfter: (pitClocks: number) => void;
  /** The guest gave a command that a real drive might have and this one doesn't: "command 0xb0". */
  readonly noteUnhandled: (what: string) => void;
  /** The bus master of the channel. */
  readonly dma: DmaChannel;
}

/** What a bus master offers a drive that has data to move. */
export interface DmaChannel {
  /** Has the guest started it? */
  readonly isStarted: boolean;
  /**
   * How many bytes the guest's descriptors have room for, and moving them: into memory, or from it. Fewer than asked for
   * are moved when the descriptors end before.
   */
  store(bytes: Uint8Array): number;
  fetch(lengthBytes: number): Uint8Array;
  /** The drive has moved all it had to. */
  finish(): void;
}

/** A drive on an ATA channel. Reset puts it into its state after power-on. */
export interface IdeDrive {
  readonly taskFile: TaskFile;
  readonly isPacketDevice: boolean;
  reset(): void;
  /** After SRST or DEVICE RESET: as reset, but what is set by SET FEATURES and its like stays. */
  softReset(): void;
  execute(command: number): void;
  /** The delay asked for with `proceedAfter` is over. */
  proceed(): void;
  /** The guest started the bus master. */
  noteDmaStart(): void;
  /** A little-endian word of the data register; 0 when none is asked for. */
  readData(): number;
  writeData(word: number): void;
  save(): DeviceState;
  load(state: DeviceState): void;
}
