/* SPDX-License-Identifier: MIT */
#ifndef YOKE_ROOM_PRESENCE_H
#define YOKE_ROOM_PRESENCE_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/*
 * Awareness of one room (y-protocols/awareness.js): who is here and where.
 * A client id belongs to the connection that introduced it, until that leaves;
 * what another connection says about it is dropped.
 */
struct presence_entry {
  uint64_t client;
  uint64_t clock;    /* of the newest state, or of its withdrawal */
  const void *owner; /* the member; NULL: withdrawn, kept for its clock */
  uint8_t *json;     /* NULL when withdrawn */
  size_t json_len;
};

struct presence {
  struct presence_entry *entries; /* sorted by client */
  size_t count, cap;
};

void presence_deinit(struct presence *p);

struct presence_limits {
  size_t clients; /* ids of one owner */
  size_t bytes;   /* of all its states together */
};

/**
 * Take an awareness update from @owner; append to @out the awareness update
 * with what was accepted (nothing when nothing was).
 * ERR_MALFORMED, ERR_FULL (more of one owner than @limits), ERR_NOMEM.
 */
MUST_USE int presence_take(struct presence *p, const void *owner, struct presence_limits limits, const uint8_t *update,
                           size_t len, struct buf *out);

/** Withdraw everything of @owner; append the awareness update that says so (nothing when there was nothing). */
MUST_USE int presence_withdraw(struct presence *p, const void *owner, struct buf *out);

/** Append the awareness update of everybody present; nothing when nobody is. */
MUST_USE int presence_encode(const struct presence *p, struct buf *out);

#endif
