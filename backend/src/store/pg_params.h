/* SPDX-License-Identifier: MIT */
#ifndef YOKE_STORE_PG_PARAMS_H
#define YOKE_STORE_PG_PARAMS_H

#include "base/config.h"

/* How to connect, as libpq takes it: two lists of the same length that end with NULL. */

enum { PG_PARAMS_MAX = 20, PG_PARAMS_PORT = 5432 /* where none is given */ };

struct pg_params {
  const char *names[PG_PARAMS_MAX + 1], *values[PG_PARAMS_MAX + 1]; /* borrowed */
  size_t count;
  char port[8];
};

/** What every connection has: all of @db, host included. @db is borrowed as long as @p is used. */
void pg_params_init(struct pg_params *p, const struct config_db *db);

/** Add one, or say another value for one that is there. */
void pg_params_set(struct pg_params *p, const char *name, const char *value);

#endif
