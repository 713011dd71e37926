import type { Cpu } from '../cpu/cpu.ts';
import type { Engine, EngineName, Watch } from './engine.ts';
import { FormsEngine } from './forms.ts';
import { OracleEngine } from './oracle.ts';

export function makeEngine(name: EngineName, cpu: Cpu, watch: Watch): Engine {
  return name === 'oracle' ? new OracleEngine(cpu, watch) : new FormsEngine(cpu, watch);
}
