import { Dma8237 } from '../../devices/storage/dma-8237.ts';
import { Floppy82077 } from '../../devices/storage/floppy/floppy-82077.ts';
import { watchedClock } from '../../time/watched-clock.ts';
import { IdeBoard, type IdeBoardParts } from './ide-board.ts';

/** What the controllers of drives are soldered to. */
export interface StorageBoardParts extends IdeBoardParts {
  /** A drive was given something to do. */
  readonly onCommand: () => void;
}

/** IDE, the floppy controller, and the DMA controllers that serve it. */
export class StorageBoard {
  readonly ide: IdeBoard;
  readonly dma: Dma8237;
  readonly floppy: Floppy82077;

  constructor({ onCommand, ...parts }: StorageBoardParts) {
    const { instructionsPerPitClock, memory, line, drives, onUnhandled } = parts;
    const clock = watchedClock(parts.clock, onCommand);
    this.ide = new IdeBoard({ ...parts, clock });
    this.dma = new Dma8237({ memory });
    this.floppy = new Floppy82077({
      drives: drives.floppies(),
      irq: line(6),
      dma: this.dma.channel(2),
      clock,
      instructionsPerPitClock,
      onUnhandled,
    });
  }
}
