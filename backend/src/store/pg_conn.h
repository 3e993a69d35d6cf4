/* SPDX-License-Identifier: MIT */
#ifndef YOKE_STORE_PG_CONN_H
#define YOKE_STORE_PG_CONN_H

#include <libpq-fe.h>

#include "base/config.h"
#include "base/loop.h"

/*
 * One connection to a PostgreSQL server, asynchronous on the loop: it resolves
 * names on a thread, connects, reconnects with back-off for ever, and runs
 * pipelines of statements, each with a deadline past which the connection is
 * dropped. All results are in binary format.
 */
struct pg_conn;

/** What the application_name of our connections begins with; process, host and a random number follow. */
#define PG_CONN_NAME "yoke "

/** Why a pipeline failed: its first error. */
struct pg_failure {
  char state[6];     /* SQLSTATE */
  char message[160]; /* one line */
};

struct pg_conn_events {
  void (*on_connected)(void *ctx);
  /** It was lost, or could not be made; it tries again by itself. Nothing of a pipeline under way comes after. */
  void (*on_lost)(void *ctx, const char *reason);
  /** Statement @index (from 0) of the pipeline succeeded; @result is borrowed for the call. */
  void (*on_result)(void *ctx, size_t index, const PGresult *result);
  /** The pipeline is through; @failure is NULL when every statement succeeded. Another may be started here. */
  void (*on_end)(void *ctx, const struct pg_failure *failure);
};

struct pg_conn_options {
  const struct config_db *db; /* copied */
  struct loop *loop;
  uint64_t timeout_ms; /* of connecting and of each pipeline */
  const struct pg_conn_events *events;
  void *ctx;
};

MUST_USE int pg_conn_create(const struct pg_conn_options *options, struct pg_conn **out);
void pg_conn_destroy(struct pg_conn *c); /* NULL accepted; no event comes after */

void pg_conn_open(struct pg_conn *c);                     /* start connecting, once */
void pg_conn_drop(struct pg_conn *c, const char *reason); /* on_lost() is called from here */
void pg_conn_settled(struct pg_conn *c);                  /* it works: the next back-off is short again */

/** A value for a statement; NULL data means SQL's NULL. Borrowed for the call that takes it. */
struct pg_value {
  const void *data;
  size_t len;
  bool binary; /* otherwise text with a NUL behind it */
};

/* Add to the pipeline while no pipeline runs; a failure shows at pg_conn_run() as a loss, later. */
void pg_conn_query(struct pg_conn *c, const char *sql);
void pg_conn_prepare(struct pg_conn *c, const char *name, const char *sql);
void pg_conn_execute(struct pg_conn *c, const char *name, const struct pg_value *values, size_t count);

/** Send the pipeline. Never calls an event before it returned. */
void pg_conn_run(struct pg_conn *c);
bool pg_conn_idle(const struct pg_conn *c); /* connected, and no pipeline under way */

/* Cells of a binary result. */
uint64_t pg_cell_number(const PGresult *result, int row, int column); /* of a bigint */

#endif
