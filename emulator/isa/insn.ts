import type { Form } from './form.ts';

/** A decoded instruction: its form and the numbers that the form's micro-ops take from it. */
export class Insn {
  readonly form: Form;
  readonly length: number; // bytes
  readonly reg: number; // ModRM.reg, or the register in the opcode's low bits
  readonly rm: number; // register of ModRM.rm when it isn't memory
  readonly modrm: number; // the whole byte
  readonly segment: number; // segment register of the memory operand, override applied
  readonly base: number; // general register, or 8 for none
  readonly index: number; // likewise
  readonly scale: number; // shift, 0-3
  readonly disp: number; // signed
  readonly imm: number;
  readonly imm2: number;

  constructor(form: Form, length: number, fields: InsnFields) {
    this.form = form;
    this.length = length;
    this.reg = fields.reg;
    this.rm = fields.rm;
    this.modrm = fields.modrm;
    this.segment = fields.segment;
    this.base = fields.base;
    this.index = fields.index;
    this.scale = fields.scale;
    this.disp = fields.disp;
    this.imm = fields.imm;
    this.imm2 = fields.imm2;
  }
}

export type InsnFields = Pick<
  Insn,
  'reg' | 'rm' | 'modrm' | 'segment' | 'base' | 'index' | 'scale' | 'disp' | 'imm' | 'imm2'
>;
