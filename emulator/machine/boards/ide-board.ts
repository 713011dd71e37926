import type { BusMaster } from '../../bus/bus-master.ts';
import type { IrqLine } from '../../bus/irq-line.ts';
import type { PortSpace } from '../../bus/port-space.ts';
import type { PortClaim } from '../../bus/ports.ts';
import type { Device } from '../../devices/device.ts';
import { IDE_CONTROLLER, IDE_MASTER_BAR } from '../../devices/pci/chipset.ts';
import { COMMAND_MASTER, PciFunction } from '../../devices/pci/pci-function.ts';
import { diskGeometry } from '../../devices/storage/disk-geometry.ts';
import { AtaChannel } from '../../devices/storage/ide/ata-channel.ts';
import { AtaDisk } from '../../devices/storage/ide/ata-disk.ts';
import { AtapiCd } from '../../devices/storage/ide/atapi-cd.ts';
import { BusMasterIde } from '../../devices/storage/ide/bus-master-ide.ts';
import type { IdeDrive } from '../../devices/storage/ide/ide-drive.ts';
import type { Medium } from '../../devices/storage/medium.ts';
import type { Clock } from '../../time/clock.ts';
import type { Drives } from '../start/drives.ts';
import { FIRST_CD_PLACE, type IdePlaceNumber, idePlaces } from './ide-places.ts';

/** What an IDE controller is soldered to. */
export interface IdeBoardParts {
  readonly ports: PortSpace;
  readonly clock: Clock;
  readonly instructionsPerPitClock: number;
  readonly memory: BusMaster;
  readonly line: (irq: number) => IrqLine;
  readonly drives: Drives;
  readonly onUnhandled: (what: string) => void;
}

const MASTER_BYTES = 8;

/** The two IDE channels of the PIIX3, their bus masters and their drives. */
export class IdeBoard {
  readonly pci: PciFunction;
  readonly devices: readonly Device[];
  readonly claims: readonly PortClaim[];

  constructor(parts: IdeBoardParts) {
    const { ports, memory } = parts;
    this.pci = new PciFunction(IDE_CONTROLLER, (pci) => {
      const base = pci.base(IDE_MASTER_BAR);
      masters.forEach((master, index) => {
        ports.move(master.name, base === undefined ? undefined : master.window(base + index * MASTER_BYTES));
      });
    });
    const isAllowed = (): boolean => (this.pci.command & COMMAND_MASTER) !== 0;
    const masters = [0, 1].map(
      (index) =>
        new BusMasterIde({
          name: `IDE bus master ${index}`,
          memory,
          isAllowed,
          onStart: () => channels[index].noteDmaStart(),
        }),
    );
    const channels = [0, 1].map((index) => channel(parts, index, masters[index]));
    const places = drivesByPlace(parts.drives, channels);
    channels[0].attach([places[0], places[1]]);
    channels[1].attach([places[2], places[3]]);
    this.devices = [...channels, ...masters];
    this.claims = channels.flatMap((each) => each.claims());
  }
}

function channel(parts: IdeBoardParts, index: number, master: BusMasterIde): AtaChannel {
  const isFirst = index === 0;
  return new AtaChannel({
    name: isFirst ? 'ATA primary' : 'ATA secondary',
    commandBase: isFirst ? 0x1f0 : 0x170,
    controlPort: isFirst ? 0x3f6 : 0x376,
    irq: parts.line(isFirst ? 14 : 15),
    clock: parts.clock,
    instructionsPerPitClock: parts.instructionsPerPitClock,
    dma: master,
    onInterrupt: () => master.noteInterrupt(),
    onUnhandled: parts.onUnhandled,
  });
}

function drivesByPlace(drives: Drives, channels: readonly AtaChannel[]): readonly (IdeDrive | undefined)[] {
  const places: (IdeDrive | undefined)[] = [undefined, undefined, undefined, undefined];
  const connection = (place: IdePlaceNumber) => channels[place >> 1].connection(place % 2 === 0 ? 0 : 1);
  const { disks: diskPlaces, cds: cdPlaces } = idePlaces(drives.cds().length);
  drives.disks().forEach(({ medium }, index) => {
    const place = diskPlaces[index];
    const geometry = diskGeometry(medium);
    places[place] = new AtaDisk({ number: place + 1, medium, geometry, connection: connection(place) });
  });
  const addCd = (place: IdePlaceNumber, medium: Medium | undefined): void => {
    places[place] = new AtapiCd({ number: place + 1, medium, connection: connection(place) });
  };
  drives.cds().forEach(({ medium }, index) => {
    addCd(cdPlaces[index], medium);
  });
  if (places[FIRST_CD_PLACE] === undefined) addCd(FIRST_CD_PLACE, undefined);
  return places;
}
