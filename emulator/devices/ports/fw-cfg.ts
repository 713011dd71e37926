/**
 * QEMU's firmware configuration device, which hands files to a ROM.
 *
 * Document: QEMU docs/specs/fw_cfg.rst.
 * Ports: 510h selects an item (16 bits), 511h reads it byte by byte.
 *
 * Here: the signature, the identification (no DMA), one processor, the directory and its files. Other items are empty, which
 * reads as zeros. Not here: writing items, the DMA interface.
 */
import type { PortClaim } from '../../bus/ports.ts';
import type { Device, DeviceState } from '../device.ts';
import { copyFields, restoreFields } from '../plain-state.ts';

const SELECTOR = 0x510;
const DATA = 0x511;
const SIGNATURE = 0x00;
const IDENTIFICATION = 0x01;
const PROCESSORS = 0x05;
const DIRECTORY = 0x19;
const FIRST_FILE = 0x20;
const NAME_BYTES = 56;
const ENTRY_BYTES = 8 + NAME_BYTES;
const EMPTY = new Uint8Array(0);
const POWER_ON = { item: SIGNATURE, offset: 0 };

export class FwCfg implements Device {
  readonly name = 'fw_cfg';
  readonly #items: ReadonlyMap<number, Uint8Array>;
  #fields = copyFields(POWER_ON);

  /** Files by their names, such as `vgaroms/vgabios.bin`. */
  constructor(files: ReadonlyMap<string, Uint8Array>) {
    this.#items = new Map([
      [SIGNATURE, Uint8Array.of(0x51, 0x45, 0x4d, 0x55)], // QEMU
      [IDENTIFICATION, Uint8Array.of(1, 0, 0, 0)],
      [PROCESSORS, Uint8Array.of(1, 0)],
      [DIRECTORY, directory(files)],
      ...[...files.values()].map((bytes, index) => [FIRST_FILE + index, bytes] as const),
    ]);
  }

  claims(): readonly PortClaim[] {
    return [
      {
        owner: this.name,
        first: SELECTOR,
        last: DATA,
        widths: [1, 2],
        read: (port, size) => (port === DATA ? this.#read() : size === 2 ? this.#fields.item : 0),
        readNature: () => 'acting',
        write: (port, size, value) => {
          if (port === SELECTOR && size === 2) this.#fields = { item: value, offset: 0 };
        },
      },
    ];
  }

  reset(): void {
    this.#fields = copyFields(POWER_ON);
  }

  save(): DeviceState {
    return copyFields(this.#fields);
  }

  load(state: DeviceState): void {
    this.#fields = restoreFields(POWER_ON, state);
  }

  #read(): number {
    const item = this.#items.get(this.#fields.item) ?? EMPTY;
    return item[this.#fields.offset++] ?? 0;
  }
}

/** Big-endian: the count, then of each file its size, item and name. */
function directory(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const table = new Uint8Array(4 + files.size * ENTRY_BYTES);
  const view = new DataView(table.buffer);
  view.setUint32(0, files.size);
  [...files].forEach(([name, bytes], index) => {
    const at = 4 + index * ENTRY_BYTES;
    view.setUint32(at, bytes.length);
    view.setUint16(at + 4, FIRST_FILE + index);
    table.set(Array.from(name, (character) => character.charCodeAt(0)).slice(0, NAME_BYTES - 1), at + 8);
  });
  return table;
}
