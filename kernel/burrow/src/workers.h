/* What `spawn` can start. */
#ifndef WORKERS_H
#define WORKERS_H

#include <stdint.h>

#include "task.h"

void digger(uint32_t pages);      /* fills its arena page by page, a page a tick */
void ticker(uint32_t beats);      /* turns the beat in the status row, once a tick */
void stray(uint32_t linear);      /* writes where nothing is mapped */
void sentry(uint32_t argument);   /* sentry.asm */
void sentry_alarm(void);

#endif
