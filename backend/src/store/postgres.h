/* SPDX-License-Identifier: MIT */
#ifndef YOKE_STORE_POSTGRES_H
#define YOKE_STORE_POSTGRES_H

#include "base/config.h"
#include "base/limits.h"
#include "base/loop.h"
#include "base/metrics.h"
#include "port/store.h"

struct postgres_store_options {
  const struct config_db *db; /* copied; a host that starts with '/' is a socket's folder */
  struct loop *loop;
  struct metrics *metrics; /* NULL: not measured */
  const struct limits *limits;
};

/**
 * Start connecting to a PostgreSQL server (11 or newer), with one connection
 * for writing and one for reading, both asynchronous on the loop. Succeeds
 * though the server is down: the store then is down until it comes, and
 * reconnects with back-off for ever.
 *
 * Commits are made with synchronous_commit=on. A commit whose answer was lost
 * is asked for by its transaction id after reconnecting, so that it is neither
 * lost nor written twice.
 *
 * Returns 0, ERR_INVALID (no host), ERR_NOMEM, ERR_IO; one line in @error.
 */
MUST_USE int postgres_store_create(const struct postgres_store_options *options, struct store **out, struct buf *error);

#endif
