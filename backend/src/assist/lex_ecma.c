/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "assist/lex.h"

/* Keywords after which an expression begins, so that a slash begins a regular expression. */
static const char *const before_expression[] = {
    "return", "typeof", "case", "in", "of",    "delete", "void",
    "throw",  "new",    "else", "do", "yield", "await",  "instanceof",
};

static bool is_before_expression(const struct lex *lex, const struct token *word) {
  size_t len = word->end - word->start;
  for (size_t i = 0; i < sizeof before_expression / sizeof before_expression[0]; i++) {
    if (strlen(before_expression[i]) == len && memcmp(before_expression[i], lex->text + word->start, len) == 0)
      return true;
  }
  return false;
}

/* A slash divides after a value and begins a regular expression elsewhere; in JSX, `</` closes. */
static bool slash_divides(const struct lex *lex) {
  const struct token *prev = lex->last;
  switch (prev->kind) {
  case TOKEN_WORD: return !is_before_expression(lex, prev);
  case TOKEN_STRING: return prev->punct != '{';
  case TOKEN_PUNCT: return prev->punct == ')' || prev->punct == ']' || prev->punct == '}' || prev->punct == '<';
  default: return true;
  }
}

static bool read_regex(struct lex *lex, struct token *token) {
  size_t start = lex->pos++;
  bool in_class = false;
  for (; lex->pos < lex->len; lex->pos++) {
    unsigned char byte = lex->text[lex->pos];
    if (lex_is_newline(byte)) break;
    if (byte == '\\' && !lex_is_newline(lex_peek(lex, 1)) && lex->pos + 1 < lex->len) {
      lex->pos++;
    } else if (byte == '/' && !in_class) {
      lex->pos++;
      lex->pos += lex_word_len(lex);
      return lex_emit(lex, token, TOKEN_STRING, start, false);
    } else if (byte == '[' || byte == ']') {
      in_class = byte == '[';
    }
  }
  return lex_emit(lex, token, TOKEN_STRING, start, true);
}

bool lex_ecma(struct lex *lex, struct token *token) {
  switch (lex_peek(lex, 0)) {
  case '"':
  case '\'': return lex_string(lex, token, (struct lex_quote){0});
  case '`': return lex_push_frame(lex, token, 1, (struct lex_frame){.quote = '`'});
  case '#': return lex->pos == 0 && lex_at(lex, "#!") && lex_line_comment(lex, token, false);
  case '/':
    if (lex_at(lex, "//")) return lex_line_comment(lex, token, false);
    if (lex_at(lex, "/*")) return lex_block_comment(lex, token, false);
    return !slash_divides(lex) && read_regex(lex, token);
  default: return false;
  }
}
