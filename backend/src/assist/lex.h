/* SPDX-License-Identifier: MIT */
#ifndef YOKE_ASSIST_LEX_H
#define YOKE_ASSIST_LEX_H

/*
 * The lexer's state, and what the languages build their own part of it from:
 * everything moves forward only, so that time is linear whatever the text.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "assist/lang.h"

#define LEX_DEPTH_MAX 64 /* code inside strings inside code …; deeper is read as string */

enum token_kind {
  TOKEN_END,
  TOKEN_WORD,
  TOKEN_NUMBER,
  TOKEN_STRING, /* also characters, regular expressions and Rust lifetimes */
  TOKEN_COMMENT,
  TOKEN_DOT,       /* whatever reads a member: . -> :: ?. */
  TOKEN_DIRECTIVE, /* the # of a preprocessor line */
  TOKEN_PUNCT,
};

struct token {
  uint8_t kind;   /* enum token_kind */
  char punct;     /* TOKEN_PUNCT: its first byte; TOKEN_STRING: '{' if a field follows;
                     TOKEN_WORD: '#' if it names a directive */
  bool open;      /* string or comment: a cursor at its end is still inside */
  uint32_t start; /* [start, end), bytes; ASSIST_CODE_MAX_BYTES fits */
  uint32_t end;
  uint32_t name; /* TOKEN_WORD: where the name begins (after Rust's r#) */
};

/* A string that holds code: Python's f-string, JavaScript's template. */
struct lex_frame {
  char quote;
  bool triple;
  bool in_spec;   /* past the ':' of a Python field, where text follows again */
  uint32_t depth; /* brackets open in the code */
};

struct lex {
  const unsigned char *text; /* valid UTF-8, borrowed */
  size_t len;
  size_t pos;
  const struct lang *lang;
  bool line_start; /* only blanks since the line began */
  struct token ring[3];
  struct token *now;    /* the token being read, */
  struct token *last;   /* the one before it */
  struct token *before; /* and the one before that, comments left out */
  struct lex_frame frames[LEX_DEPTH_MAX];
  size_t frame_count;
};

/** The byte at pos + ahead; 0 past the end. */
static inline unsigned char lex_peek(const struct lex *lex, size_t ahead) {
  return ahead < lex->len - lex->pos ? lex->text[lex->pos + ahead] : 0;
}

static inline bool lex_is_newline(unsigned char byte) {
  return byte == '\n' || byte == '\r';
}

/** Whether @prefix, of a few bytes, stands at pos. */
static inline bool lex_at(const struct lex *lex, const char *prefix) {
  for (size_t i = 0; prefix[i] != '\0'; i++) {
    if (lex_peek(lex, i) != (unsigned char)prefix[i]) return false;
  }
  return true;
}

/** The length of the word at pos, 0 if none begins here. */
size_t lex_word_len(const struct lex *lex);

/** Write the token [start, pos). Returns true, for the tail of a special(). */
bool lex_emit(struct lex *lex, struct token *token, enum token_kind kind, size_t start, bool open);

/** Read up to the end of the line; with @continued, a backslash at its end goes on. */
bool lex_line_comment(struct lex *lex, struct token *token, bool continued);

/** Read a block comment, which may be @nested. */
bool lex_block_comment(struct lex *lex, struct token *token, bool nested);

/**
 * Read a quoted string; pos is at its prefix, @prefix_len bytes before the quote.
 * The quote itself is the byte found there.
 */
struct lex_quote {
  size_t prefix_len;
  bool triple; /* three quotes begin and end it; newlines are part of it */
  bool raw;    /* a backslash is not an escape */
  bool multiline;
};
bool lex_string(struct lex *lex, struct token *token, struct lex_quote quote);

/** Open a string that holds code; @head bytes (prefix and quotes) stand at pos. */
bool lex_push_frame(struct lex *lex, struct token *token, size_t head, struct lex_frame frame);

/** The special() of languages. */
bool lex_python(struct lex *lex, struct token *token);
bool lex_ecma(struct lex *lex, struct token *token);
bool lex_c(struct lex *lex, struct token *token);
bool lex_go(struct lex *lex, struct token *token);
bool lex_java(struct lex *lex, struct token *token);
bool lex_rust(struct lex *lex, struct token *token);

#endif
