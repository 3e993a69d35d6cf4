/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "place.h"

#include <ftw.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/postgres.h"
#include "store/sqlite.h"

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at) {
  (void)st, (void)type, (void)at;
  return remove(path);
}

static void give_up(const char *what) {
  printf("Bail out! %s\n", what);
  exit(1);
}

void place_start(struct place *place, const char *kind) {
  *place = (struct place){.postgres = strcmp(kind, "postgresql") == 0};
  snprintf(place->dir, sizeof place->dir, "%s/yoke-nomem-%d", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp",
           (int)getpid());
  if (!place->postgres) return;
  if (mkdir(place->dir, 0711) != 0 || pg_server_start(place->dir, &place->server) != 0)
    give_up("PostgreSQL does not start");
  place->db = pg_server_config(&place->server);
  snprintf(place->host, sizeof place->host, "localhost"); /* a name: resolved by a thread */
  place->db.host = place->host;
}

void place_stop(struct place *place) {
  if (place->postgres) pg_server_command("remove", place->dir, "");
  nftw(place->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void run_sql(struct place *place, const char *sql) {
  const char *const names[] = {"host", "port", "user", "dbname", NULL};
  const char *const values[] = {place->server.host, place->server.port, place->server.user, place->server.database,
                                NULL};
  PGconn *pg = PQconnectdbParams(names, values, 0);
  PGresult *result = PQexec(pg, sql);
  if (PQresultStatus(result) != PGRES_COMMAND_OK) give_up(PQerrorMessage(pg));
  PQclear(result);
  PQfinish(pg);
}

void place_clear(struct place *place) {
  if (place->postgres)
    run_sql(place, "SET client_min_messages = warning; DROP SCHEMA public CASCADE; CREATE SCHEMA public");
  else
    nftw(place->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

int place_open_store(struct place *place, struct loop *loop, struct metrics *metrics, const struct limits *limits,
                     struct store **out, struct buf *error) {
  if (place->postgres)
    return postgres_store_create(&(struct postgres_store_options){&place->db, loop, metrics, limits}, out, error);
  return sqlite_store_create(&(struct sqlite_store_options){place->dir, loop, metrics, limits}, out, error);
}

static void database_path(const struct place *place, char *out, size_t cap) {
  snprintf(out, cap, "%s/yoke.db", place->dir);
}

int place_read(struct place *place, struct dump_reader **out, struct buf *error) {
  char path[128];
  database_path(place, path, sizeof path);
  return place->postgres ? dump_read_postgres(&place->db, out, error) : dump_read_sqlite(path, out, error);
}

int place_write(struct place *place, struct dump_writer **out, struct buf *error) {
  char path[128];
  database_path(place, path, sizeof path);
  if (place->postgres) return dump_write_postgres(&place->db, true, out, error);
  nftw(place->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
  mkdir(place->dir, 0700);
  return dump_write_file(path, out, error);
}
