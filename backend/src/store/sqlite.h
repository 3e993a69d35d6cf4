/* SPDX-License-Identifier: MIT */
#ifndef YOKE_STORE_SQLITE_H
#define YOKE_STORE_SQLITE_H

#include "base/limits.h"
#include "base/loop.h"
#include "base/metrics.h"
#include "port/store.h"

struct sqlite_store_options {
  const char *data_dir; /* made with mode 0700 when missing; the database is yoke.db in it */
  struct loop *loop;
  struct metrics *metrics; /* NULL: not measured */
  const struct limits *limits;
};

/**
 * Open or create the database and start the thread that owns it. Everything
 * in @options is borrowed: strings for the call, loop and metrics until
 * store_destroy(). Commits are on disk when they complete (WAL, synchronous=FULL).
 *
 * A process that holds the database's write lock delays commits; they neither
 * fail nor are they acknowledged meanwhile, and after a second the store counts
 * as down. After a failed write or fsync the database is closed, opened and
 * checkpointed before anything is written again.
 *
 * On failure one or more lines are appended to @error:
 *   ERR_BUSY     another server uses the directory (named in @error)
 *   ERR_CORRUPT  the file is damaged or not ours; it is left untouched
 *   ERR_INVALID  the file was written by a newer version, or is what a restore cut short left
 *   ERR_IO, ERR_NOMEM
 */
MUST_USE int sqlite_store_create(const struct sqlite_store_options *options, struct store **out, struct buf *error);

#endif
