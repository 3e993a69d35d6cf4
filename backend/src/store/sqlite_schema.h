/* SPDX-License-Identifier: MIT */
#ifndef YOKE_STORE_SQLITE_SCHEMA_H
#define YOKE_STORE_SQLITE_SCHEMA_H

#include <sqlite3.h>

#include "base/buf.h"

/** The application_id of our databases: "Yoke". */
#define SQLITE_SCHEMA_OWNER 1500474213

/**
 * Bring an open database to the newest schema, one transaction a version.
 * Returns 0; ERR_INVALID when it is of a newer server; ERR_CORRUPT when it is
 * damaged or somebody else's; ERR_BUSY, ERR_IO, ERR_NOMEM; @error says it in one line.
 */
MUST_USE int sqlite_schema_migrate(sqlite3 *handle, const char *path, struct buf *error);

/** Is it ours, and of the newest schema? As above, but changes nothing: ERR_INVALID when it is older, too. */
MUST_USE int sqlite_schema_check(sqlite3 *handle, const char *path, struct buf *error);

/** A result code of SQLite as one of ours: ERR_BUSY, ERR_CORRUPT, ERR_INVALID (refused data), ERR_NOMEM, ERR_IO. */
int sqlite_schema_err(int rc);

#endif
