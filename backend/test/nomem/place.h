/* SPDX-License-Identifier: MIT */
#ifndef YOKE_TEST_NOMEM_PLACE_H
#define YOKE_TEST_NOMEM_PLACE_H

#include <stdbool.h>

#include "base/limits.h"
#include "base/loop.h"
#include "base/metrics.h"
#include "pg_server.h"
#include "port/store.h"
#include "store/dump.h"

/* Where the lives keep their rooms: a folder with SQLite's file, or a PostgreSQL server of our own. */
struct place {
  char dir[96];
  bool postgres;
  struct pg_server server;
  char host[16];
  struct config_db db;
};

/** @kind "sqlite" or "postgresql". Ends the program when it cannot. */
void place_start(struct place *place, const char *kind);
void place_stop(struct place *place);
/** As if no server had ever been there. */
void place_clear(struct place *place);

int place_open_store(struct place *place, struct loop *loop, struct metrics *metrics, const struct limits *limits,
                     struct store **out, struct buf *error);

int place_read(struct place *place, struct dump_reader **out, struct buf *error);
/** In place of all that is there. */
int place_write(struct place *place, struct dump_writer **out, struct buf *error);

#endif
