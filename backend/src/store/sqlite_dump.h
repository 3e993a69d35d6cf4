/* SPDX-License-Identifier: MIT */
#ifndef YOKE_STORE_SQLITE_DUMP_H
#define YOKE_STORE_SQLITE_DUMP_H

#include <sqlite3.h>

#include "store/dump.h"

/* What the files about SQLite share. */

/** Open a database of ours with the newest schema. *out is to be closed even then, when it is not NULL. */
MUST_USE int dump_sqlite_open(const char *path, sqlite3 **out, struct buf *error);

/** Append "cannot @doing @path: why" and return the error as one of ours. */
int dump_sqlite_fail(sqlite3 *handle, int rc, const char *doing, const char *path, struct buf *error);

#endif
