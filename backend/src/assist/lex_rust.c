/* SPDX-License-Identifier: MIT */
#include "assist/lex.h"
#include "assist/lex_word.h"

/* pos is at the prefix, @prefix_len bytes before the hashes: r##" … "## */
static bool read_raw(struct lex *lex, struct token *token, size_t prefix_len, size_t hashes) {
  size_t start = lex->pos;
  lex->pos += prefix_len + hashes + 1;
  while (lex->pos < lex->len) {
    if (lex->text[lex->pos++] != '"') continue;
    size_t found = 0;
    while (found < hashes && lex_peek(lex, 0) == '#') {
      lex->pos++;
      found++;
    }
    if (found == hashes) return lex_emit(lex, token, TOKEN_STRING, start, false);
  }
  return lex_emit(lex, token, TOKEN_STRING, start, true);
}

/* b"", b'', c"", r"", br#""#, cr"", and the raw name r#type */
static bool read_prefixed(struct lex *lex, struct token *token) {
  size_t len = lex_peek(lex, 0) == 'r' ? 0 : 1;
  bool raw = lex_peek(lex, len) == 'r';
  len += raw;
  size_t hashes = 0;
  while (raw && lex_peek(lex, len + hashes) == '#') hashes++;
  unsigned char mark = lex_peek(lex, len + hashes);
  if (raw && mark == '"') return read_raw(lex, token, len, hashes);
  if (len == 1 && raw && hashes == 1) {
    size_t start = lex->pos;
    lex->pos += 2;
    size_t word = lex_word_len(lex);
    if (word > 0) {
      lex->pos += word;
      lex_emit(lex, token, TOKEN_WORD, start, false);
      token->name += 2;
      return true;
    }
    lex->pos = start;
  }
  if (raw || (mark != '"' && (mark != '\'' || lex_peek(lex, 0) != 'b'))) return false;
  return lex_string(lex, token, (struct lex_quote){.prefix_len = len, .multiline = mark == '"'});
}

/* 'x' and '\n' are characters, 'a alone a lifetime. */
static bool read_apostrophe(struct lex *lex, struct token *token) {
  unsigned char next = lex_peek(lex, 1);
  size_t len = next >= 0xF0 ? 4 : next >= 0xE0 ? 3 : next >= 0xC0 ? 2 : 1;
  if (next == '\\' || lex_peek(lex, 1 + len) == '\'') return lex_string(lex, token, (struct lex_quote){0});
  size_t start = lex->pos++;
  lex->pos += lex_word_len(lex);
  return lex_emit(lex, token, TOKEN_STRING, start, true);
}

bool lex_rust(struct lex *lex, struct token *token) {
  switch (lex_peek(lex, 0)) {
  case '"': return lex_string(lex, token, (struct lex_quote){.multiline = true});
  case '\'': return read_apostrophe(lex, token);
  case '/':
    if (lex_at(lex, "//")) return lex_line_comment(lex, token, false);
    return lex_at(lex, "/*") && lex_block_comment(lex, token, true);
  case 'b':
  case 'c':
  case 'r': return read_prefixed(lex, token);
  default: return false;
  }
}
