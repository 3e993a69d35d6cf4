/* SPDX-License-Identifier: MIT */
#include "store/pg_dump.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/pg_params.h"
#include "store/pg_schema.h"

int dump_pg_fail(struct dump_pg *c, const PGresult *result, const char *doing, struct buf *error) {
  const char *why = result ? PQresultErrorMessage(result) : PQerrorMessage(c->pg);
  const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
  int err = ERR_UNAVAILABLE;
  if (state && strncmp(state, "XX", 2) == 0) err = ERR_CORRUPT;
  if (state && strncmp(state, "53", 2) == 0) err = ERR_FULL;
  if (state && strcmp(state, "42501") == 0) err = ERR_DENIED;
  (void)!buf_printf(error, "cannot %s %s: %.*s%s\n", doing, c->where, (int)strcspn(why, "\n"), why,
                    err == ERR_UNAVAILABLE && PQstatus(c->pg) != CONNECTION_OK
                        ? ": is it running, and are host, port, user and password in db_config right?"
                        : "");
  return err;
}

int dump_pg_run(struct dump_pg *c, const char *sql, struct buf *error) {
  PGresult *result = PQexec(c->pg, sql);
  ExecStatusType status = PQresultStatus(result);
  int err = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK ? 0 : dump_pg_fail(c, result, "use", error);
  PQclear(result);
  return err;
}

int dump_pg_ask(struct dump_pg *c, const char *sql, char *out, size_t cap, struct buf *error) {
  PGresult *result = PQexec(c->pg, sql);
  int err = PQresultStatus(result) == PGRES_TUPLES_OK ? 0 : dump_pg_fail(c, result, "read", error);
  if (!err) snprintf(out, cap, "%s", PQntuples(result) ? PQgetvalue(result, 0, 0) : "");
  PQclear(result);
  return err;
}

int dump_pg_version(struct dump_pg *c, int *version, struct buf *error) {
  char text[16] = "";
  int err = dump_pg_ask(c, "SELECT coalesce(to_regclass('schema_version')::text, '')", text, sizeof text, error);
  if (!err && text[0]) err = dump_pg_ask(c, "SELECT max(version) FROM schema_version", text, sizeof text, error);
  *version = atoi(text);
  return err;
}

int dump_pg_refuse_version(struct dump_pg *c, int version, struct buf *error) {
  (void)!buf_printf(error, "%s has schema version %d, and this program needs %d: %s\n", c->where, version,
                    PG_SCHEMA_NEWEST,
                    version < PG_SCHEMA_NEWEST ? "start the server once, it brings the database up to date"
                                               : "a newer server wrote it; use that one");
  return ERR_INVALID;
}

int dump_pg_connect(const struct config_db *db, struct dump_pg *out, struct buf *error) {
  struct pg_params params;
  pg_params_init(&params, db);
  pg_params_set(&params, "connect_timeout", "10");
  pg_params_set(&params, "application_name", "yoke command");
  snprintf(out->where, sizeof out->where, "the database %s at %s:%s", db->database ? db->database : "", db->host,
           params.port);
  out->pg = PQconnectdbParams(params.names, params.values, 0);
  if (PQstatus(out->pg) != CONNECTION_OK) return dump_pg_fail(out, NULL, "connect to", error);
  return dump_pg_run(out, "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0", error);
}

void dump_pg_close(struct dump_pg *c) {
  PQfinish(c->pg);
  c->pg = NULL;
}
