/* SPDX-License-Identifier: MIT */
#ifndef YOKE_PORT_ASSIST_H
#define YOKE_PORT_ASSIST_H

/*
 * What the routes ask of a completion engine. An engine sees bytes and answers
 * with suggestions: it does no I/O, keeps nothing between calls, and copies
 * everything that it returns.
 */
#include <stddef.h>
#include <stdlib.h>

#include "base/err.h"

#define ASSIST_CODE_MAX_BYTES (1024u * 1024u) /* longer code: ERR_TOO_LARGE */
#define ASSIST_SUGGESTIONS_MAX 50u            /* the best ones; the rest is left out */
#define ASSIST_NAME_MAX_BYTES 128u            /* longer identifiers are not suggested */
#define ASSIST_NAMES_MAX 65536u               /* distinct identifiers looked at in one text */

/* X(enumerator, the name in the JSON answer) */
#define ASSIST_KIND_TABLE(X)                                                                                           \
  X(ASSIST_KEYWORD, "keyword")                                                                                         \
  X(ASSIST_FUNCTION, "function")                                                                                       \
  X(ASSIST_CLASS, "class")                                                                                             \
  X(ASSIST_VARIABLE, "variable")                                                                                       \
  X(ASSIST_MEMBER, "member")                                                                                           \
  X(ASSIST_SNIPPET, "snippet")                                                                                         \
  X(ASSIST_CONSTANT, "constant")                                                                                       \
  X(ASSIST_MODULE, "module")                                                                                           \
  X(ASSIST_TYPE, "type")                                                                                               \
  X(ASSIST_TEXT, "text")

enum assist_kind {
#define ASSIST_KIND_ENUM(name, text) name,
  ASSIST_KIND_TABLE(ASSIST_KIND_ENUM)
#undef ASSIST_KIND_ENUM
};

/** The kind as the JSON answer spells it; a static string, never NULL. */
static inline const char *assist_kind_text(enum assist_kind kind) {
  switch (kind) {
#define ASSIST_KIND_CASE(name, text)                                                                                   \
  case name: return text;
    ASSIST_KIND_TABLE(ASSIST_KIND_CASE)
#undef ASSIST_KIND_CASE
  }
  return "text";
}

struct assist_request {
  const char *code;     /* borrowed for the call; UTF-8, untrusted, no NUL needed */
  size_t code_len;      /* bytes, 0 .. ASSIST_CODE_MAX_BYTES */
  size_t cursor_utf16;  /* UTF-16 units from the start; past the end means the end */
  const char *language; /* name or alias in any case; NULL or unknown: plain text */
};

/* All strings are NUL-terminated valid UTF-8 and live as long as the list. */
struct assist_suggestion {
  const char *label;       /* what the user sees, and what was matched */
  const char *insert_text; /* LSP snippet syntax if and only if kind is ASSIST_SNIPPET */
  const char *detail;      /* a few words, such as "used 3 times" */
  enum assist_kind kind;
};

struct assist_list {
  struct assist_suggestion *items; /* best first; NULL if count is 0 */
  size_t count;                    /* 0 .. ASSIST_SUGGESTIONS_MAX */
  const char *language;            /* static: the language that the text was read as */
  size_t replace_from_utf16;       /* the insert text replaces [from, to): the part of */
  size_t replace_to_utf16;         /* the word before the cursor, and the cursor */
};

struct assist {
  void *self;

  /**
   * Suggest what may be written at the cursor, best first.
   *
   * Inside strings, comments and numbers the list is empty, which is no error.
   *
   * @request  borrowed for the call.
   * @out      written on success only; the caller owns it and calls
   *           assist_list_clear. On an error it is left as it was.
   *
   * Returns 0, or ERR_TOO_LARGE (code_len), ERR_MALFORMED (code is not UTF-8),
   * ERR_NOMEM.
   */
  MUST_USE int (*suggest)(void *self, const struct assist_request *request, struct assist_list *out);
};

/** Free what a list holds and make it empty; {0} and a second call are fine. */
static inline void assist_list_clear(struct assist_list *list) {
  free(list->items);
  *list = (struct assist_list){0};
}

#endif
