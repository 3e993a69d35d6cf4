/* SPDX-License-Identifier: MIT */
#include "assist/lex_word.h"

#include "assist/lex.h"

const uint8_t lex_word_bytes[256] = {
    ['0' ... '9'] = 1,
    ['A' ... 'Z'] = 1,
    ['a' ... 'z'] = 1,
    ['_'] = 1,
};

/* Code points beyond ASCII that are blanks, punctuation, symbols or emoji: [first, last]. */
static const uint32_t not_word[][2] = {
    {0x80, 0xA9},     {0xAB, 0xB4},     {0xB6, 0xB9},     {0xBB, 0xBF},     {0xD7, 0xD7},       {0xF7, 0xF7},
    {0x1680, 0x1680}, {0x2000, 0x200B}, {0x200E, 0x206F}, {0x20A0, 0x20CF}, {0x2190, 0x2BFF},   {0x3000, 0x3004},
    {0x3008, 0x3020}, {0x3030, 0x3030}, {0xE000, 0xF8FF}, {0xFE10, 0xFE1F}, {0xFE30, 0xFE6F},   {0xFEFF, 0xFF0F},
    {0xFF1A, 0xFF20}, {0xFF3B, 0xFF40}, {0xFF5B, 0xFF65}, {0xFFE0, 0xFFFF}, {0x1F000, 0x1FAFF}, {0xE0000, 0x10FFFF},
};

static bool is_word_codepoint(uint32_t codepoint) {
  size_t low = 0;
  size_t high = sizeof not_word / sizeof not_word[0];
  while (low < high) {
    size_t mid = (low + high) / 2;
    if (codepoint > not_word[mid][1])
      low = mid + 1;
    else if (codepoint < not_word[mid][0])
      high = mid;
    else
      return false;
  }
  return true;
}

static uint32_t decode(const unsigned char *text, size_t len) {
  uint32_t codepoint = (uint32_t)text[0] & (0xFFu >> (len + 1));
  for (size_t i = 1; i < len; i++) codepoint = codepoint << 6 | (text[i] & 0x3Fu);
  return codepoint;
}

size_t lex_word_char(const unsigned char *text, bool dollar) {
  unsigned char byte = *text;
  if (byte < 0x80) return lex_is_word(byte) || (dollar && byte == '$') ? 1 : 0;
  size_t len = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2;
  return is_word_codepoint(decode(text, len)) ? len : 0;
}

size_t lex_word_len(const struct lex *lex) {
  const unsigned char *at = lex->text + lex->pos;
  const unsigned char *end = lex->text + lex->len;
  bool dollar = (lex->lang->flags & LANG_DOLLAR) != 0;
  size_t mark = at < end && *at == '#' && (lex->lang->flags & LANG_PRIVATE) ? 1 : 0;
  at += mark;
  if (at == end || lex_is_digit(*at) || lex_word_char(at, dollar) == 0) return mark;
  for (;;) {
    while (at < end && lex_is_word(*at)) at++;
    if (at == end) break;
    size_t len = lex_word_char(at, dollar);
    if (len == 0) break;
    at += len;
  }
  return (size_t)(at - lex->text) - lex->pos;
}
