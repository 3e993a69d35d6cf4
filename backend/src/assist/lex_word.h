/* SPDX-License-Identifier: MIT */
#ifndef YOKE_ASSIST_LEX_WORD_H
#define YOKE_ASSIST_LEX_WORD_H

/* Which bytes and code points make words. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* 1 for each ASCII byte that may stand within a word in every language. */
extern const uint8_t lex_word_bytes[256];

/** Whether an ASCII byte may stand within a word: letters, digits, underscore. */
static inline bool lex_is_word(unsigned char byte) {
  return lex_word_bytes[byte] != 0;
}

static inline bool lex_is_digit(unsigned char byte) {
  return byte >= '0' && byte <= '9';
}

/**
 * The length in bytes of the character at @text if it may stand in a word, else 0.
 * @text is valid UTF-8 with at least one byte.
 */
size_t lex_word_char(const unsigned char *text, bool dollar);

#endif
