/**
 * Something outside gilt is wrong: a file, an option, an image. Caught once, in the command line, which prints it and
 * exits with 2. `where` names the file (and the place in it); `message` says what is wrong there and what would be right.
 */
export class OperatingError extends Error {
  readonly where: string;

  constructor(where: string, message: string, options?: ErrorOptions) {
    super(`${where}: ${message}`, options);
    this.name = 'OperatingError';
    this.where = where;
  }
}
