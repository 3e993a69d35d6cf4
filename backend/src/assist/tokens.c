/* SPDX-License-Identifier: MIT */
#include "assist/tokens.h"

#include "assist/lex_frame.h"
#include "assist/lex_word.h"

void tokens_init(struct lex *lex, const struct lang *lang, const char *text, size_t len) {
  lex->text = (const unsigned char *)text;
  lex->len = len;
  lex->pos = 0;
  lex->lang = lang;
  lex->line_start = true;
  for (size_t i = 0; i < 3; i++) lex->ring[i] = (struct token){.kind = TOKEN_PUNCT, .punct = ';'};
  lex->now = &lex->ring[0];
  lex->last = &lex->ring[1];
  lex->before = &lex->ring[2];
  lex->frame_count = 0;
}

static void skip_blanks(struct lex *lex) {
  for (; lex->pos < lex->len; lex->pos++) {
    unsigned char byte = lex->text[lex->pos];
    if (lex_is_newline(byte)) {
      lex->line_start = true;
      lex_frame_end_line(lex);
    } else if (byte != ' ' && byte != '\t' && byte != '\v' && byte != '\f') {
      return;
    }
  }
}

/* Digits, letters and points as all our languages write numbers: 0x1F, 1_000u64, 1.5e-3. */
static void read_number(struct lex *lex, struct token *token) {
  size_t start = lex->pos;
  bool hex = lex_peek(lex, 0) == '0' && (lex_peek(lex, 1) | 0x20) == 'x';
  unsigned char last = 0;
  for (; lex->pos < lex->len; lex->pos++) {
    unsigned char byte = lex->text[lex->pos];
    unsigned char next = lex_peek(lex, 1);
    bool sign = (byte == '+' || byte == '-') && (last | 0x20) == 'e' && !hex && lex_is_digit(next);
    bool point = byte == '.' && next != '.' && (lex_is_digit(next) || !lex_is_word(next));
    bool comma = byte == '\'' && lex_is_digit(next) && lex->lang == &lang_cpp;
    if (!lex_is_word(byte) && !sign && !point && !comma) break;
    last = byte;
  }
  lex_emit(lex, token, TOKEN_NUMBER, start, true);
}

/* How many bytes at pos read a member; 0 if they do not. */
static size_t dot_len(const struct lex *lex) {
  unsigned flags = lex->lang->flags;
  unsigned char next = lex_peek(lex, 1);
  switch (lex_peek(lex, 0)) {
  case '.': return next != '.' && !(flags & LANG_PROSE) ? 1 : 0;
  case '-': return next == '>' && (flags & LANG_ARROW) ? 2 : 0;
  case ':': return next == ':' && (flags & LANG_COLONS) ? 2 : 0;
  case '?': return next == '.' && (flags & LANG_OPTIONAL) && !lex_is_digit(lex_peek(lex, 2)) ? 2 : 0;
  default: return 0;
  }
}

static void read_punct(struct lex *lex, struct token *token) {
  size_t start = lex->pos;
  size_t dot = dot_len(lex);
  if (dot > 0) {
    lex->pos += dot;
    lex_emit(lex, token, TOKEN_DOT, start, false);
    return;
  }
  unsigned char punct = lex->text[lex->pos++];
  while (punct == '.' && lex_peek(lex, 0) == '.') lex->pos++;
  while ((lex_peek(lex, 0) & 0xC0) == 0x80) lex->pos++;
  lex_emit(lex, token, TOKEN_PUNCT, start, false);
  token->punct = (char)punct;
}

static void read_code(struct lex *lex, struct token *token) {
  if (lex->lang->special != NULL && lex->lang->special(lex, token)) return;
  size_t start = lex->pos;
  size_t word = lex_word_len(lex);
  if (word > 0) {
    lex->pos += word;
    lex_emit(lex, token, TOKEN_WORD, start, false);
    token->punct = lex->last->kind == TOKEN_DIRECTIVE ? '#' : '\0';
  } else if (lex_is_digit(lex_peek(lex, 0)) || (lex_peek(lex, 0) == '.' && lex_is_digit(lex_peek(lex, 1)))) {
    read_number(lex, token);
  } else {
    read_punct(lex, token);
  }
}

/* Tokens take turns in the ring, as copying them is dear. A comment makes room for the next. */
static struct token *turn_ring(struct lex *lex) {
  if (lex->now->kind == TOKEN_COMMENT) return lex->now;
  struct token *oldest = lex->before;
  lex->before = lex->last;
  lex->last = lex->now;
  lex->now = oldest;
  return oldest;
}

const struct token *tokens_next(struct lex *lex) {
  struct token *token = turn_ring(lex);
  skip_blanks(lex);
  if (lex->pos >= lex->len)
    lex_emit(lex, token, TOKEN_END, lex->len, false);
  else if (lex->frame_count == 0 || !lex_frame_code(lex, token))
    read_code(lex, token);
  if (token->kind != TOKEN_COMMENT) lex->line_start = false;
  return token;
}
