#include "workers.h"

#include "cpu.h"
#include "frames.h"
#include "paging.h"
#include "screen.h"
#include "shell.h"

#define DUG 0xD16u

static void task_finish(void)
{
    for (;;) {
        system_call(CALL_END, 0);
    }
}

static volatile uint32_t *arena_word(uint32_t page)
{
    return (volatile uint32_t *)(uintptr_t)(ARENA_START + page * PAGE_BYTES);
}

static uint32_t count_holding(uint32_t pages, uint32_t base)
{
    uint32_t count = 0;

    for (uint32_t page = 0; page < pages; page++) {
        count += *arena_word(page) == base + page;
    }
    return count;
}

void digger(uint32_t pages)
{
    uint32_t zeros = 0;

    for (uint32_t page = 0; page < pages; page++) {
        zeros += *arena_word(page) == 0;
        *arena_word(page) = DUG + page;
        system_call(CALL_SLEEP, 1);
    }
    announce(zeros == pages ? "all pages were zero" : "a page was not zero");
    announce(count_holding(pages, DUG) == pages ? "all pages kept their bytes" : "a page lost its bytes");
    task_finish();
}

void ticker(uint32_t beats)
{
    static const char turns[4] = {'|', '/', '-', '\\'};

    for (uint32_t beat = 0; beat < beats; beat++) {
        show_beat(turns[beat % 4u]);
        system_call(CALL_SLEEP, 1);
    }
    announce("the beat is over");
    task_finish();
}

void stray(uint32_t linear)
{
    *(volatile uint32_t *)(uintptr_t)linear = linear;
    announce("the stray write went through");
    task_finish();
}

void sentry_alarm(void)
{
    announce("a register was lost");
}
