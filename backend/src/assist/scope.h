/* SPDX-License-Identifier: MIT */
#ifndef YOKE_ASSIST_SCOPE_H
#define YOKE_ASSIST_SCOPE_H

/* Where the cursor stands: what is being written there. */
#include <stdbool.h>
#include <stddef.h>

#include "assist/lang.h"
#include "assist/lex.h"

enum scope_place {
  SCOPE_CODE,
  SCOPE_MEMBER,    /* after a dot */
  SCOPE_DIRECTIVE, /* after the # of a preprocessor line */
  SCOPE_NAME,      /* after def, class, fn …: a new name */
  SCOPE_QUIET,     /* in a string, a comment or a number */
};

struct scope_text {
  const char *text; /* borrowed from the code */
  size_t len;
};

struct scope {
  const struct lang *lang;
  const char *code; /* borrowed */
  size_t len;
  size_t cursor; /* bytes, <= len */
  bool settled;  /* the cursor was reached; what follows is known from then on */
  enum scope_place place;
  struct scope_text typed;      /* the part of the word before the cursor */
  struct scope_text receiver;   /* the word before the dot; empty if it is no word */
  const struct lang_decl *decl; /* of the keyword before the cursor, or NULL */
  bool line_ends;               /* only blanks follow the word in its line */
  bool imports;                 /* a module's name is awaited */
};

/** Begin with a cursor that has not been reached. */
void scope_init(struct scope *scope, const struct lang *lang, const char *code, size_t len, size_t cursor);

/**
 * Settle where the cursor stands if it is in or before the token that @lex has
 * just read. Returns whether this call settled it.
 */
bool scope_reach(struct scope *scope, const struct lex *lex);

#endif
