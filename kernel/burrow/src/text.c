#include "text.h"

#define HEXADECIMAL_DIGITS 8u

static char digit_character(uint32_t digit)
{
    return (char)(digit < 10u ? '0' + digit : 'A' + digit - 10u);
}

const char *number_text(char digits[NUMBER_CHARACTERS], uint32_t number, uint32_t radix)
{
    uint32_t least = radix == 16u ? HEXADECIMAL_DIGITS : 1u;
    uint32_t at = NUMBER_CHARACTERS - 1u;

    digits[at] = 0;
    while (number != 0 || NUMBER_CHARACTERS - 1u - at < least) {
        at--;
        digits[at] = digit_character(number % radix);
        number /= radix;
    }
    return digits + at;
}

/* The digit's value, or 16 for what is no digit at all. */
static uint32_t digit_value(char character)
{
    if (character >= '0' && character <= '9') {
        return (uint32_t)(character - '0');
    }
    if (character >= 'a' && character <= 'f') {
        return (uint32_t)(character - 'a') + 10u;
    }
    if (character >= 'A' && character <= 'F') {
        return (uint32_t)(character - 'A') + 10u;
    }
    return 16u;
}

int parse_number(const char **text, uint32_t radix, uint32_t *number)
{
    const char *at = *text;
    uint32_t value = 0;

    while (*at == ' ') {
        at++;
    }
    if (digit_value(*at) >= radix) {
        return 0;
    }
    while (digit_value(*at) < radix) {
        value = value * radix + digit_value(*at);
        at++;
    }
    *text = at;
    *number = value;
    return 1;
}

int parse_word(const char **text, const char *word)
{
    const char *at = *text;

    while (*at == ' ') {
        at++;
    }
    while (*word != 0 && *at == *word) {
        at++;
        word++;
    }
    if (*word != 0 || (*at != 0 && *at != ' ')) {
        return 0;
    }
    *text = at;
    return 1;
}

uint32_t text_length(const char *text)
{
    uint32_t length = 0;

    while (text[length] != 0) {
        length++;
    }
    return length;
}
