import { hex } from '../../../emulator/index.ts';
import type { InputAction, TraceEvent } from '../../../traces/index.ts';
import { describeStop } from './describe-unmet.ts';

/** An event for people and grep: its kind first, then its fields. Texts from the guest are raw: escape the line. */
export function describeEvent(event: TraceEvent): string {
  return `${event.kind} ${fieldsOf(event)}`;
}

function fieldsOf(event: TraceEvent): string {
  switch (event.kind) {
    case 'control':
      return `${event.register} = ${hex(event.value)}`;
    case 'invlpg':
      return hex(event.linear);
    case 'exception':
      return [
        `vector ${event.vector}`,
        ...(event.errorCode === undefined ? [] : [`error code ${hex(event.errorCode, 4)}`]),
        ...(event.faultLinear === undefined ? [] : [`at linear ${hex(event.faultLinear)}`]),
      ].join(', ');
    case 'interrupt':
      return event.irq === undefined ? `vector ${event.vector}` : `vector ${event.vector}, irq ${event.irq}`;
    case 'probe-call':
      return `#${event.call} ${event.probe}(${event.args.join(', ')})`;
    case 'probe-return':
      return `#${event.call} ${event.probe} = ${hex(event.result)}`;
    case 'port-write':
      return `${hex(event.port, 3)} = ${hex(event.value, event.size * 2)}`;
    case 'serial-out':
      return `com${event.port + 1} ${hex(event.byte, 2)} ${printable(event.byte)}`;
    case 'debug-out':
      return `${hex(event.byte, 2)} ${printable(event.byte)}`;
    case 'unhandled':
      return event.what;
    case 'input':
      return describeInput(event.action);
    case 'screen':
      return event.name;
    case 'step':
      return event.text;
    case 'checkpoint':
      return `${event.name} state ${event.state} chain ${event.chain}`;
    case 'stop':
      return describeStop(event.reason);
    case 'context-changed': {
      const changes = event.changes.map((each) => `${each.register} ${hex(each.restored)} (was ${hex(each.saved)})`);
      return `${hex(event.resumedEip)} goes on with ${changes.join(', ')}`;
    }
    case 'stale-translation': {
      const { access, linear, physical, walked } = event;
      const tables = walked === undefined ? 'nothing present' : walked === physical ? 'no right to' : hex(walked);
      return `${access} at linear ${hex(linear)} goes to ${hex(physical)}, the tables have ${tables}`;
    }
  }
}

function describeInput(action: InputAction): string {
  switch (action.kind) {
    case 'scancodes':
      return `scancodes ${bytesText(action.bytes)}`;
    case 'serial-in':
      return `com${action.port + 1} ${bytesText(action.bytes)}`;
    case 'memory':
      return `memory ${hex(action.linear)} = ${bytesText(action.bytes)}`;
    case 'registers':
      return `registers ${Object.entries(action.values)
        .map(([name, value]) => `${name}=${hex(value)}`)
        .join(' ')}`;
    case 'irq':
      return `irq ${action.line}`;
    case 'mouse':
      return `mouse dx=${action.dx} dy=${action.dy} wheel=${action.wheel} buttons=${action.buttons}`;
    case 'hold-interrupts':
      return action.isHeld ? 'interrupts are held back' : 'interrupts are let through';
  }
}

function bytesText(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

function printable(byte: number): string {
  return byte >= 0x20 && byte < 0x7f ? `'${String.fromCharCode(byte)}'` : '';
}
