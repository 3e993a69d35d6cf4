/* SPDX-License-Identifier: MIT */
#ifndef YOKE_ASSIST_LANG_H
#define YOKE_ASSIST_LANG_H

/*
 * What the engine knows of each language: constant tables, one file a language
 * (lang_<name>.c). A language may stand on another: TypeScript on JavaScript,
 * C++ on C; then both tables count.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "port/assist.h"

struct lex;
struct token;

/* What a keyword says of the word that follows it. */
enum lang_role {
  ROLE_NONE,
  ROLE_FUNCTION, /* def, fn, func, function */
  ROLE_CLASS,    /* class, struct, interface */
  ROLE_TYPE,     /* type, enum, typedef */
  ROLE_CONSTANT, /* const, final */
  ROLE_VARIABLE, /* let, var */
  ROLE_MODULE,   /* import, use, from */
};

struct lang_words {
  enum assist_kind kind;
  enum lang_role role;
  const char *words; /* divided by single blanks; NULL ends a table */
};

struct lang_members {
  const char *receiver; /* "" for members of anything */
  enum assist_kind kind;
  const char *words; /* divided by single blanks; NULL ends a table */
};

struct lang_snippet {
  const char *label; /* NULL ends a table */
  const char *body;  /* LSP snippet syntax */
  const char *detail;
};

/* What completes a name that is being declared after @keyword. */
struct lang_decl {
  const char *keyword; /* NULL ends a table */
  const char *label;   /* follows the name in the label */
  const char *body;    /* follows the name; $1 is the name, so tab stops start at $2 */
  const char *detail;
  bool uses_too; /* the keyword stands before known names as well (C's struct) */
};

enum lang_flag {
  LANG_ARROW = 1,     /* a->b reads a member */
  LANG_COLONS = 2,    /* a::b reads a member */
  LANG_DOLLAR = 4,    /* $ is a letter */
  LANG_PRIVATE = 8,   /* #name is a name */
  LANG_OPTIONAL = 16, /* a?.b reads a member */
  LANG_MODULES = 32,  /* module names are offered everywhere, not after import alone */
  LANG_FIELDS = 64,   /* members are declared by their bare names, as in C's struct */
  LANG_PROSE = 128,   /* words only: no members, no numbers within words */
};

struct lang {
  const char *name;
  const struct lang *base;    /* or NULL */
  const char *const *aliases; /* lower case, NULL at the end */
  /**
   * Read what is special to the language (strings, comments, operators) at
   * lex->pos, which is no blank. Returns false if nothing special stands there.
   */
  bool (*special)(struct lex *lex, struct token *token);
  unsigned flags;                    /* of enum lang_flag */
  const struct lang_words *keywords; /* tables may be NULL */
  const struct lang_words *builtins;
  const struct lang_members *members;
  const struct lang_snippet *snippets;
  const struct lang_decl *decls;
};

/** The language of that name or alias in any case; plain text if unknown or NULL. */
const struct lang *lang_find(const char *name);

/** The role that a keyword gives to the word after it; ROLE_NONE if it is no keyword. */
enum lang_role lang_role_of(const struct lang *lang, const char *text, size_t len);

/** What completes a declaration that begins with this word; NULL if none does. */
const struct lang_decl *lang_decl_of(const struct lang *lang, const char *text, size_t len);

/**
 * The next word of a list divided by blanks: moves *words behind it and returns
 * its start, or NULL at the end.
 */
const char *lang_next_word(const char **words, size_t *len);

extern const struct lang lang_python;
extern const struct lang lang_javascript;
extern const struct lang lang_typescript;
extern const struct lang lang_c;
extern const struct lang lang_cpp;
extern const struct lang lang_go;
extern const struct lang lang_rust;
extern const struct lang lang_java;
extern const struct lang lang_plaintext;

#endif
