/* SPDX-License-Identifier: MIT */
#ifndef YOKE_TEST_STORE_PG_SERVER_H
#define YOKE_TEST_STORE_PG_SERVER_H

#include "base/config.h"

/* A real PostgreSQL server in the folder "pg" of a test's folder, by tools/pg-temp (its path is in YOKE_PG_TEMP). */
struct pg_server {
  char host[64], port[8], user[64], database[64];
};

int pg_server_start(const char *dir, struct pg_server *out); /* runs already: only fills in; 0 or -1 */
int pg_server_command(const char *verb, const char *dir, const char *more);

/** Points into @server. */
struct config_db pg_server_config(struct pg_server *server);

#endif
