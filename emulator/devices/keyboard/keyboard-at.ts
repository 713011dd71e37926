/** The keyboard behind the 8042: its commands and its queue. See keyboard-8042.ts for the documents and the limits. */
import { copyFields } from '../plain-state.ts';
import { set2BytesOf } from './scan-code-sets.ts';

const ACK = 0xfa;
const RESEND = 0xfe;
const SELF_TEST_PASSED = 0xaa;

const RELEASED = 0x80; // bit of a set 1 code
const PREFIXES = [0xe0, 0xe1, 0xf0]; // F0h in set 2

/** Marks a byte of the queue that goes out as it is; the others are of set 1. */
const AS_IT_IS = 0x100;

/** What the controller's translation makes of the answer "set 1", "set 2", "set 3". */
const TRANSLATED_SET = [0x43, 0x41, 0x3f] as const;

export type AtKeyboardFields = {
  keyboardReplies: number[]; // answers go before keys
  scancodes: number[];
  keyboardAwaitedBy: number; // the command whose parameter comes next, or 0
  isScanning: boolean;
  scancodeSet: number;
  lastSent: number;
};

export const AT_KEYBOARD_POWER_ON: AtKeyboardFields = {
  keyboardReplies: [],
  scancodes: [],
  keyboardAwaitedBy: 0,
  isScanning: true,
  scancodeSet: 2,
  lastSent: 0,
};

export class AtKeyboard {
  fields: AtKeyboardFields = copyFields(AT_KEYBOARD_POWER_ON);

  get hasByte(): boolean {
    return this.fields.keyboardReplies.length > 0 || this.fields.scancodes.length > 0;
  }

  /** Whether the byte that comes next answers a command. */
  get isAnswerNext(): boolean {
    return this.fields.keyboardReplies.length > 0;
  }

  /** Whether the next byte stands right behind the last one: an answer, or what follows the prefix of a key's code. */
  get isNextReady(): boolean {
    return this.isAnswerNext || (this.hasByte && PREFIXES.includes(this.fields.lastSent));
  }

  /** Whether the next byte releases the key that was pressed last. */
  get isReleaseNext(): boolean {
    const next = this.fields.scancodes.find((code) => !PREFIXES.includes(code));
    const wasPressed = this.fields.lastSent > 0 && this.fields.lastSent < RELEASED;
    return !this.isAnswerNext && wasPressed && next !== undefined && next >= RELEASED;
  }

  get hasPressWaiting(): boolean {
    return this.fields.scancodes.some((code) => code < RELEASED);
  }

  /** Keys come in set 1, as the controller translates them; without that in the set that the guest chose, 1 or 2. */
  takeByte(isTranslated: boolean): number | undefined {
    const reply = this.fields.keyboardReplies.shift();
    if (reply === undefined && !isTranslated && this.fields.scancodeSet === 2) this.#untranslateFirst();
    const key = reply === undefined ? this.fields.scancodes.shift() : undefined;
    const byte = key === undefined ? reply : key & 0xff;
    if (byte !== undefined) this.fields.lastSent = byte;
    return byte;
  }

  /** Keys are lost while the guest has scanning disabled, as on the real keyboard. */
  press(bytes: Uint8Array): void {
    if (this.fields.isScanning) this.fields.scancodes = [...this.fields.scancodes, ...bytes];
  }

  /**
   * A byte that the system sent; it ends the answer to the one before. One of EDh and above is a command even where a
   * parameter was due.
   */
  receive(byte: number, isTranslated: boolean): void {
    const command = this.fields.keyboardAwaitedBy;
    this.fields.keyboardAwaitedBy = 0;
    this.fields.keyboardReplies = [];
    if (command !== 0 && byte < 0xed) this.#takeParameter(command, byte, isTranslated);
    else this.#execute(byte, isTranslated);
  }

  #untranslateFirst(): void {
    const [first, ...rest] = this.fields.scancodes;
    if (first === undefined || first >= AS_IT_IS) return;
    this.fields.scancodes = [...set2BytesOf(first).map((byte) => byte | AS_IT_IS), ...rest];
  }

  #takeParameter(command: number, byte: number, isTranslated: boolean): void {
    const keyboard = this.fields;
    if (command !== 0xf0) {
      keyboard.keyboardReplies.push(ACK); // LEDs or typematic rate: nothing to show
    } else if (byte === 0) {
      const set = keyboard.scancodeSet;
      keyboard.keyboardReplies.push(ACK, isTranslated ? TRANSLATED_SET[set - 1] : set);
    } else if (byte <= 3) {
      keyboard.scancodeSet = byte;
      keyboard.keyboardReplies.push(ACK);
    } else {
      keyboard.keyboardReplies.push(RESEND);
    }
  }

  #execute(command: number, isTranslated: boolean): void {
    const keyboard = this.fields;
    switch (command) {
      case 0x00:
        keyboard.keyboardReplies.push(ACK); // so does QEMU's
        return;
      case 0xed:
      case 0xf0:
      case 0xf3:
        keyboard.keyboardAwaitedBy = command;
        keyboard.keyboardReplies.push(ACK);
        return;
      case 0xee:
        keyboard.keyboardReplies.push(0xee);
        return;
      case 0xf2:
        keyboard.keyboardReplies.push(ACK, 0xab, isTranslated ? 0x41 : 0x83);
        return;
      case 0xf4:
        this.#restart(true, ACK);
        return;
      case 0xf5:
        this.#restart(false, ACK);
        return;
      case 0xf6:
        keyboard.scancodeSet = 2;
        this.#restart(keyboard.isScanning, ACK);
        return;
      case 0xfe:
        keyboard.keyboardReplies.push(keyboard.lastSent);
        return;
      case 0xff:
        keyboard.scancodeSet = 2;
        this.#restart(true, ACK, SELF_TEST_PASSED);
        return;
      default:
        keyboard.keyboardReplies.push(RESEND);
    }
  }

  /** Empties the key buffer. */
  #restart(isScanning: boolean, ...answers: readonly number[]): void {
    this.fields.scancodes = [];
    this.fields.isScanning = isScanning;
    this.fields.keyboardReplies.push(...answers);
  }
}
