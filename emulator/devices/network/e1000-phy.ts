/** The card's PHY: registers of an M88E1000 with its link up. Document: Intel 8254x SDM (317453), 13.4.6 and chapter 14. */
const NUMBER = 1;
const [WRITE, READ] = [0x0400_0000, 0x0800_0000];
const [READY, ERROR] = [0x1000_0000, 0x4000_0000];
export const PHY_INTERRUPTS = 0x2000_0000;
const [CONTROL, STATUS, PARTNER] = [0, 1, 5];
const SELF_CLEARING = 0x823f; // reset, restart, and what is reserved
const [NEGOTIATES, RESTARTS] = [0x1000, 0x0200];
const [LINK_UP, NEGOTIATED] = [0x0004, 0x0020];
const ACKNOWLEDGED = 0x4000;

export const PHY_AFTER_RESET: ReadonlyMap<number, number> = new Map([
  [CONTROL, 0x1140],
  [STATUS, 0x794d],
  [2, 0x0141],
  [3, 0x0c20],
  [4, 0x0de1],
  [PARTNER, 0x01e0],
  [6, 0],
  [9, 0x0e00],
  [10, 0x3c00],
  [16, 0x0360],
  [17, 0xac00],
  [20, 0x0d60],
  [21, 0],
]);
const WRITABLE = new Set([CONTROL, 4, 9, 16, 20]);

/** What a command does: the register's answer, and whether the link goes down to be negotiated anew. */
export interface PhyAnswer {
  readonly answer: number;
  readonly restarts: boolean;
}

/** `registers` are 32 words, which a write changes. */
export function commandPhy(registers: number[], command: number, before: number): PhyAnswer {
  const register = (command >>> 16) & 31;
  const failed: PhyAnswer = { answer: (command | ERROR | READY) >>> 0, restarts: false };
  if (((command >>> 21) & 31) !== NUMBER) return { ...failed, answer: (before | ERROR | READY) >>> 0 };
  if ((command & READ) !== 0) {
    if (!PHY_AFTER_RESET.has(register)) return failed;
    return { answer: ((command & ~0xffff) | registers[register] | READY) >>> 0, restarts: false };
  }
  if ((command & WRITE) === 0) return { answer: (command | READY) >>> 0, restarts: false };
  if (!WRITABLE.has(register)) return failed;
  const value = command & 0xffff;
  registers[register] = register === CONTROL ? value & ~SELF_CLEARING : value;
  const restarts = register === CONTROL && (value & NEGOTIATES) !== 0 && (value & RESTARTS) !== 0;
  if (restarts) {
    registers[STATUS] &= ~(LINK_UP | NEGOTIATED);
    registers[PARTNER] &= ~ACKNOWLEDGED;
  }
  return { answer: (command | READY) >>> 0, restarts };
}

export function endNegotiation(registers: number[]): void {
  registers[STATUS] |= LINK_UP | NEGOTIATED;
  registers[PARTNER] |= ACKNOWLEDGED;
}
