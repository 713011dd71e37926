#include "serial.h"

#include "cpu.h"
#include "input.h"
#include "text.h"

#define COM1 0x3F8u
#define INTERRUPT_ENABLE (COM1 + 1u)
#define FIFO_CONTROL (COM1 + 2u)
#define LINE_CONTROL (COM1 + 3u)
#define MODEM_CONTROL (COM1 + 4u)
#define LINE_STATUS (COM1 + 5u)

#define DIVISOR_LATCH 0x80u
#define EIGHT_BITS 0x03u
#define WHEN_RECEIVED 0x01u
#define READY_AND_INTERRUPTS 0x0Bu
#define RECEIVED 0x01u
#define ROOM_TO_SEND 0x20u

void serial_init(void)
{
    write_port(INTERRUPT_ENABLE, 0);
    write_port(LINE_CONTROL, DIVISOR_LATCH);
    write_port(COM1, 1); /* 115200 baud */
    write_port(INTERRUPT_ENABLE, 0);
    write_port(LINE_CONTROL, EIGHT_BITS);
    write_port(FIFO_CONTROL, 0);
    write_port(MODEM_CONTROL, READY_AND_INTERRUPTS);
    write_port(INTERRUPT_ENABLE, WHEN_RECEIVED);
}

static void serial_write(char character)
{
    while ((read_port(LINE_STATUS) & ROOM_TO_SEND) == 0) {
    }
    write_port(COM1, (unsigned char)character);
}

static void serial_print(const char *text)
{
    while (*text != 0) {
        serial_write(*text);
        text++;
    }
}

void serial_received(void)
{
    while ((read_port(LINE_STATUS) & RECEIVED) != 0) {
        char character = (char)read_port(COM1);

        input_put(character == '\r' ? '\n' : character);
    }
}

void log_text(const char *label, const char *text)
{
    uint32_t flags = hold_interrupts();

    serial_print(label);
    serial_print(text);
    serial_print("\r\n");
    release_interrupts(flags);
}

void log_line(const char *text)
{
    log_text(text, "");
}

void log_number(const char *label, uint32_t number, uint32_t radix)
{
    char digits[NUMBER_CHARACTERS];

    log_text(label, number_text(digits, number, radix));
}
