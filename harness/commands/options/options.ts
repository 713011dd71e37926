/** The option of every command that runs a guest. */
export const ENGINE_OPTION = {
  choices: ['blocks', 'forms', 'oracle'],
  default: 'blocks',
  describe: 'blocks compiles what is hot, forms interprets, oracle is the slow referee; all make the same trace',
} as const;
