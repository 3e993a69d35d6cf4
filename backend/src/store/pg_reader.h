/* SPDX-License-Identifier: MIT */
#ifndef YOKE_STORE_PG_READER_H
#define YOKE_STORE_PG_READER_H

#include "base/config.h"
#include "store/core.h"

/* The reading connection: answers one load, list or ping at a time, so that none waits behind a commit. */
struct pg_reader;

/** @on_state is called whenever pg_reader_ready() may have changed; NULL reason: for the better. */
struct pg_reader_options {
  const struct config_db *db;
  struct core *core;
  void (*on_state)(struct core *core, const char *reason);
};

MUST_USE int pg_reader_create(const struct pg_reader_options *options, struct pg_reader **out);
void pg_reader_destroy(struct pg_reader *r); /* NULL accepted; calls nothing */

/** Connected, and no request under way. */
bool pg_reader_ready(const struct pg_reader *r);
/** Ends with core_read_done(). Only while ready. */
void pg_reader_answer(struct pg_reader *reader, struct request *r);

#endif
