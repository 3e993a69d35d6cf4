/* SPDX-License-Identifier: MIT */
#ifndef YOKE_STORE_PG_WRITER_H
#define YOKE_STORE_PG_WRITER_H

#include "base/config.h"
#include "store/core.h"

/*
 * The writing connection: commits one batch at a time. Rows and the
 * transaction's id come back before COMMIT is sent; when the answer to COMMIT
 * is lost, the id tells after reconnecting what became of it.
 */
struct pg_writer;

/** @on_state is called whenever pg_writer_ready() may have changed; NULL reason: for the better. */
struct pg_writer_options {
  const struct config_db *db;
  struct core *core;
  void (*on_state)(struct core *core, const char *reason);
};

MUST_USE int pg_writer_create(const struct pg_writer_options *options, struct pg_writer **out);
void pg_writer_destroy(struct pg_writer *w); /* NULL accepted; calls nothing */

/** Connected, and no batch under way. */
bool pg_writer_ready(const struct pg_writer *w);
/** Ends with core_write_done(). Only while ready. */
void pg_writer_commit(struct pg_writer *w, struct request *batch);

#endif
