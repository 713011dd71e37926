/** An example of each wait that can be given as text, by the word before its colon. */
export const WAIT_EXAMPLES = {
  text: 'text:ready>',
  serial: 'serial:login',
  call: 'call:kernel_main',
  return: 'return:heap_init',
  port: 'port:0x80=0x31',
  value: 'value:task_count>=2',
  icount: 'icount:5000000',
  for: 'for:100000',
  ticks: 'ticks:20',
  idle: 'idle',
  exit: 'exit',
  stop: 'stop',
} as const;

export const WAIT_FORMS = Object.values(WAIT_EXAMPLES).join(', ');

/** For the end of a command's help. */
export const WAIT_HELP =
  `A wait is one of\n  ${WAIT_FORMS}\n` +
  'A value is a variable of the kernel; exit is a write to port F4h; at stop the guest has ended.';
