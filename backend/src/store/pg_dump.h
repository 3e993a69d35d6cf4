/* SPDX-License-Identifier: MIT */
#ifndef YOKE_STORE_PG_DUMP_H
#define YOKE_STORE_PG_DUMP_H

#include <libpq-fe.h>

#include "store/dump.h"

/* What the files about PostgreSQL share: a blocking connection. */

struct dump_pg {
  PGconn *pg;
  char where[200]; /* "database collab_db at db:5432", for messages */
};

MUST_USE int dump_pg_connect(const struct config_db *db, struct dump_pg *out, struct buf *error);
void dump_pg_close(struct dump_pg *c);

/** Append why the last thing failed; ERR_CORRUPT for damage, ERR_FULL when its disk is, else ERR_UNAVAILABLE. */
int dump_pg_fail(struct dump_pg *c, const PGresult *result, const char *doing, struct buf *error);

MUST_USE int dump_pg_run(struct dump_pg *c, const char *sql, struct buf *error);
/** The only cell of the result, as text; "" for NULL. */
MUST_USE int dump_pg_ask(struct dump_pg *c, const char *sql, char *out, size_t cap, struct buf *error);

/** The version of the schema; 0 where there are no tables of this program. */
MUST_USE int dump_pg_version(struct dump_pg *c, int *version, struct buf *error);
/** Append that @version is not the one this program needs, and what to do; ERR_INVALID. */
int dump_pg_refuse_version(struct dump_pg *c, int version, struct buf *error);

#endif
