import type { TypeNode } from '../symbols/index.ts';

/** The C expression for the byte at `offset` of a variable: ".context.eip", "[2].pid", or "+0x2" where types end. */
export function memberPath(type: TypeNode | undefined, offset: number): string {
  if (type?.kind === 'array' && type.element.sizeBytes > 0) {
    const index = Math.floor(offset / type.element.sizeBytes);
    return `[${index}]${memberPath(type.element, offset % type.element.sizeBytes)}`;
  }
  if (type?.kind === 'struct' || type?.kind === 'union') {
    const inside = type.members.filter(
      (each) => each.offsetBytes <= offset && offset < each.offsetBytes + Math.max(each.type.sizeBytes, 1),
    );
    const [member] = inside;
    if (member !== undefined) {
      const name = member.name === '' ? '' : `.${member.name}`;
      return `${name}${memberPath(member.type, offset - member.offsetBytes)}`;
    }
  }
  return offset === 0 ? '' : `+0x${offset.toString(16)}`;
}
