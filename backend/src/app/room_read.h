/* SPDX-License-Identifier: MIT */
#ifndef YOKE_APP_ROOM_READ_H
#define YOKE_APP_ROOM_READ_H

#include "room/document.h"
#include "store/dump.h"

/* One room as it is stored, read to the end whatever is wrong with it. */

typedef int (*room_read_fn)(void *ctx, const struct dump_row *row, bool usable);

struct room_reading {
  struct dump_room record; /* its texts are borrowed from the reader, until it gives out another room */
  struct document now;     /* what the server would load: snapshots and log */
  struct document log;     /* history and log: how it came to be */
  struct buf problems;     /* a line each */
  size_t problem_count;    /* damage */
  struct buf notes;        /* what is odd, but no damage: a line each */
  uint64_t found[3];       /* rows by their table */
  uint64_t usable[3];      /* of them, sound ones that could be applied */
  uint64_t last_seq;
  uint64_t usable_history_bytes;
};

/**
 * Read the room of @record, which is copied; @on_row may be NULL. Damage is told in @out, not returned: an error is
 * that of @on_row, or ERR_NOMEM. @out is to be deinitialised in any case.
 */
MUST_USE int room_read(struct dump_reader *reader, const struct dump_room *record, const struct limits *limits,
                       room_read_fn on_row, void *ctx, struct room_reading *out);
void room_reading_deinit(struct room_reading *r);

/** Everything that could be read, in one document: history, snapshots and log. Into r->log. ERR_NOMEM. */
MUST_USE int room_read_merge(struct room_reading *r);

#endif
