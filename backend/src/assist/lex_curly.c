/* SPDX-License-Identifier: MIT */
/* Go and Java: C's comments and quotes, with a kind of string each of their own. */
#include "assist/lex.h"

static bool read_common(struct lex *lex, struct token *token) {
  switch (lex_peek(lex, 0)) {
  case '"':
  case '\'': return lex_string(lex, token, (struct lex_quote){0});
  case '/':
    if (lex_at(lex, "//")) return lex_line_comment(lex, token, false);
    return lex_at(lex, "/*") && lex_block_comment(lex, token, false);
  default: return false;
  }
}

bool lex_go(struct lex *lex, struct token *token) {
  if (lex_peek(lex, 0) == '`') return lex_string(lex, token, (struct lex_quote){.raw = true, .multiline = true});
  return read_common(lex, token);
}

bool lex_java(struct lex *lex, struct token *token) {
  if (lex_at(lex, "\"\"\"")) return lex_string(lex, token, (struct lex_quote){.triple = true});
  return read_common(lex, token);
}
