import type { InputAction } from '../../traces/events.ts';
import { assert, unreachable } from '../base/assert.ts';
import { lookUp } from '../cpu/paging/page-walk.ts';
import * as S from '../cpu/state.ts';
import { ORIGIN_INPUT, ORIGIN_INSTRUCTION } from '../memory/write-log.ts';
import type { Pc } from './pc.ts';
import { writeRegisters } from './registers.ts';
import type { InterruptHold } from './snapshot/snapshot.ts';

/** Performs what a scenario does to the guest from outside. */
export class Inputs {
  private readonly pc: Pc;
  /** Set while interrupts are held back. */
  private hold: InterruptHold | undefined;

  constructor(pc: Pc) {
    this.pc = pc;
  }

  get areInterruptsHeld(): boolean {
    return this.hold !== undefined;
  }

  save(): InterruptHold | undefined {
    return this.hold;
  }

  load(hold: InterruptHold | undefined): void {
    this.hold = hold;
  }

  apply(action: InputAction): void {
    const { pc } = this;
    switch (action.kind) {
      case 'scancodes':
        pc.keyboard.queueScancodes(action.bytes);
        return;
      case 'mouse':
        pc.mouse.input(action);
        pc.keyboard.noteAuxiliary();
        return;
      case 'serial-in': {
        const port = pc.serialPorts[action.port];
        assert(port !== undefined, `there is no serial port ${action.port}`);
        port.receive(action.bytes);
        return;
      }
      case 'memory':
        this.writeLinear(action.linear, action.bytes);
        return;
      case 'registers':
        writeRegisters(pc.cpu, action.values);
        return;
      case 'irq': {
        const line = pc.interrupts.line(action.line);
        line.set(false);
        line.set(true); // stays high: a request that falls before it is taken is withdrawn
        return;
      }
      case 'hold-interrupts':
        this.holdInterrupts(action.isHeld);
        return;
      default:
        unreachable(action);
    }
  }

  /** What runs in between may end HLT: let through again, the processor is halted if it was. */
  private holdInterrupts(isHeld: boolean): void {
    const { s } = this.pc.cpu;
    if (isHeld) {
      this.hold ??= { wasHalted: s[S.HALTED] !== 0 };
      return;
    }
    if (this.hold?.wasHalted === true) s[S.HALTED] = 1;
    this.hold = undefined;
  }

  private writeLinear(linear: number, bytes: Uint8Array): void {
    const { writeLog, memory, cpu } = this.pc;
    writeLog.currentOrigin = ORIGIN_INPUT;
    for (let i = 0; i < bytes.length; i++) {
      const physical = lookUp(cpu.state, memory, (linear + i) | 0);
      assert(physical >= 0, `an input writes to ${linear + i}, which isn't mapped`);
      memory.write8(physical, bytes[i]);
      writeLog.push((linear + i) >>> 0, physical, 1, bytes[i]);
    }
    writeLog.currentOrigin = ORIGIN_INSTRUCTION;
  }
}
