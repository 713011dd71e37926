/* Numbers and words, to and from text. */
#ifndef TEXT_H
#define TEXT_H

#include <stdint.h>

#define NUMBER_CHARACTERS 11u

/* Writes at the end of `digits` and returns where the number begins. Radix 16 has eight digits, radix 10 as many as it takes. */
const char *number_text(char digits[NUMBER_CHARACTERS], uint32_t number, uint32_t radix);

/* Reads a number behind any blanks and moves *text on. Returns 0, and moves nothing, where there is none. */
int parse_number(const char **text, uint32_t radix, uint32_t *number);

/* Whether the text begins with this word; moves *text behind it then. */
int parse_word(const char **text, const char *word);

uint32_t text_length(const char *text);

#endif
