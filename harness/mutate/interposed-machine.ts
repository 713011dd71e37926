import type { ExceptionEvent, RunOptions, Snapshot } from '../../emulator/index.ts';
import type { InputAction, Pause, RegisterValues, StopReason, TextScreen } from '../../traces/index.ts';
import type { DrivenMachine } from '../driver/guest-runner.ts';

/** Stands between a scenario and its machine: answers each question, by asking the machine or without it. */
export interface Interposer {
  ask<Answer>(question: string, machine: () => Answer): Answer;
  run(options: RunOptions): StopReason | Pause;
}

/** A machine all of whose answers to a scenario go through an interposer. */
export class InterposedMachine implements DrivenMachine {
  readonly spec: DrivenMachine['spec'];
  readonly #machine: DrivenMachine;
  readonly #interposer: Interposer;
  #isMuted = false;

  constructor(machine: DrivenMachine, interposer: Interposer) {
    this.spec = machine.spec;
    this.#machine = machine;
    this.#interposer = interposer;
  }

  get icount(): number {
    return this.#interposer.ask('icount', () => this.#machine.icount);
  }

  get stopped(): StopReason | undefined {
    return this.#interposer.ask('stopped', () => this.#machine.stopped);
  }

  get pcLinear(): number {
    return this.#interposer.ask('pcLinear', () => this.#machine.pcLinear);
  }

  get is32(): boolean {
    return this.#interposer.ask('is32', () => this.#machine.is32);
  }

  get isIdle(): boolean {
    return this.#interposer.ask('isIdle', () => this.#machine.isIdle);
  }

  /** What a scenario tries in a fork isn't part of its run: no mutant begins there. */
  run(options: RunOptions): StopReason | Pause {
    if (this.#isMuted) return this.#interposer.ask('run', () => this.#machine.run(options));
    return this.#interposer.run(options);
  }

  snapshot(): Snapshot {
    return this.#interposer.ask('snapshot', () => this.#machine.snapshot());
  }

  restore(snapshot: Snapshot): void {
    this.#interposer.ask('restore', () => this.#machine.restore(snapshot));
  }

  mute(isMuted: boolean): boolean {
    this.#isMuted = isMuted;
    return this.#interposer.ask('mute', () => this.#machine.mute(isMuted));
  }

  apply(action: InputAction): void {
    this.#interposer.ask('apply', () => this.#machine.apply(action));
  }

  step(text: string): void {
    this.#interposer.ask('step', () => this.#machine.step(text));
  }

  captureScreen(name: string): TextScreen {
    return this.#interposer.ask(`screen ${name}`, () => this.#machine.captureScreen(name));
  }

  checkpoint(name: string): ReturnType<DrivenMachine['checkpoint']> {
    return this.#interposer.ask(`checkpoint ${name}`, () => this.#machine.checkpoint(name));
  }

  finish(reason: StopReason): void {
    this.#interposer.ask('finish', () => this.#machine.finish(reason));
  }

  screen(): TextScreen {
    return this.#interposer.ask('screen', () => this.#machine.screen());
  }

  registers(): RegisterValues {
    return this.#interposer.ask('registers', () => this.#machine.registers());
  }

  readLinear(linear: number, length: number): Uint8Array | undefined {
    return this.#interposer.ask('readLinear', () => this.#machine.readLinear(linear, length));
  }

  physicalOf(linear: number): number | undefined {
    return this.#interposer.ask('physicalOf', () => this.#machine.physicalOf(linear));
  }

  serialOut(port: number, from: number): Uint8Array {
    return this.#interposer.ask('serialOut', () => this.#machine.serialOut(port, from));
  }

  exceptions(from: number): readonly ExceptionEvent[] {
    return this.#interposer.ask('exceptions', () => this.#machine.exceptions(from));
  }

  interruptCount(irq: number): number {
    return this.#interposer.ask('interruptCount', () => this.#machine.interruptCount(irq));
  }
}
