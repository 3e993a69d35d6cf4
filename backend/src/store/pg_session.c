/* SPDX-License-Identifier: MIT */
#include "store/pg_session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "store/pg_schema.h"

struct pg_session {
  struct pg_conn *conn;
  const struct pg_session_events *events;
  void *ctx;
  const struct pg_statement *statements;
  size_t statement_count;
  uint64_t timeout_ms;
  bool ready, notices_others;
  uint64_t rooms, schema;
  char other[64]; /* application_name of another server */
};

/* The set-up pipeline: it is one implicit transaction, which the sync at its end commits. */
enum { STEP_FSYNC = 0, STEP_SYNCHRONOUS, STEP_TIMEOUT, STEP_IDLE_TIMEOUT, STEP_USE, STEP_LOCK, STEP_MIGRATIONS };

static size_t version_step(void) {
  return STEP_MIGRATIONS + PG_SCHEMA_STEPS;
}

/*
 * The name of another server that is connected. Just after this process brought an older database up to date it names
 * none: those that show were cut off, or come back only to be refused.
 */
#define FIND_OTHER                                                                                                     \
  "SELECT min(application_name) FROM pg_stat_activity WHERE datname = current_database() "                             \
  "AND application_name LIKE '" PG_CONN_NAME "%@%' AND application_name <> current_setting('application_name') "       \
  "AND (SELECT min(applied_at) = max(applied_at) OR max(applied_at) < (SELECT min(backend_start) "                     \
  "FROM pg_stat_activity WHERE application_name = current_setting('application_name')) FROM schema_version)"

static void set_up(struct pg_session *s) {
  char sql[96];
  unsigned long long ms = s->timeout_ms;
  pg_conn_query(s->conn, "SHOW fsync");
  pg_conn_query(s->conn, "SET SESSION synchronous_commit = on");
  snprintf(sql, sizeof sql, "SET SESSION statement_timeout = %llu", ms);
  pg_conn_query(s->conn, sql);
  /* A transaction left behind by a lost connection must end, or its outcome stays unknown. */
  snprintf(sql, sizeof sql, "SET SESSION idle_in_transaction_session_timeout = %llu", ms);
  pg_conn_query(s->conn, sql);
  pg_conn_query(s->conn, "SELECT pg_advisory_lock_shared(" PG_USE_LOCK ")");
  pg_conn_query(s->conn, "SELECT pg_advisory_xact_lock(" PG_SCHEMA_LOCK ")");
  for (size_t i = 0; i < PG_SCHEMA_STEPS; i++) pg_conn_query(s->conn, pg_schema_steps[i]);
  pg_conn_query(s->conn, "SELECT coalesce(max(version), 0)::bigint FROM schema_version");
  pg_conn_query(s->conn, "SELECT count(*) FROM rooms");
  pg_conn_query(s->conn, FIND_OTHER);
  for (size_t i = 0; i < s->statement_count; i++) pg_conn_prepare(s->conn, s->statements[i].name, s->statements[i].sql);
  pg_conn_run(s->conn);
}

static void on_connected(void *ctx) {
  struct pg_session *s = ctx;
  s->ready = false;
  set_up(s);
}

static void on_lost(void *ctx, const char *reason) {
  struct pg_session *s = ctx;
  s->ready = false;
  s->events->on_lost(s->ctx, reason);
}

static void on_result(void *ctx, size_t index, const PGresult *result) {
  struct pg_session *s = ctx;
  if (s->ready) {
    s->events->on_result(s->ctx, index, result);
    return;
  }
  if (index == STEP_FSYNC && PQntuples(result) == 1 && strcmp(PQgetvalue(result, 0, 0), "on") != 0)
    log_warn(LOG_NONE, "the database server runs with fsync off: what is called saved is lost when its machine fails");
  if (index == version_step() && PQntuples(result) == 1) s->schema = pg_cell_number(result, 0, 0);
  if (index == version_step() + 2 && PQntuples(result) == 1)
    snprintf(s->other, sizeof s->other, "%s", PQgetvalue(result, 0, 0));
  if (index == version_step() + 1 && PQntuples(result) == 1) s->rooms = pg_cell_number(result, 0, 0);
}

static void on_end(void *ctx, const struct pg_failure *failure) {
  struct pg_session *s = ctx;
  if (s->ready) {
    s->events->on_end(s->ctx, failure);
    return;
  }
  char reason[300];
  if (s->schema > PG_SCHEMA_NEWEST) {
    snprintf(reason, sizeof reason,
             "the database has schema version %llu, this server knows versions up to %d: run the newer server",
             (unsigned long long)s->schema, PG_SCHEMA_NEWEST);
    s->schema = 0;
    pg_conn_drop(s->conn, reason);
  } else if (failure) {
    snprintf(reason, sizeof reason, "cannot set up the database: %s (%s)", failure->message, failure->state);
    pg_conn_drop(s->conn, reason);
  } else {
    s->ready = true;
    if (s->notices_others && s->other[0])
      log_warn(LOG_NONE,
               "another server (%s) uses this database: neither loses anything, but people on the two do not see what "
               "the others type until a room is loaded anew: stop one of them",
               s->other);
    pg_conn_settled(s->conn);
    s->events->on_ready(s->ctx);
  }
}

static const struct pg_conn_events conn_events = {on_connected, on_lost, on_result, on_end};

int pg_session_create(const struct pg_session_options *options, struct pg_session **out) {
  struct pg_session *s = calloc(1, sizeof *s);
  if (!s) return ERR_NOMEM;
  s->events = options->events;
  s->ctx = options->ctx;
  s->statements = options->statements;
  s->statement_count = options->statement_count;
  s->timeout_ms = options->timeout_ms;
  s->notices_others = options->notices_others;
  struct pg_conn_options conn = {options->db, options->loop, options->timeout_ms, &conn_events, s};
  int err = pg_conn_create(&conn, &s->conn);
  if (err) {
    free(s);
    return err;
  }
  pg_conn_open(s->conn);
  *out = s;
  return 0;
}

void pg_session_destroy(struct pg_session *s) {
  if (!s) return;
  pg_conn_destroy(s->conn);
  free(s);
}

bool pg_session_ready(const struct pg_session *s) {
  return s->ready && pg_conn_idle(s->conn);
}

uint64_t pg_session_rooms(const struct pg_session *s) {
  return s->rooms;
}

struct pg_conn *pg_session_conn(struct pg_session *s) {
  return s->conn;
}
