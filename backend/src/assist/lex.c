/* SPDX-License-Identifier: MIT */
#include "assist/lex.h"

#include <string.h>

bool lex_emit(struct lex *lex, struct token *token, enum token_kind kind, size_t start, bool open) {
  *token = (struct token){
      .kind = (uint8_t)kind,
      .open = open,
      .start = (uint32_t)start,
      .end = (uint32_t)lex->pos,
      .name = (uint32_t)start,
  };
  return true;
}

bool lex_line_comment(struct lex *lex, struct token *token, bool continued) {
  size_t start = lex->pos;
  for (; lex->pos < lex->len && !lex_is_newline(lex->text[lex->pos]); lex->pos++) {
    if (continued && lex->text[lex->pos] == '\\' && lex_is_newline(lex_peek(lex, 1)))
      lex->pos += lex_peek(lex, 1) == '\r' && lex_peek(lex, 2) == '\n' ? 2 : 1;
  }
  return lex_emit(lex, token, TOKEN_COMMENT, start, true);
}

bool lex_block_comment(struct lex *lex, struct token *token, bool nested) {
  size_t start = lex->pos;
  size_t depth = 1;
  lex->pos += 2;
  while (depth > 0 && lex->pos < lex->len) {
    if (lex_at(lex, "*/")) {
      depth--;
      lex->pos += 2;
    } else if (nested && lex_at(lex, "/*")) {
      depth++;
      lex->pos += 2;
    } else {
      lex->pos++;
    }
  }
  return lex_emit(lex, token, TOKEN_COMMENT, start, depth > 0);
}

static void skip_escape(struct lex *lex) {
  lex->pos += lex_peek(lex, 1) == '\r' && lex_peek(lex, 2) == '\n' ? 3 : 2;
  if (lex->pos > lex->len) lex->pos = lex->len;
}

bool lex_string(struct lex *lex, struct token *token, struct lex_quote quote) {
  size_t start = lex->pos;
  lex->pos += quote.prefix_len;
  unsigned char mark = lex_peek(lex, 0);
  char close[4] = {(char)mark, quote.triple ? (char)mark : '\0', (char)mark, '\0'};
  lex->pos += strlen(close);
  while (lex->pos < lex->len) {
    unsigned char byte = lex->text[lex->pos];
    if (byte == '\\' && !quote.raw) {
      skip_escape(lex);
    } else if (byte == mark && lex_at(lex, close)) {
      lex->pos += strlen(close);
      return lex_emit(lex, token, TOKEN_STRING, start, false);
    } else if (lex_is_newline(byte) && !quote.triple && !quote.multiline) {
      break;
    } else {
      lex->pos++;
    }
  }
  return lex_emit(lex, token, TOKEN_STRING, start, true);
}
