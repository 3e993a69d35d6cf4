/* SPDX-License-Identifier: MIT */
#include "assist/lex.h"

static bool is_quote(unsigned char byte) {
  return byte == '"' || byte == '\'';
}

/* Letters before a quote (r, b, f, t, u and pairs of them); -1 if there is no string. */
static int prefix_len(const struct lex *lex, bool *fields) {
  for (int len = 0; len <= 2; len++) {
    unsigned char byte = lex_peek(lex, (size_t)len);
    if (is_quote(byte)) return len;
    switch (byte | 0x20) {
    case 'f':
    case 't': *fields = true; break;
    case 'r':
    case 'b':
    case 'u': break;
    default: return -1;
    }
  }
  return -1;
}

bool lex_python(struct lex *lex, struct token *token) {
  if (lex_peek(lex, 0) == '#') return lex_line_comment(lex, token, false);
  bool fields = false;
  int prefix = prefix_len(lex, &fields);
  if (prefix < 0) return false;
  size_t at = (size_t)prefix;
  unsigned char mark = lex_peek(lex, at);
  bool triple = lex_peek(lex, at + 1) == mark && lex_peek(lex, at + 2) == mark;
  if (fields) {
    return lex_push_frame(lex, token, at + (triple ? 3 : 1), (struct lex_frame){.quote = (char)mark, .triple = triple});
  }
  return lex_string(lex, token, (struct lex_quote){.prefix_len = at, .triple = triple});
}
