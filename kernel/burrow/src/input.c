#include "input.h"

#include "cpu.h"
#include "interrupts.h"

#define QUEUE_CHARACTERS 64u

#define KEYBOARD_DATA 0x60u
#define BREAK_BIT 0x80u
#define LEFT_SHIFT 0x2Au
#define RIGHT_SHIFT 0x36u
#define MAPPED_CODES 58u

/* Scan code set 1, US keyboard; 0 for keys that write nothing. */
static const char plain_keys[MAPPED_CODES + 1] = "\0\0331234567890-=\b\tqwertyuiop[]\n\0asdfghjkl;'`\0\\zxcvbnm,./\0*\0 ";
static const char shifted_keys[MAPPED_CODES + 1] =
    "\0\033!@#$%^&*()_+\b\tQWERTYUIOP{}\n\0ASDFGHJKL:\"~\0|ZXCVBNM<>?\0*\0 ";

char input_queue[QUEUE_CHARACTERS];
uint32_t input_first;
uint32_t input_length;
int is_shift_down;

/* A byte that the keyboard sent before anybody listened would hold up all others. */
void input_init(void)
{
    input_first = 0;
    input_length = 0;
    is_shift_down = 0;
    read_port(KEYBOARD_DATA);
}

int input_is_empty(void)
{
    return input_length == 0;
}

void input_put(char character)
{
    if (input_length < QUEUE_CHARACTERS) {
        input_queue[(input_first + input_length) % QUEUE_CHARACTERS] = character;
        input_length++;
    }
}

static char input_take(void)
{
    char character = input_queue[input_first];

    input_first = (input_first + 1u) % QUEUE_CHARACTERS;
    input_length--;
    return character;
}

/* The next character; the task gives up the processor until there is one. */
char input_wait(void)
{
    uint32_t flags = hold_interrupts();
    char character;

    while (input_is_empty()) {
        system_call(CALL_WAIT_KEY, 0);
    }
    character = input_take();
    release_interrupts(flags);
    return character;
}

void keyboard_received(void)
{
    uint32_t code = read_port(KEYBOARD_DATA);
    uint32_t key = code & ~BREAK_BIT;
    char character;

    if (key == LEFT_SHIFT || key == RIGHT_SHIFT) {
        is_shift_down = (code & BREAK_BIT) == 0;
        return;
    }
    if ((code & BREAK_BIT) != 0 || code >= MAPPED_CODES) {
        return;
    }
    character = is_shift_down ? shifted_keys[code] : plain_keys[code];
    if (character != 0) {
        input_put(character);
    }
}
