#include "screen.h"

#include "cpu.h"

#define VIDEO_MEMORY 0xB8000u
#define COLUMNS 80u
#define ROWS 25u
#define CELLS (COLUMNS * ROWS)
#define WHITE_ON_BLACK 0x0Fu
#define LONGEST_NUMBER 10

/* A cell is a character and, in its high byte, an attribute. */
volatile unsigned short *video;
/* The cell that the next character goes to; CELLS when the screen is full. */
unsigned int cursor;

void put_cell(unsigned int cell, char character)
{
    video[cell] = (unsigned short)(WHITE_ON_BLACK << 8 | (unsigned char)character);
}

void screen_init(void)
{
    video = (volatile unsigned short *)VIDEO_MEMORY;
    cursor = 0;
    for (unsigned int cell = 0; cell < CELLS; cell++) {
        put_cell(cell, ' ');
    }
}

void copy_row(unsigned int source, unsigned int target)
{
    for (unsigned int column = 0; column < COLUMNS; column++) {
        video[target * COLUMNS + column] = video[source * COLUMNS + column];
    }
}

/* Moves every row up by one and leaves the last one blank. */
void scroll(void)
{
    for (unsigned int row = 1; row < ROWS; row++) {
        copy_row(row, row - 1);
    }
    for (unsigned int cell = CELLS - COLUMNS; cell < CELLS; cell++) {
        put_cell(cell, ' ');
    }
    cursor = CELLS - COLUMNS;
}

void print_character(char character)
{
    if (cursor == CELLS) {
        scroll();
    }
    put_cell(cursor, character);
    cursor++;
}

void end_line(void)
{
    if (cursor == CELLS) {
        scroll();
    }
    cursor += COLUMNS - cursor % COLUMNS;
}

/* A tick in the middle of a line would let another process print into it. */
void print(const char *text)
{
    unsigned int flags = hold_interrupts();

    while (*text != 0) {
        print_character(*text);
        text++;
    }
    release_interrupts(flags);
}

void println(const char *text)
{
    unsigned int flags = hold_interrupts();

    print(text);
    end_line();
    release_interrupts(flags);
}

void printi(int number)
{
    unsigned int flags = hold_interrupts();
    unsigned int rest = number < 0 ? 0u - (unsigned int)number : (unsigned int)number;
    char digits[LONGEST_NUMBER];
    int count = 0;

    if (number < 0) {
        print_character('-');
    }
    do {
        digits[count] = (char)('0' + rest % 10u);
        count++;
        rest /= 10u;
    } while (rest != 0);
    while (count > 0) {
        count--;
        print_character(digits[count]);
    }
    release_interrupts(flags);
}
