/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "assist/lex.h"

#define RAW_DELIMITER_MAX 16 /* [lex.string] of the C++ standard */

/* pos is at the prefix, @prefix_len bytes before the quote: R"end( … )end" */
static bool read_raw(struct lex *lex, struct token *token, size_t prefix_len) {
  size_t start = lex->pos;
  lex->pos += prefix_len + 1;
  const unsigned char *delimiter = lex->text + lex->pos;
  size_t len = 0;
  while (len < RAW_DELIMITER_MAX && lex_peek(lex, len) > ' ' && lex_peek(lex, len) != '(') len++;
  if (lex_peek(lex, len) != '(') {
    lex->pos = start;
    return lex_string(lex, token, (struct lex_quote){.prefix_len = prefix_len});
  }
  for (lex->pos += len + 1; lex->pos < lex->len; lex->pos++) {
    if (lex->text[lex->pos] != ')' || lex->len - lex->pos < len + 2) continue;
    if (memcmp(lex->text + lex->pos + 1, delimiter, len) == 0 && lex_peek(lex, len + 1) == '"') {
      lex->pos += len + 2;
      return lex_emit(lex, token, TOKEN_STRING, start, false);
    }
  }
  return lex_emit(lex, token, TOKEN_STRING, start, true);
}

static bool read_prefixed(struct lex *lex, struct token *token) {
  size_t len = lex_at(lex, "u8") ? 2 : lex_peek(lex, 0) == 'R' ? 0 : 1;
  bool raw = lex_peek(lex, len) == 'R' && lex->lang == &lang_cpp;
  len += raw;
  unsigned char mark = lex_peek(lex, len);
  if (len == 0 || (mark != '"' && (mark != '\'' || raw))) return false;
  if (raw) return read_raw(lex, token, len);
  return lex_string(lex, token, (struct lex_quote){.prefix_len = len});
}

/* The <header> of an #include. */
static bool read_header_name(struct lex *lex, struct token *token) {
  const struct token *prev = lex->last;
  if (prev->kind != TOKEN_WORD || prev->punct != '#' || prev->end - prev->start < 7 ||
      memcmp(lex->text + prev->start, "include", 7) != 0)
    return false;
  size_t start = lex->pos;
  while (lex->pos < lex->len && !lex_is_newline(lex->text[lex->pos])) {
    if (lex->text[lex->pos++] == '>') return lex_emit(lex, token, TOKEN_STRING, start, false);
  }
  return lex_emit(lex, token, TOKEN_STRING, start, true);
}

static bool read_slash(struct lex *lex, struct token *token) {
  if (lex_at(lex, "//")) return lex_line_comment(lex, token, true);
  return lex_at(lex, "/*") && lex_block_comment(lex, token, false);
}

bool lex_c(struct lex *lex, struct token *token) {
  switch (lex_peek(lex, 0)) {
  case '"':
  case '\'': return lex_string(lex, token, (struct lex_quote){0});
  case '/': return read_slash(lex, token);
  case '#':
    if (!lex->line_start) return false;
    lex->pos++;
    return lex_emit(lex, token, TOKEN_DIRECTIVE, lex->pos - 1, false);
  case '<': return read_header_name(lex, token);
  case 'L':
  case 'R':
  case 'U':
  case 'u': return read_prefixed(lex, token);
  default: return false;
  }
}
