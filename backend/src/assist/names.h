/* SPDX-License-Identifier: MIT */
#ifndef YOKE_ASSIST_NAMES_H
#define YOKE_ASSIST_NAMES_H

/*
 * A table of names: each spelling once, with what was seen of it. Look-ups take a
 * bounded number of steps whatever the names are: one that collides with too many
 * others is not kept.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "assist/lang.h"

enum name_flag {
  NAME_KEYWORD = 1,
  NAME_BUILTIN = 2,
  NAME_BUILTIN_MEMBER = 4,
  NAME_OF_RECEIVER = 8, /* a built-in member of the very receiver before the cursor */
  NAME_DECLARED = 16,
  NAME_CALLED = 32,
  NAME_MEMBER_CALLED = 64,
};

struct name {
  const char *text; /* borrowed from the code or a table; no NUL at the end */
  uint32_t len;
  uint32_t hash;
  uint32_t uses;          /* on its own */
  uint32_t member_uses;   /* after a dot */
  uint32_t receiver_uses; /* after the same receiver as at the cursor; <= member_uses */
  uint32_t nearest;       /* bytes between the cursor and the nearest use; UINT32_MAX if none */
  uint8_t flags;          /* of enum name_flag */
  uint8_t role;           /* enum lang_role: of the keyword itself, or how it was declared */
  uint8_t kind;           /* enum assist_kind, of keywords and built-ins */
  uint8_t member_kind;    /* enum assist_kind, of built-in members */
};

struct names {
  struct name *items;
  size_t count;
  size_t capacity;
  uint32_t *slots;   /* 1 + an index into items, 0 if free; at most half are taken */
  size_t slot_count; /* a power of two */
};

/** Whether it is suggested as a built-in member, not as one that the code made known. */
static inline bool name_is_builtin_member(const struct name *name) {
  return (name->flags & NAME_BUILTIN_MEMBER) && (name->member_uses == 0 || (name->flags & NAME_OF_RECEIVER));
}

/** Prepare for about @expected names. Returns 0 or ERR_NOMEM. */
MUST_USE int names_init(struct names *names, size_t expected);
void names_deinit(struct names *names);

/**
 * Find or add a name.
 *
 * @text  borrowed as long as the table lives.
 * @out   borrowed until the next call; NULL where the name cannot be kept
 *        (too long, too many names, too many collisions).
 *
 * Returns 0 or ERR_NOMEM.
 */
MUST_USE int names_intern(struct names *names, const char *text, size_t len, struct name **out);

#endif
