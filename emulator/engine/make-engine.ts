import type { Cpu } from '../cpu/cpu.ts';
import { BlocksEngine } from './blocks.ts';
import type { Engine, EngineName, Watch } from './engine.ts';
import { FormsEngine } from './forms.ts';
import { OracleEngine } from './oracle.ts';

/** `hotAfter`: how often control comes to an instruction before `blocks` compiles it. */
export function makeEngine(name: EngineName, cpu: Cpu, watch: Watch, hotAfter?: number): Engine {
  switch (name) {
    case 'oracle':
      return new OracleEngine(cpu, watch);
    case 'forms':
      return new FormsEngine(cpu, watch);
    default:
      return new BlocksEngine(cpu, watch, hotAfter);
  }
}
