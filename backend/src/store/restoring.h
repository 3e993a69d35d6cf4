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

#endif
