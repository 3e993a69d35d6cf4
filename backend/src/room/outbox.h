/* SPDX-License-Identifier: MIT */
#ifndef YOKE_ROOM_OUTBOX_H
#define YOKE_ROOM_OUTBOX_H

#include <stddef.h>
#include <sys/uio.h>

#include "base/buf.h"

/*
 * What one connection still has to be sent: a queue of ranges of shared blobs.
 * The bytes of a room's turn exist once, however many members read them.
 */
struct outbox_range {
  struct blob *blob; /* one reference each */
  size_t from, to;   /* bytes still to send, from < to */
};

struct outbox {
  struct outbox_range *ranges; /* ring of cap entries, from head on */
  size_t head, count, cap;     /* cap is 0 or a power of two */
  size_t bytes;                /* sum over all ranges */
};

void outbox_deinit(struct outbox *box);

/** Queue bytes [from, to) of @blob, taking a reference. An empty range is nothing. ERR_NOMEM. */
MUST_USE int outbox_push(struct outbox *box, struct blob *blob, size_t from, size_t to);

/** The first ranges, at most @max; valid until the next call with this outbox. */
int outbox_peek(const struct outbox *box, struct iovec *iov, int max);

/** The first @len bytes are sent. */
void outbox_consume(struct outbox *box, size_t len);

#endif
