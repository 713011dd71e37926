import { mixText } from './history-digest.ts';

/** The number of a name under which a value is compared; 0: it is plain, a number and the mask of its known bytes. */
export type NameNumber = number;

/** Names for values of one run, kept once. */
export class ValueNames {
  private readonly numbers = new Map<string, NameNumber>();
  private readonly texts: string[] = [''];
  private readonly hashes: number[] = [0];

  /** `texts`: names with the numbers from 1 on. */
  constructor(texts: readonly string[] = []) {
    for (const text of texts) this.numberOf(text);
  }

  all(): readonly string[] {
    return this.texts.slice(1);
  }

  numberOf(text: string): NameNumber {
    const known = this.numbers.get(text);
    if (known !== undefined) return known;
    const number = this.texts.push(text) - 1;
    this.hashes.push(mixText(text));
    this.numbers.set(text, number);
    return number;
  }

  text(name: NameNumber): string {
    return this.texts[name];
  }

  /** 32 bits that are the same in every run. */
  hash(name: NameNumber): number {
    return this.hashes[name];
  }
}
