/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/pg_dump.h"
#include "store/pg_conn.h"
#include "store/pg_schema.h"

#define ROOM_COLUMNS                                                                                                   \
  "SELECT id, name, language, owner_name, owner_mail, created_at, updated_at, update_rows, snapshot_rows, "            \
  "history_rows, history_bytes FROM rooms "

#define SNAPSHOTS_SQL                                                                                                  \
  "SELECT seq, 0::bigint, '', payload, crc, 0::bigint, 1::bigint FROM room_snapshots "                                 \
  "WHERE room_id = $1 ORDER BY seq"

static const char *const row_sql[] = {
    [DUMP_SNAPSHOT] = SNAPSHOTS_SQL,
    [DUMP_HISTORY] =
        "SELECT seq, at, author, payload, crc, from_at, updates FROM room_history WHERE room_id = $1 ORDER BY seq",
    [DUMP_UPDATE] =
        "SELECT seq, at, author, payload, crc, at, 1::bigint FROM room_updates WHERE room_id = $1 ORDER BY seq",
};

struct pg_dump_reader {
  struct dump_reader reader; /* first */
  struct dump_pg c;
  PGresult *room; /* the texts of the room that was given out last */
};

static struct pg_dump_reader *reader_of(struct dump_reader *r) {
  return (struct pg_dump_reader *)r;
}

static int totals(struct dump_reader *base, struct dump_totals *out, struct buf *error) {
  char text[64] = "";
  unsigned long long rooms = 0, rows = 0;
  int err =
      dump_pg_ask(&reader_of(base)->c,
                  "SELECT count(*) || ' ' || coalesce(sum(update_rows + snapshot_rows + history_rows), 0) FROM rooms",
                  text, sizeof text, error);
  if (!err && sscanf(text, "%llu %llu", &rooms, &rows) != 2) err = ERR_CORRUPT;
  *out = (struct dump_totals){rooms, rows};
  return err;
}

static int one_room(struct pg_dump_reader *r, const char *sql, const char *id, struct dump_room *out,
                    struct buf *error) {
  const char *values[] = {id};
  PQclear(r->room);
  r->room = PQexecParams(r->c.pg, sql, 1, NULL, values, NULL, NULL, 1);
  const PGresult *result = r->room;
  if (PQresultStatus(result) != PGRES_TUPLES_OK) return dump_pg_fail(&r->c, result, "read", error);
  if (PQntuples(result) == 0) return ERR_NOT_FOUND;
  *out = (struct dump_room){
      .room = {PQgetvalue(result, 0, 0), PQgetvalue(result, 0, 1), PQgetvalue(result, 0, 2), PQgetvalue(result, 0, 3),
               PQgetvalue(result, 0, 4), pg_cell_number(result, 0, 5), pg_cell_number(result, 0, 6)},
      .update_rows = pg_cell_number(result, 0, 7),
      .snapshot_rows = pg_cell_number(result, 0, 8),
      .history_rows = pg_cell_number(result, 0, 9),
      .history_bytes = pg_cell_number(result, 0, 10),
  };
  return 0;
}

static int next_room(struct dump_reader *base, const char *after, struct dump_room *out, struct buf *error) {
  return one_room(reader_of(base), ROOM_COLUMNS "WHERE id > $1 ORDER BY id LIMIT 1", after, out, error);
}

static int find_room(struct dump_reader *base, const char *id, struct dump_room *out, struct buf *error) {
  return one_room(reader_of(base), ROOM_COLUMNS "WHERE id = $1", id, out, error);
}

static struct dump_row row_at(const PGresult *result, enum dump_table table) {
  return (struct dump_row){
      .table = table,
      .row = {.seq = pg_cell_number(result, 0, 0),
              .at = pg_cell_number(result, 0, 1),
              .author = PQgetvalue(result, 0, 2),
              .data = (const uint8_t *)PQgetvalue(result, 0, 3),
              .len = (size_t)PQgetlength(result, 0, 3),
              .from = pg_cell_number(result, 0, 5),
              .updates = pg_cell_number(result, 0, 6),
              .moved = table == DUMP_HISTORY},
      .summed = !PQgetisnull(result, 0, 4),
      .crc = PQgetisnull(result, 0, 4) ? 0 : pg_cell_number(result, 0, 4),
  };
}

/** Row by row, so that a large room is never in memory as a whole. */
static int rows_of(struct pg_dump_reader *r, enum dump_table table, const char *room_id, dump_row_fn fn, void *ctx,
                   struct buf *error) {
  const char *values[] = {room_id};
  if (!PQsendQueryParams(r->c.pg, row_sql[table], 1, NULL, values, NULL, NULL, 1) || !PQsetSingleRowMode(r->c.pg))
    return dump_pg_fail(&r->c, NULL, "read", error);
  int err = 0;
  PGresult *result;
  while ((result = PQgetResult(r->c.pg)) != NULL) { /* to its end in any case: another query comes */
    ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_SINGLE_TUPLE && !err) {
      struct dump_row row = row_at(result, table);
      err = fn(ctx, &row);
    } else if (status != PGRES_SINGLE_TUPLE && status != PGRES_TUPLES_OK && !err) {
      err = dump_pg_fail(&r->c, result, "read", error);
    }
    PQclear(result);
  }
  return err;
}

static int rows(struct dump_reader *base, const char *room_id, dump_row_fn fn, void *ctx, struct buf *error) {
  struct pg_dump_reader *r = reader_of(base);
  /* What cannot be read must not end the transaction: its snapshot is for the other rooms as well. */
  int err = dump_pg_run(&r->c, "SAVEPOINT room", error);
  for (int table = DUMP_SNAPSHOT; table <= DUMP_UPDATE && !err; table++)
    err = rows_of(r, (enum dump_table)table, room_id, fn, ctx, error);
  if (PQtransactionStatus(r->c.pg) != PQTRANS_INTRANS && PQtransactionStatus(r->c.pg) != PQTRANS_INERROR) return err;
  int back = dump_pg_run(&r->c, "ROLLBACK TO SAVEPOINT room; RELEASE SAVEPOINT room", error);
  return err ? err : back;
}

static void close_reader(struct dump_reader *base) {
  struct pg_dump_reader *r = reader_of(base);
  PQclear(r->room);
  dump_pg_close(&r->c);
  free(r);
}

static const struct dump_reader_ops ops = {totals, next_room, find_room, rows, NULL, close_reader};

static int check_schema(struct pg_dump_reader *r, struct buf *error) {
  int version = 0;
  int err = dump_pg_version(&r->c, &version, error);
  if (err || version == PG_SCHEMA_NEWEST) return err;
  if (version) return dump_pg_refuse_version(&r->c, version, error);
  (void)!buf_printf(error, "%s has no tables of this program: is it the right database in db_config?\n", r->c.where);
  return ERR_NOT_FOUND;
}

int dump_read_postgres(const struct config_db *db, struct dump_reader **out, struct buf *error) {
  struct pg_dump_reader *r = calloc(1, sizeof *r);
  if (!r) return ERR_NOMEM;
  r->reader.ops = &ops;
  int err = dump_pg_connect(db, &r->c, error);
  if (!err) err = check_schema(r, error);
  if (!err) err = dump_pg_run(&r->c, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", error);
  if (err)
    close_reader(&r->reader);
  else
    *out = &r->reader;
  return err;
}
