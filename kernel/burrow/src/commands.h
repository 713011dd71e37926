/* What can be typed. */
#ifndef COMMANDS_H
#define COMMANDS_H

void commands_init(void);
void run_command(const char *line);

#endif
