/* SPDX-License-Identifier: MIT */
#ifndef YOKE_STORE_SQLITE_READ_H
#define YOKE_STORE_SQLITE_READ_H

#include "store/request.h"
#include "store/sqlite_statements.h"

/* Answers to requests; errors as sqlite_db_read(). */

/** REQUEST_LOAD or REQUEST_HISTORY. */
MUST_USE int sqlite_read_room(struct sqlite_statements *s, struct request *r, char *reason, size_t cap);
MUST_USE int sqlite_read_list(struct sqlite_statements *s, struct request *r, char *reason, size_t cap);

#endif
