/**
 * PS/2 mouse with three buttons and a wheel, at the auxiliary port of the 8042.
 *
 * Document: IBM PS/2 Hardware Interface Technical Reference, "Mouse"; Microsoft's IntelliMouse protocol: sample rates of
 * 200, 100 and 80 in a row make it one with a wheel (identity 3, packets of four bytes), 200, 200 and 80 one of five
 * buttons (identity 4). No ports: bytes go through the controller, which raises IRQ 12.
 * Not here: the sample rate and the resolution are kept but change nothing (every input is reported once), scaling 2:1
 * is applied in stream mode only, as the manual has it.
 */
import type { Ps2Device } from '../../bus/ps2-device.ts';
import type { Device, DeviceState } from '../device.ts';
import { copyFields, restoreFields } from '../plain-state.ts';

const ACK = 0xfa;
const RESEND = 0xfe;
const SELF_TEST_PASSED = 0xaa;
const WHEEL_KNOCK = [200, 100, 80];
const FIVE_BUTTONS_KNOCK = [200, 200, 80];
const WITH_WHEEL = 3;
const WITH_FIVE_BUTTONS = 4;
const FURTHEST = 255; // of one packet
const BUFFER_BYTES = 256; // movements beyond that are lost

type MouseFields = {
  replies: number[]; // answers go before packets
  packets: number[];
  awaitedBy: number; // the command whose parameter comes next, or 0
  identity: number;
  isReporting: boolean;
  isRemote: boolean;
  isWrapping: boolean;
  isDoubling: boolean;
  rate: number;
  resolution: number;
  rates: number[]; // the last three
  buttons: number; // bit 0 left, 1 right, 2 middle, 3 and 4 the ones at the side
  moved: number[]; // right, up, wheel towards the user: in remote mode since the last packet
  lastSent: number;
};

const POWER_ON: MouseFields = {
  replies: [],
  packets: [],
  awaitedBy: 0,
  identity: 0,
  isReporting: false,
  isRemote: false,
  isWrapping: false,
  isDoubling: false,
  rate: 100,
  resolution: 2,
  rates: [0, 0, 0],
  buttons: 0,
  moved: [0, 0, 0],
  lastSent: 0,
};

export interface MouseInput {
  readonly dx: number; // to the right
  readonly dy: number; // down
  readonly wheel: number; // towards the user
  readonly buttons: number; // as they are then
}

export class Ps2Mouse implements Device, Ps2Device {
  readonly name = 'PS/2 mouse';
  #fields = copyFields(POWER_ON);

  get hasByte(): boolean {
    return this.#fields.replies.length > 0 || this.#fields.packets.length > 0;
  }

  takeByte(): number | undefined {
    const byte = this.#fields.replies.shift() ?? this.#fields.packets.shift();
    if (byte !== undefined) this.#fields.lastSent = byte;
    return byte;
  }

  /** What somebody does with the mouse. It is lost while the guest hasn't turned reporting on. */
  input({ dx, dy, wheel, buttons }: MouseInput): void {
    const mouse = this.#fields;
    mouse.buttons = buttons & 0x1f;
    const [right, up, towards] = mouse.moved;
    mouse.moved = [right + dx, up - dy, towards + wheel];
    if (mouse.isRemote) return;
    if (!mouse.isReporting) mouse.moved = [0, 0, 0];
    else this.#reportAll();
  }

  /** A byte from the controller. While wrapping, every byte but the two that end it comes back. */
  receive(byte: number): void {
    const mouse = this.#fields;
    const command = mouse.awaitedBy;
    mouse.awaitedBy = 0;
    if (mouse.isWrapping && byte !== 0xff && byte !== 0xec) mouse.replies.push(byte);
    else if (command === 0) this.#execute(byte);
    else this.#takeParameter(command, byte);
  }

  /** What `receive` is answered with, taken at once: for a BIOS, which doesn't have to wait for the controller. */
  answerTo(byte: number): readonly number[] {
    this.receive(byte);
    return this.#fields.replies.splice(0);
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

  #takeParameter(command: number, byte: number): void {
    const mouse = this.#fields;
    mouse.replies.push(ACK);
    if (command === 0xe8) {
      mouse.resolution = byte & 3;
      return;
    }
    mouse.rate = byte;
    mouse.rates = [...mouse.rates.slice(1), byte];
    const isKnock = (knock: readonly number[]): boolean => knock.every((rate, index) => rate === mouse.rates[index]);
    if (isKnock(WHEEL_KNOCK)) mouse.identity = WITH_WHEEL;
    else if (isKnock(FIVE_BUTTONS_KNOCK)) mouse.identity = WITH_FIVE_BUTTONS;
  }

  #execute(command: number): void {
    const mouse = this.#fields;
    const { replies, lastSent } = mouse;
    if (command !== 0xfe) replies.push(ACK);
    switch (command) {
      case 0xe6:
        mouse.isDoubling = false;
        return;
      case 0xe7:
        mouse.isDoubling = true;
        return;
      case 0xe8:
      case 0xf3:
        mouse.awaitedBy = command;
        return;
      case 0xe9:
        replies.push(this.#status(), mouse.resolution, mouse.rate);
        return;
      case 0xea:
        mouse.isRemote = false;
        return;
      case 0xeb:
        replies.push(...this.#packet(1));
        return;
      case 0xec:
        mouse.isWrapping = false;
        return;
      case 0xee:
        mouse.isWrapping = true;
        return;
      case 0xf0:
        mouse.isRemote = true;
        return;
      case 0xf2:
        replies.push(mouse.identity);
        return;
      case 0xf4:
        mouse.isReporting = true;
        return;
      case 0xf5:
        mouse.isReporting = false;
        mouse.packets = [];
        return;
      case 0xf6:
        this.#setDefaults();
        return;
      case 0xfe:
        replies.push(lastSent);
        return;
      case 0xff:
        this.#fields = { ...copyFields(POWER_ON), buttons: mouse.buttons, replies: [ACK, SELF_TEST_PASSED, 0] };
        return;
      default:
        replies[replies.length - 1] = RESEND;
    }
  }

  #setDefaults(): void {
    const { identity, buttons, replies, lastSent } = this.#fields;
    this.#fields = { ...copyFields(POWER_ON), identity, buttons, replies, lastSent };
  }

  /** Bit 6 remote, 5 reporting, 4 scaling 2:1; bits 2, 1, 0 left, middle, right button. */
  #status(): number {
    const { isRemote, isReporting, isDoubling, buttons } = this.#fields;
    const pressed = ((buttons & 1) << 2) | ((buttons & 4) >> 1) | ((buttons & 2) >> 1);
    return (isRemote ? 0x40 : 0) | (isReporting ? 0x20 : 0) | (isDoubling ? 0x10 : 0) | pressed;
  }

  /** As many packets as the movement needs, one at least. */
  #reportAll(): void {
    const mouse = this.#fields;
    do {
      const packet = this.#packet(mouse.isDoubling ? 2 : 1);
      if (mouse.packets.length + packet.length <= BUFFER_BYTES) mouse.packets.push(...packet);
    } while (mouse.moved.some((moved) => moved !== 0));
  }

  /** Takes what one packet can hold from the movement. A mouse without a wheel forgets that it was turned. */
  #packet(scale: 1 | 2): readonly number[] {
    const mouse = this.#fields;
    const [right, up, towards] = mouse.moved;
    const furthest = Math.floor(FURTHEST / scale);
    const clamp = (value: number, limit: number): number => Math.max(-limit, Math.min(limit, value));
    const [x, y] = [clamp(right, furthest), clamp(up, furthest)];
    const z = mouse.identity === 0 ? towards : clamp(towards, 7);
    mouse.moved = [right - x, up - y, towards - z];
    const [dx, dy] = [x * scale, y * scale];
    const flags = 0x08 | (mouse.buttons & 7) | (dx < 0 ? 0x10 : 0) | (dy < 0 ? 0x20 : 0);
    const packet = [flags, dx & 0xff, dy & 0xff];
    if (mouse.identity === WITH_WHEEL) packet.push(z & 0xff);
    if (mouse.identity === WITH_FIVE_BUTTONS) packet.push((z & 15) | ((mouse.buttons & 0x18) << 1));
    return packet;
  }
}
