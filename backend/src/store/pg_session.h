/* SPDX-License-Identifier: MIT */
#ifndef YOKE_STORE_PG_SESSION_H
#define YOKE_STORE_PG_SESSION_H

#include "store/pg_conn.h"

/*
 * A connection made ready for the store: settings, newest schema (migrations
 * run under an advisory lock, so that several servers may start at once), and
 * prepared statements. A schema newer than this server counts as a loss, with
 * a reason that says so.
 */
struct pg_session;

struct pg_statement {
  const char *name, *sql;
};

struct pg_session_events {
  void (*on_ready)(void *ctx);
  void (*on_lost)(void *ctx, const char *reason);
  /* Of pipelines run after on_ready(): */
  void (*on_result)(void *ctx, size_t index, const PGresult *result);
  void (*on_end)(void *ctx, const struct pg_failure *failure);
};

struct pg_session_options {
  const struct config_db *db;
  struct loop *loop;
  uint64_t timeout_ms;
  bool notices_others; /* warn when another server uses the database */
  const struct pg_statement *statements;
  size_t statement_count;
  const struct pg_session_events *events;
  void *ctx;
};

MUST_USE int pg_session_create(const struct pg_session_options *options, struct pg_session **out);
void pg_session_destroy(struct pg_session *s);         /* NULL accepted */
bool pg_session_ready(const struct pg_session *s);     /* and idle */
uint64_t pg_session_rooms(const struct pg_session *s); /* in the table when it became ready */
struct pg_conn *pg_session_conn(struct pg_session *s); /* borrowed, for pipelines while ready */

#endif
