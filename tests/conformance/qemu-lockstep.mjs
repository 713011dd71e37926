// Steps QEMU beside a stream of register lines and reports the first divergence.
//
//   <lines> | node tests/conformance/qemu-lockstep.mjs <arguments for qemu-system-i386, such as -drive ...>
//
// One line per instruction, the state before it: icount (decimal), then in hex EIP EAX ECX EDX EBX ESP EBP ESI EDI EFLAGS CS.
// QEMU runs to the first line's CS:EIP, takes over its eight general registers, and is stepped from there. Stepping holds
// interrupts back in QEMU, so compare up to the first interrupt. Lines that stay on one EIP (REP) count as one step.
// Exit code 0: every line agrees; 1: divergence; 2: usage, QEMU, or a broken line.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const NAMES = ['eip', 'eax', 'ecx', 'edx', 'ebx', 'esp', 'ebp', 'esi', 'edi', 'eflags', 'cs'];
const GENERAL = NAMES.slice(1, 9);
// gdb's order for i386, as in QEMU's `g` packet: 32 bits each.
const GDB_ORDER = ['eax', 'ecx', 'edx', 'ebx', 'esp', 'ebp', 'esi', 'edi', 'eip', 'eflags', 'cs'];
// IF and DF. The status flags may be undefined; a wrong one shows at the first branch or ADC.
const COMPARED_FLAGS = 0x600;
const STEPS_ON_ONE_EIP = 1_000_000;

class LockstepError extends Error {}

/** The gdb remote protocol over QEMU's standard input and output. */
class Gdb {
  #process;
  #received = '';
  #waiting;
  #ended = false;

  constructor(argumentsForQemu) {
    const fixed = ['-S', '-gdb', 'stdio', '-display', 'none', '-monitor', 'none', '-serial', 'none', '-no-reboot'];
    this.#process = spawn('qemu-system-i386', [...argumentsForQemu, ...fixed], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#process.stdout.setEncoding('latin1');
    this.#process.stdout.on('data', (text) => {
      this.#received += text;
      this.#waiting?.();
    });
    const end = () => {
      this.#ended = true;
      this.#waiting?.();
    };
    this.#process.on('error', end);
    this.#process.on('close', end);
  }

  async #reply() {
    for (;;) {
      const match = /\$([^#]*)#[0-9a-f]{2}/.exec(this.#received);
      if (match) {
        this.#received = this.#received.slice(match.index + match[0].length);
        this.#process.stdin.write('+');
        return match[1];
      }
      if (this.#ended) throw new LockstepError('QEMU ended');
      await new Promise((resolve) => {
        this.#waiting = resolve;
      });
    }
  }

  async command(text) {
    const sum = [...text].reduce((total, c) => total + c.charCodeAt(0), 0) & 0xff;
    this.#process.stdin.write(`$${text}#${sum.toString(16).padStart(2, '0')}`);
    return this.#reply();
  }

  async registers() {
    const packet = Buffer.from(await this.command('g'), 'hex');
    return Object.fromEntries(GDB_ORDER.map((name, i) => [name, packet.readUInt32LE(4 * i)]));
  }

  /** Writes all general registers at once: QEMU takes single ones only from a client that read its XML description. */
  async setGeneral(state) {
    const packet = Buffer.from(await this.command('g'), 'hex');
    GENERAL.forEach((name, i) => {
      packet.writeUInt32LE(state[name], 4 * i);
    });
    const reply = await this.command(`G${packet.toString('hex')}`);
    if (reply !== 'OK') throw new LockstepError(`QEMU does not let its registers be set: ${reply}`);
  }

  stop() {
    this.#process.kill();
  }
}

function parseLine(line) {
  const [icount, ...words] = line.trim().split(/\s+/);
  const values = words.map((word) => Number.parseInt(word, 16));
  if (words.length !== NAMES.length || values.some(Number.isNaN)) throw new LockstepError(`broken line: ${line}`);
  return { icount, line, ...Object.fromEntries(NAMES.map((name, i) => [name, values[i]])) };
}

/** Lines with the first of each run on one EIP kept. */
async function* expectedStates(input) {
  let eip;
  for await (const line of createInterface({ input })) {
    if (line.trim() === '') continue;
    const state = parseLine(line);
    if (state.eip !== eip) yield state;
    eip = state.eip;
  }
}

/** Runs to CS:EIP. Its linear address depends on the mode QEMU will be in, so both candidates get a breakpoint. */
async function runTo(gdb, first) {
  const linear = { real: ((first.cs << 4) + first.eip) >>> 0, flat: first.eip };
  for (const at of new Set(Object.values(linear))) await gdb.command(`Z1,${at.toString(16)},1`);
  for (;;) {
    await gdb.command('c');
    const { eip, cs } = await gdb.registers();
    if (eip === first.eip && cs === first.cs) break;
  }
  for (const at of new Set(Object.values(linear))) await gdb.command(`z1,${at.toString(16)},1`);
  await gdb.setGeneral(first);
}

async function step(gdb, eip) {
  for (let i = 0; i < STEPS_ON_ONE_EIP; i += 1) {
    await gdb.command('s');
    const state = await gdb.registers();
    if (state.eip !== eip) return state;
  }
  throw new LockstepError(`QEMU stays at EIP ${eip.toString(16)}`);
}

function divergences(expected, actual) {
  return NAMES.filter((name) => {
    const mask = name === 'eflags' ? COMPARED_FLAGS : 0xffffffff;
    return ((expected[name] ^ actual[name]) & mask) !== 0;
  }).map((name) => `  ${name}: gilt ${expected[name].toString(16)}, QEMU ${actual[name].toString(16)}`);
}

async function compare(gdb, states) {
  let previous;
  let count = 0;
  for await (const expected of states) {
    if (previous === undefined) await runTo(gdb, expected);
    const actual = previous === undefined ? await gdb.registers() : await step(gdb, previous.eip);
    const found = divergences(expected, actual);
    if (found.length > 0) {
      console.log(
        `divergence at icount ${expected.icount}, after ${previous?.line ?? 'the start'}\n${found.join('\n')}`,
      );
      return 1;
    }
    previous = expected;
    count += 1;
  }
  console.log(`${count} steps agree`);
  return count > 0 ? 0 : 2;
}

const argumentsForQemu = process.argv.slice(2);
if (argumentsForQemu.length === 0) {
  console.error('usage: <register lines> | node qemu-lockstep.mjs <arguments for qemu-system-i386>');
  process.exit(2);
}
const gdb = new Gdb(argumentsForQemu);
try {
  process.exitCode = await compare(gdb, expectedStates(process.stdin));
} catch (error) {
  if (!(error instanceof LockstepError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
} finally {
  gdb.stop();
}
