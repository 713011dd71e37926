/** The option of every command that runs a guest. */
export const ENGINE_OPTION = {
  choices: ['forms', 'oracle'],
  default: 'forms',
  describe: 'forms is the interpreter, oracle the slow referee; both make the same trace',
} as const;
