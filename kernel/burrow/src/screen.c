#include "screen.h"

#include "cpu.h"
#include "frames.h"
#include "heap.h"
#include "task.h"
#include "text.h"

#define VIDEO_MEMORY 0xB8000u
#define COLUMNS 80u
#define ROWS 25u
#define FIRST_TEXT_ROW 1u
#define TEXT_ATTRIBUTE 0x07u
#define STATUS_ATTRIBUTE 0x1Fu

#define CRTC_INDEX 0x3D4u
#define CRTC_VALUE 0x3D5u
#define CRTC_CURSOR_HIGH 0x0Eu
#define CRTC_CURSOR_LOW 0x0Fu

/* Where the next character goes. The column is COLUMNS when the row is full. */
uint32_t cursor_row;
uint32_t cursor_column;

static volatile uint16_t *cell_at(uint32_t row, uint32_t column)
{
    return (volatile uint16_t *)VIDEO_MEMORY + row * COLUMNS + column;
}

static void put_cell(uint32_t row, uint32_t column, uint32_t attribute, char character)
{
    *cell_at(row, column) = (uint16_t)(attribute << 8 | (unsigned char)character);
}

static void blank_row(uint32_t row, uint32_t attribute)
{
    for (uint32_t column = 0; column < COLUMNS; column++) {
        put_cell(row, column, attribute, ' ');
    }
}

/* The blinking cursor of the hardware follows. */
static void place_cursor(void)
{
    uint32_t cell = cursor_row * COLUMNS + cursor_column;

    write_port(CRTC_INDEX, CRTC_CURSOR_HIGH);
    write_port(CRTC_VALUE, cell >> 8);
    write_port(CRTC_INDEX, CRTC_CURSOR_LOW);
    write_port(CRTC_VALUE, cell & 0xFFu);
}

void screen_init(void)
{
    blank_row(0, STATUS_ATTRIBUTE);
    for (uint32_t row = FIRST_TEXT_ROW; row < ROWS; row++) {
        blank_row(row, TEXT_ATTRIBUTE);
    }
    cursor_row = FIRST_TEXT_ROW;
    cursor_column = 0;
    place_cursor();
}

static void scroll(void)
{
    for (uint32_t row = FIRST_TEXT_ROW; row < ROWS - 1u; row++) {
        for (uint32_t column = 0; column < COLUMNS; column++) {
            *cell_at(row, column) = *cell_at(row + 1u, column);
        }
    }
    blank_row(ROWS - 1u, TEXT_ATTRIBUTE);
}

static void next_row(void)
{
    cursor_column = 0;
    if (cursor_row + 1u < ROWS) {
        cursor_row++;
    } else {
        scroll();
    }
}

static void print_character(char character)
{
    if (cursor_column == COLUMNS) {
        next_row();
    }
    put_cell(cursor_row, cursor_column, TEXT_ATTRIBUTE, character);
    cursor_column++;
}

void print(const char *text)
{
    uint32_t flags = hold_interrupts();

    while (*text != 0) {
        print_character(*text);
        text++;
    }
    place_cursor();
    release_interrupts(flags);
}

void print_line(const char *text)
{
    uint32_t flags = hold_interrupts();

    print(text);
    next_row();
    place_cursor();
    release_interrupts(flags);
}

void print_number(uint32_t number, uint32_t radix)
{
    char digits[NUMBER_CHARACTERS];

    print(number_text(digits, number, radix));
}

void print_padded(const char *text, uint32_t width)
{
    print(text);
    for (uint32_t length = text_length(text); length < width; length++) {
        print(" ");
    }
}

void erase_character(void)
{
    uint32_t flags = hold_interrupts();

    if (cursor_column > 0) {
        cursor_column--;
        put_cell(cursor_row, cursor_column, TEXT_ATTRIBUTE, ' ');
        place_cursor();
    }
    release_interrupts(flags);
}

void erase_row(void)
{
    uint32_t flags = hold_interrupts();

    blank_row(cursor_row, TEXT_ATTRIBUTE);
    cursor_column = 0;
    place_cursor();
    release_interrupts(flags);
}

static uint32_t put_status(uint32_t column, const char *text)
{
    while (*text != 0) {
        put_cell(0, column, STATUS_ATTRIBUTE, *text);
        column++;
        text++;
    }
    return column;
}

static uint32_t put_status_number(uint32_t column, uint32_t number)
{
    char digits[NUMBER_CHARACTERS];

    return put_status(column, number_text(digits, number, 10));
}

void show_status(void)
{
    uint32_t flags = hold_interrupts();
    struct heap_use use = heap_measure();
    uint32_t column;

    column = put_status(1, "burrow   tasks ");
    column = put_status_number(column, tasks_count());
    column = put_status(column, "   heap ");
    column = put_status_number(column, use.bytes);
    column = put_status(column, " in ");
    column = put_status_number(column, use.blocks);
    column = put_status(column, "   frames ");
    column = put_status_number(column, frames_left());
    while (column < COLUMNS - 2u) {
        column = put_status(column, " ");
    }
    release_interrupts(flags);
}

void show_beat(char character)
{
    put_cell(0, COLUMNS - 2u, STATUS_ATTRIBUTE, character);
}
