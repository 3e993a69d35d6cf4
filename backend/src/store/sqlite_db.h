/* SPDX-License-Identifier: MIT */
#ifndef YOKE_STORE_SQLITE_DB_H
#define YOKE_STORE_SQLITE_DB_H

#include "base/buf.h"
#include "store/request.h"

/* The database file itself; used by one thread at a time, blocking. */

struct sqlite_db;

/** @path of the file, created with mode 0600 when missing. Errors as sqlite_store_create(). */
MUST_USE int sqlite_db_create(const char *path, uint64_t rooms_max, struct sqlite_db **out, struct buf *error);
void sqlite_db_destroy(struct sqlite_db *db); /* NULL accepted */

/**
 * Commit the batch in one transaction and set each request's err and seq.
 * On failure nothing of it is committed as far as can be known; what may have
 * been is marked unsure and recognised when it comes again.
 *
 * Returns 0, ERR_BUSY (locked by another process), ERR_INVALID (something in
 * the batch is refused), ERR_CORRUPT, ERR_IO, ERR_NOMEM; with @reason.
 */
MUST_USE int sqlite_db_write(struct sqlite_db *db, struct request *batch, char *reason, size_t cap);

/** Answer a load, list or ping. 0, ERR_NOT_FOUND, ERR_UNAVAILABLE, ERR_CORRUPT, ERR_IO, ERR_NOMEM. */
MUST_USE int sqlite_db_read(struct sqlite_db *db, struct request *r, char *reason, size_t cap);

#endif
