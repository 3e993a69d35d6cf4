/* SPDX-License-Identifier: MIT */
#ifndef YOKE_STORE_SQLITE_COMPACT_H
#define YOKE_STORE_SQLITE_COMPACT_H

#include "store/request.h"
#include "store/sqlite_statements.h"

/* Rows that move to the history, and rows of it that are put together; results as in sqlite_rows.h. */

MUST_USE int sqlite_compact_room(struct sqlite_statements *s, struct request *r);
MUST_USE int sqlite_compact_thin(struct sqlite_statements *s, struct request *r);

#endif
