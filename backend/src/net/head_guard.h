/* SPDX-License-Identifier: MIT */
#ifndef YOKE_NET_HEAD_GUARD_H
#define YOKE_NET_HEAD_GUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/*
 * Looks at a request's head before evhttp acts on it, and refuses what evhttp
 * would read wrongly or answer in HTML: two lengths (the rest of the body
 * would be read as another request), bodies on methods where it expects none,
 * unknown methods, oversized heads and bodies. Pure; bytes may come in pieces.
 */
struct head_guard {
  size_t max_head, max_body;
  struct buf line; /* of the head, so far; empty between requests */
  size_t bytes;    /* of the head, so far */
  bool complete;   /* the empty line was seen; nothing more is looked at */
  bool first_line_done, http11, may_have_body, has_length, has_chunked, has_host;
  uint64_t length;    /* Content-Length */
  int status;         /* 0, or the status to refuse with */
  const char *detail; /* why, static */
};

void head_guard_init(struct head_guard *g, size_t max_head, size_t max_body);
/** Ready for the next request on the connection. */
void head_guard_reset(struct head_guard *g);
void head_guard_deinit(struct head_guard *g);

/** Feed bytes until the head is complete or refused (g->status). ERR_NOMEM. */
MUST_USE int head_guard_feed(struct head_guard *g, const uint8_t *data, size_t len);

#endif
