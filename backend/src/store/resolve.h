/* SPDX-License-Identifier: MIT */
#ifndef YOKE_STORE_RESOLVE_H
#define YOKE_STORE_RESOLVE_H

#include <stddef.h>

#include "base/loop.h"

/*
 * A host name to addresses, off the loop: getaddrinfo() may block for many
 * seconds, so each question has a thread of its own that is left behind when
 * nobody waits for the answer any more.
 */
struct resolve;

enum { RESOLVE_MAX = 4 }; /* addresses of a host that are tried */

struct resolve_answer {
  size_t count;                  /* 0: failed */
  char address[RESOLVE_MAX][64]; /* numeric */
  char reason[128];              /* why it failed */
};

/** @answer is borrowed for the call, which may destroy the question. */
typedef void (*resolve_fn)(void *ctx, const struct resolve_answer *answer);

MUST_USE int resolve_start(struct loop *loop, const char *host, resolve_fn fn, void *ctx, struct resolve **out);
void resolve_destroy(struct resolve *r); /* NULL accepted; fn never runs after */

#endif
