import type { X87Control } from '../../isa/x87-operation.ts';
import type { Cpu } from '../cpu.ts';
import * as S from '../state.ts';
import { loadEnvironment, restore, save, storeEnvironment } from './environment.ts';
import { STATUS_C1, type X87 } from './x87.ts';

/** What a control instruction names: a stack register, or memory and the size of what lies there. */
interface Named {
  readonly index: number;
  readonly size: 2 | 4;
  readonly segment: number;
  readonly offset: number;
}

type Handler = (cpu: Cpu, unit: X87, named: Named) => void;

/** FNOP, FWAIT, and what only an 8087 or a 287 does. */
const nothing: Handler = () => undefined;

/** The instructions that manage the unit. FFREE, FINCSTP and their kin clear C1, as processors do. */
export const CONTROLS: Readonly<Record<X87Control, Handler>> = {
  wait: nothing,
  nothing,
  ignore: nothing,
  decrementTop: (_, unit) => {
    unit.top--;
    unit.clear(STATUS_C1);
  },
  incrementTop: (_, unit) => {
    unit.top++;
    unit.clear(STATUS_C1);
  },
  free: (_, unit, { index }) => {
    unit.setEmpty(index);
    unit.clear(STATUS_C1);
  },
  freeAndPop: (_, unit, { index }) => {
    unit.setEmpty(index);
    unit.pop();
    unit.clear(STATUS_C1);
  },
  loadControl: (cpu, unit, { segment, offset }) => {
    const value = cpu.access.read(segment, offset, 2);
    if (!cpu.isFaulted) unit.loadControl(value);
  },
  loadEnvironment: (cpu, unit, { size, segment, offset }) => loadEnvironment(cpu, unit, size, segment, offset),
  restore: (cpu, unit, { size, segment, offset }) => restore(cpu, unit, size, segment, offset),
  initialise: (_, unit) => unit.initialise(),
  clearExceptions: (_, unit) => unit.clearExceptions(),
  storeControl: ({ access }, unit, { segment, offset }) => access.write(segment, offset, 2, unit.control),
  storeStatus: ({ access }, unit, { segment, offset }) => access.write(segment, offset, 2, unit.status),
  statusToAx: ({ s }, unit) => {
    s[S.EAX] = (s[S.EAX] & ~0xffff) | unit.status;
  },
  storeEnvironment: (cpu, unit, { size, segment, offset }) => storeEnvironment(cpu, unit, size, segment, offset),
  save: (cpu, unit, { size, segment, offset }) => save(cpu, unit, size, segment, offset),
};
