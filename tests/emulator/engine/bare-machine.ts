import type { Cpu } from '../../../emulator/cpu/cpu.ts';
import * as S from '../../../emulator/cpu/state.ts';
import type { Engine, EngineName } from '../../../emulator/engine/engine.ts';
import { makeEngine } from '../../../emulator/engine/make-engine.ts';
import { WatchTable } from '../../../emulator/machine/watch-table.ts';
import { Guest } from '../cpu/guest.ts';

export const ENGINES = ['oracle', 'forms', 'blocks'] as const;
/** Where code is put; the guest starts here, in flat 32-bit protected mode at level 0. */
export const CODE = 0x10000;

/** A processor in protected mode with an engine, memory and ports of the test's own, and no devices. */
export class BareMachine {
  readonly guest: Guest;
  readonly cpu: Cpu;
  private readonly watched = new WatchTable();
  readonly reached: number[] = [];
  /** Gives what the engine's watch says before each instruction whose address is watched. */
  stopsBefore: (linear: number) => boolean = () => false;
  private readonly engine: Engine;

  /** `hotAfter`: how often control comes to a place before engine `blocks` compiles what begins there. */
  constructor(engine: EngineName, code: readonly number[], at = CODE, hotAfter = 1) {
    this.guest = Guest.protected(engine === 'blocks' ? 'compiled' : 'plain');
    this.cpu = this.guest.cpu;
    this.engine = makeEngine(
      engine,
      this.cpu,
      {
        filter: this.watched.filter,
        listen: (listener) => this.watched.listen(listener),
        onReach: (linear) => {
          this.reached.push(linear);
          return this.stopsBefore(linear);
        },
      },
      hotAfter,
    );
    this.put(at, code);
    this.cpu.s[S.EIP] = at;
  }

  watch(linear: number): void {
    this.watched.add(linear);
  }

  put(physical: number, bytes: readonly number[]): void {
    bytes.forEach((byte, i) => {
      this.guest.poke(physical + i, 1, byte);
    });
  }

  /** Retired instructions. */
  get icount(): number {
    return this.cpu.f[S.F_ICOUNT];
  }

  get eip(): number {
    return this.cpu.s[S.EIP];
  }

  get eax(): number {
    return this.cpu.s[S.EAX];
  }

  /** Runs until icount is `deadline`, unless something makes the engine stop sooner. */
  runTo(deadline: number): void {
    this.cpu.f[S.F_DEADLINE] = deadline;
    this.engine.run();
  }

  run(instructions: number): void {
    this.runTo(this.icount + instructions);
  }
}
