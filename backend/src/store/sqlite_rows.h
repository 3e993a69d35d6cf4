/* SPDX-License-Identifier: MIT */
#ifndef YOKE_STORE_SQLITE_ROWS_H
#define YOKE_STORE_SQLITE_ROWS_H

#include "store/request.h"
#include "store/sqlite_statements.h"

/*
 * Rooms and the rows of their logs, written within a transaction of the
 * caller's. A result is SQLite's code, and a failure of the transaction; what
 * only this request meets (there is no such room, ...) goes into its err.
 */

struct sqlite_rooms {
  uint64_t now, max;
};

MUST_USE int sqlite_rows_create(struct sqlite_statements *s, struct sqlite_rooms *rooms, struct request *r);
MUST_USE int sqlite_rows_append(struct sqlite_statements *s, struct request *r);
/** REQUEST_UPDATE or REQUEST_DELETE. */
MUST_USE int sqlite_rows_change_room(struct sqlite_statements *s, struct sqlite_rooms *rooms, struct request *r);

/** Was this row or snapshot committed by a try whose outcome we could not learn? @which: STMT_HAS_… */
MUST_USE int sqlite_rows_find_earlier(struct sqlite_statements *s, enum sqlite_statement which, const struct request *r,
                                      int *found);

#endif
