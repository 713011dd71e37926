#include "commands.h"

#include "cpu.h"
#include "frames.h"
#include "heap.h"
#include "paging.h"
#include "screen.h"
#include "serial.h"
#include "task.h"
#include "text.h"
#include "workers.h"

#define SLOTS 16u
#define BYTE_OF_SLOT(slot) (0x40u + (slot))
#define DIGGER_PAGES 4u
#define TICKER_BEATS 6u
#define STRAY_LINEAR 0xA0000000u
#define RENEWED 0x5EEDu

/* The blocks of `alloc`, by number. Each is filled with a byte of its own, so that `check` can tell. */
struct slot {
    unsigned char *bytes;
    uint32_t count;
};

struct slot *slots;

void commands_init(void)
{
    slots = bcalloc(SLOTS, sizeof(struct slot));
}

static void print_slot(uint32_t slot)
{
    print("block ");
    print_number(slot, 10);
    print(": ");
    print_number(slots[slot].count, 10);
    print(" bytes at heap+");
    print_number(heap_offset(slots[slot].bytes), 16);
    print_line("");
}

/* SLOTS when all are taken. */
static uint32_t empty_slot(void)
{
    uint32_t slot = 0;

    while (slot < SLOTS && slots[slot].bytes != 0) {
        slot++;
    }
    return slot;
}

static void fill_slot(uint32_t slot, unsigned char *bytes, uint32_t count)
{
    if (slots[slot].count < count) {
        memset(bytes + slots[slot].count, (int)BYTE_OF_SLOT(slot), count - slots[slot].count);
    }
    slots[slot].bytes = bytes;
    slots[slot].count = count;
    print_slot(slot);
}

static void run_alloc(const char *rest)
{
    uint32_t slot = empty_slot();
    uint32_t count;
    unsigned char *bytes;

    if (!parse_number(&rest, 10, &count) || slot == SLOTS) {
        print_line("alloc BYTES, for at most 16 blocks");
        return;
    }
    bytes = bmalloc(count);
    if (bytes == 0) {
        print_line("no room");
        return;
    }
    slots[slot].count = 0;
    fill_slot(slot, bytes, count);
}

static uint32_t count_bytes(const unsigned char *bytes, uint32_t count, uint32_t value)
{
    uint32_t found = 0;

    for (uint32_t index = 0; index < count; index++) {
        found += bytes[index] == value;
    }
    return found;
}

static void run_calloc(const char *rest)
{
    uint32_t slot = empty_slot();
    uint32_t count;
    uint32_t each;
    unsigned char *bytes;

    if (!parse_number(&rest, 10, &count) || !parse_number(&rest, 10, &each) || slot == SLOTS) {
        print_line("calloc COUNT BYTES, for at most 16 blocks");
        return;
    }
    bytes = bcalloc(count, each);
    if (bytes == 0) {
        print_line("no room");
        return;
    }
    print_line(count_bytes(bytes, count * each, 0) == count * each ? "all zero" : "not all zero");
    slots[slot].count = 0;
    fill_slot(slot, bytes, count * each);
}

/* The number of a block in use, or SLOTS. */
static uint32_t parse_slot(const char **rest)
{
    uint32_t slot;

    return parse_number(rest, 10, &slot) && slot < SLOTS && slots[slot].bytes != 0 ? slot : SLOTS;
}

static void run_realloc(const char *rest)
{
    uint32_t slot = parse_slot(&rest);
    uint32_t count;
    unsigned char *bytes;

    if (slot == SLOTS || !parse_number(&rest, 10, &count) || count == 0) {
        print_line("realloc BLOCK BYTES");
        return;
    }
    bytes = brealloc(slots[slot].bytes, count);
    if (bytes == 0) {
        print_line("no room");
        return;
    }
    fill_slot(slot, bytes, count);
}

static void run_free(const char *rest)
{
    uint32_t slot = parse_slot(&rest);

    if (slot == SLOTS) {
        print_line("free BLOCK");
        return;
    }
    bfree(slots[slot].bytes);
    slots[slot].bytes = 0;
    slots[slot].count = 0;
    print_line("freed");
}

static void run_blocks(const char *rest)
{
    (void)rest;
    for (uint32_t slot = 0; slot < SLOTS; slot++) {
        if (slots[slot].bytes != 0) {
            print_slot(slot);
        }
    }
}

/* Whether every block still holds what was put into it. */
static void run_check(const char *rest)
{
    uint32_t spoilt = 0;

    (void)rest;
    for (uint32_t slot = 0; slot < SLOTS; slot++) {
        const struct slot *each = &slots[slot];

        if (each->bytes != 0 && count_bytes(each->bytes, each->count, BYTE_OF_SLOT(slot)) != each->count) {
            print("spoilt: ");
            print_slot(slot);
            spoilt++;
        }
    }
    print_number(spoilt, 10);
    print_line(" blocks are spoilt");
}

static void run_mem(const char *rest)
{
    struct heap_use use = heap_measure();

    (void)rest;
    print_number(use.bytes, 10);
    print(" bytes in ");
    print_number(use.blocks, 10);
    print(" blocks, ");
    print_number(use.free_blocks, 10);
    print(" free, the largest has ");
    print_number(use.largest_free, 10);
    print_line("");
    print_number(frames_left(), 10);
    print(" of ");
    print_number(FRAMES, 10);
    print_line(" frames are free");
}

/* Adds 1 to a word and shows what it was; in the arena that makes the page. */
static void run_touch(const char *rest)
{
    uint32_t linear;
    uint32_t value = 0;

    if (!parse_number(&rest, 16, &linear)) {
        print_line("touch ADDRESS");
    } else if (!try_read(linear, &value)) {
        print_line("cannot be read");
    } else if (!try_write(linear, value + 1u)) {
        print_line("cannot be written");
    } else {
        print("it was ");
        print_number(value, 10);
        print_line("");
    }
}

static void run_unmap(const char *rest)
{
    uint32_t linear;

    if (!parse_number(&rest, 16, &linear) || linear < ARENA_START || linear >= ARENA_END) {
        print_line("unmap ADDRESS, in the arena");
        return;
    }
    print_line(unmap_page(current_task->directory, linear) ? "unmapped" : "not mapped");
}

static void run_protect(const char *rest)
{
    uint32_t linear;

    if (!parse_number(&rest, 16, &linear) || linear < ARENA_START || linear >= ARENA_END) {
        print_line("protect ADDRESS, in the arena");
        return;
    }
    print_line(protect_page(current_task->directory, linear) ? "read-only" : "not mapped");
}

/* All in one turn, with no load of CR3 in between: a translation that should be forgotten would be used here. */
static void run_renew(const char *rest)
{
    uint32_t linear;
    uint32_t value = 0;
    uint32_t flags;
    uint32_t is_read_only;

    if (!parse_number(&rest, 16, &linear) || linear < ARENA_START || linear >= ARENA_END) {
        print_line("renew ADDRESS, in the arena");
        return;
    }
    flags = hold_interrupts();
    try_write(linear, RENEWED);
    unmap_page(current_task->directory, linear);
    try_read(linear, &value);
    protect_page(current_task->directory, linear);
    is_read_only = !try_write(linear, RENEWED);
    release_interrupts(flags);
    print(value == 0 ? "zeroed" : "not zeroed");
    print_line(is_read_only ? ", read-only" : ", still writable");
}

/* Looks through the eyes of another task: CR3 is its directory for the time of one read. */
static void run_peek(const char *rest)
{
    uint32_t id;
    uint32_t linear;
    uint32_t value = 0;
    uint32_t flags;
    struct task *task;
    uint32_t can_read = 0;

    if (!parse_number(&rest, 10, &id) || !parse_number(&rest, 16, &linear)) {
        print_line("peek TASK ADDRESS");
        return;
    }
    flags = hold_interrupts();
    task = task_find(id);
    if (task != 0) {
        load_directory(task->directory);
        can_read = try_read(linear, &value);
        load_directory(current_task->directory);
    }
    release_interrupts(flags);
    if (can_read) {
        print_number(value, 16);
        print_line("");
    } else {
        print_line(task == 0 ? "no such task" : "cannot be read");
    }
}

static void run_spawn(const char *rest)
{
    struct task *task;

    if (parse_word(&rest, "digger")) {
        task = task_create("digger", digger, DIGGER_PAGES);
    } else if (parse_word(&rest, "ticker")) {
        task = task_create("ticker", ticker, TICKER_BEATS);
    } else if (parse_word(&rest, "sentry")) {
        task = task_create("sentry", sentry, 0);
    } else if (parse_word(&rest, "stray")) {
        task = task_create("stray", stray, STRAY_LINEAR);
    } else if (parse_word(&rest, "user")) {
        task = user_task_create("user");
    } else {
        print_line("spawn digger, ticker, sentry, stray or user");
        return;
    }
    if (task == 0) {
        print_line("no room");
        return;
    }
    print("task ");
    print_number(task->id, 10);
    print_line("");
}

static void run_kill(const char *rest)
{
    uint32_t id;

    if (!parse_number(&rest, 10, &id)) {
        print_line("kill TASK");
        return;
    }
    print_line(task_kill(id) ? "killed" : "no such task, or one that stays");
}

static const char *state_text(enum task_state state)
{
    static const char *const texts[] = {"ready", "running", "sleeping", "waiting", "ended"};

    return texts[state];
}

static void run_ps(const char *rest)
{
    uint32_t flags = hold_interrupts();
    struct task *task = idle_task;

    (void)rest;
    do {
        print_number(task->id, 10);
        print(" ");
        print_padded(task->name, 8);
        print_padded(state_text(task->state), 10);
        print_number(space_pages(task->directory), 10);
        print_line(" pages");
        task = task->next;
    } while (task != idle_task);
    release_interrupts(flags);
}

static void run_sleep(const char *rest)
{
    uint32_t ticks;

    if (!parse_number(&rest, 10, &ticks)) {
        print_line("sleep TICKS");
        return;
    }
    system_call(CALL_SLEEP, ticks);
    print_line("awake");
}

static void run_log(const char *rest)
{
    log_text("log:", rest);
}

static void run_help(const char *rest);

static const struct command {
    const char *name;
    void (*run)(const char *rest);
} commands[] = {
    {"help", run_help},       {"mem", run_mem},         {"alloc", run_alloc},     {"calloc", run_calloc},
    {"realloc", run_realloc}, {"free", run_free},       {"blocks", run_blocks},   {"check", run_check},
    {"touch", run_touch},     {"unmap", run_unmap},     {"protect", run_protect}, {"renew", run_renew},
    {"peek", run_peek},       {"spawn", run_spawn},     {"kill", run_kill},       {"ps", run_ps},
    {"sleep", run_sleep},     {"log", run_log},
};

#define COMMANDS (sizeof commands / sizeof commands[0])

static void run_help(const char *rest)
{
    (void)rest;
    for (uint32_t index = 0; index < COMMANDS; index++) {
        print(commands[index].name);
        print(index + 1u < COMMANDS ? " " : "");
    }
    print_line("");
}

void run_command(const char *line)
{
    for (uint32_t index = 0; index < COMMANDS; index++) {
        const char *rest = line;

        if (parse_word(&rest, commands[index].name)) {
            commands[index].run(rest);
            return;
        }
    }
    if (*line != 0) {
        print_line("no such command; try help");
    }
}
