/* SPDX-License-Identifier: MIT */
#ifndef YOKE_STORE_RESTORING_H
#define YOKE_STORE_RESTORING_H

#include "base/buf.h"

/*
 * A restore writes a new database under a name of its own, beside the one
 * whose place it takes at the end. Where it was cut short, that file is left.
 */

/** The name for the database at @path, with a NUL. ERR_NOMEM. */
MUST_USE int restoring_name(const char *path, struct buf *out);

/**
 * May the database at @path be opened, or made where there is none? Not while
 * there is only what a restore left: ERR_INVALID, with a line in @error. An old
 * database that such a restore was to replace is whole, and only a word in the log.
 */
MUST_USE int restoring_check(const char *path, struct buf *error);

/** The name under which the database at @path is kept when another takes its place at @unix_ms, with a NUL. ERR_NOMEM.
 */
MUST_USE int restoring_kept_name(const char *path, uint64_t unix_ms, struct buf *out);

/** Call @fn with the path, borrowed for the call, of each database that was kept beside the one at @path. */
void restoring_each_kept(const char *path, void (*fn)(void *ctx, const char *kept), void *ctx);

/**
 * A restore that was cut short just before the end leaves the database at @path, which stays, the second name under
 * which it was to be kept: remove that. The data directory's lock is held.
 */
void restoring_tidy(const char *path);

#endif
