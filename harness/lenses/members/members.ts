import type { TypeNode } from '../../symbols/index.ts';

/** The C expression for the byte at `offset` of a variable: ".context.eip", "[2].pid", or "+0x2" where types end. */
export function memberPath(type: TypeNode | undefined, offset: number): string {
  const step = type === undefined ? undefined : stepInto(type, offset);
  if (step !== undefined) return `${step.name}${memberPath(step.type, step.offset)}`;
  return offset === 0 ? '' : `+0x${offset.toString(16)}`;
}

/** The type of the innermost member that begins at `offset`; undefined in the middle of one. */
export function memberAt(type: TypeNode, offset: number): TypeNode | undefined {
  const step = stepInto(type, offset);
  if (step !== undefined) return memberAt(step.type, step.offset);
  return offset === 0 ? type : undefined;
}

interface Step {
  readonly name: string;
  readonly type: TypeNode;
  readonly offset: number; // from the member's start
}

function stepInto(type: TypeNode, offset: number): Step | undefined {
  if (type.kind === 'array' && type.element.sizeBytes > 0) {
    const { element } = type;
    const index = Math.floor(offset / element.sizeBytes);
    return { name: `[${index}]`, type: element, offset: offset % element.sizeBytes };
  }
  if (type.kind !== 'struct' && type.kind !== 'union') return undefined;
  const member = type.members.find(
    (each) => each.offsetBytes <= offset && offset < each.offsetBytes + Math.max(each.type.sizeBytes, 1),
  );
  if (member === undefined) return undefined;
  return { name: member.name === '' ? '' : `.${member.name}`, type: member.type, offset: offset - member.offsetBytes };
}
