#include "shell.h"

#include "commands.h"
#include "cpu.h"
#include "input.h"
#include "screen.h"
#include "serial.h"
#include "task.h"
#include "text.h"

#define PROMPT "burrow> "
#define LINE_CHARACTERS 60u
#define BACKSPACE '\b'
#define FIRST_PRINTABLE ' '
#define LAST_PRINTABLE '~'

char line[LINE_CHARACTERS + 1u];
uint32_t line_length;
int is_editing;

static void show_line(void)
{
    print(PROMPT);
    print(line);
}

void announce(const char *text)
{
    uint32_t flags = hold_interrupts();

    if (is_editing) {
        erase_row();
    }
    print("[");
    print_number(current_task->id, 10);
    print("] ");
    print_line(text);
    log_text("says: ", text);
    if (is_editing) {
        show_line();
    }
    release_interrupts(flags);
}

static void begin_line(void)
{
    uint32_t flags = hold_interrupts();

    line_length = 0;
    line[0] = 0;
    is_editing = 1;
    show_line();
    release_interrupts(flags);
}

static void end_line(void)
{
    uint32_t flags = hold_interrupts();

    is_editing = 0;
    print_line("");
    release_interrupts(flags);
}

/* The line and the screen change together, or an announcement in between would show half of it. */
static void edit_line(char character)
{
    uint32_t flags = hold_interrupts();

    if (character == BACKSPACE && line_length > 0) {
        line_length--;
        line[line_length] = 0;
        erase_character();
    } else if (character >= FIRST_PRINTABLE && character <= LAST_PRINTABLE && line_length < LINE_CHARACTERS) {
        line[line_length] = character;
        line_length++;
        line[line_length] = 0;
        print(line + line_length - 1u);
    }
    release_interrupts(flags);
}

static void read_line(void)
{
    char character;

    begin_line();
    for (character = input_wait(); character != '\n'; character = input_wait()) {
        edit_line(character);
    }
    end_line();
}

void shell(uint32_t argument)
{
    (void)argument;
    for (;;) {
        show_status();
        read_line();
        log_text("command: ", line);
        run_command(line);
    }
}
