/* SPDX-License-Identifier: MIT */
#include "backends.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "pg_server.h"
#include "store/postgres.h"

/** Waits until it is up, as the tests expect of a store just opened. */
static struct store *open_store(const char *dir, struct loop *loop, struct metrics *metrics,
                                const struct limits *limits) {
  struct buf error = BUF_INIT;
  struct store *store = NULL;
  struct pg_server server;
  struct store_status status = {.up = false};
  if (pg_server_start(dir, &server) != 0) return NULL;
  struct config_db db = pg_server_config(&server);
  int err = postgres_store_create(&(struct postgres_store_options){&db, loop, metrics, limits}, &store, &error);
  if (err) fprintf(stderr, "# %.*s\n", (int)error.len, (const char *)error.data);
  buf_deinit(&error);
  uint64_t end = clock_mono_ms() + 15000;
  while (!err && !status.up && clock_mono_ms() < end) {
    err = loop_run_once(loop, 50);
    store->ops->status(store, &status);
  }
  if (!status.up) fprintf(stderr, "# %s\n", status.reason);
  return store;
}

static int start(const char *dir) {
  struct pg_server server;
  return chmod(dir, 0711) == 0 ? pg_server_start(dir, &server) : -1;
}

static void stop(const char *dir) {
  pg_server_command("remove", dir, "");
}
static void down(const char *dir) {
  pg_server_command("stop", dir, "immediate");
}

static void up(const char *dir) {
  struct pg_server server;
  pg_server_start(dir, &server);
}

static int read_all(const char *dir, struct dump_reader **out, struct buf *error) {
  struct pg_server server;
  if (pg_server_start(dir, &server) != 0) return ERR_UNAVAILABLE;
  struct config_db db = pg_server_config(&server);
  return dump_read_postgres(&db, out, error);
}

static int run_sql(const char *dir, const char *sql) {
  struct pg_server server;
  if (pg_server_start(dir, &server) != 0) return -1;
  const char *const names[] = {"host", "port", "user", "dbname", NULL};
  const char *const values[] = {server.host, server.port, server.user, server.database, NULL};
  PGconn *pg = PQconnectdbParams(names, values, 0);
  PGresult *result = PQexec(pg, sql);
  int failed = PQresultStatus(result) != PGRES_COMMAND_OK;
  if (failed) fprintf(stderr, "# %s\n", PQerrorMessage(pg));
  PQclear(result);
  PQfinish(pg);
  return failed ? -1 : 0;
}

const struct backend backend_postgres = {
    .name = "postgresql",
    .start = start,
    .stop = stop,
    .open = open_store,
    .down = down,
    .up = up,
    .read = read_all,
    .sql = run_sql,
};
