/* SPDX-License-Identifier: MIT */
/* Rows go in by COPY in binary format (PostgreSQL's documentation of COPY, "Binary Format"). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/pg_dump.h"
#include "store/pg_schema.h"

enum { FLUSH_BYTES = 1 << 16 };

enum target { INTO_NOTHING = -1, INTO_SNAPSHOTS, INTO_HISTORY, INTO_UPDATES, INTO_ROOMS };

static const char *const copy_sql[] = {
    [INTO_SNAPSHOTS] = "COPY room_snapshots (room_id, seq, payload, crc) FROM STDIN (FORMAT binary)",
    [INTO_HISTORY] = "COPY room_history (room_id, seq, at, author, payload, crc, from_at, updates) "
                     "FROM STDIN (FORMAT binary)",
    [INTO_UPDATES] = "COPY room_updates (room_id, seq, at, author, payload, crc) FROM STDIN (FORMAT binary)",
    [INTO_ROOMS] = "COPY rooms (id, name, language, owner_name, owner_mail, created_at, updated_at, update_rows, "
                   "snapshot_rows, history_rows, history_bytes) FROM STDIN (FORMAT binary)",
};

struct pg_dump_writer {
  struct dump_writer writer; /* first */
  struct dump_pg c;
  bool adds;                        /* to what is there */
  uint64_t last_seq, last_snapshot; /* that were given out before */
  enum target target;               /* of the COPY under way */
  struct buf out;                   /* of it, not sent yet */
};

static struct pg_dump_writer *writer_of(struct dump_writer *w) {
  return (struct pg_dump_writer *)w;
}

/* ---- the format ---- */

static int put_number(struct buf *out, uint64_t value, size_t bytes) {
  int err = 0;
  for (size_t i = bytes; i > 0 && !err; i--) err = buf_append_byte(out, (uint8_t)(value >> (8 * (i - 1))));
  return err;
}

static int put_bytes(struct buf *out, const void *data, size_t len) {
  int err = put_number(out, len, 4);
  return err || !len ? err : buf_append(out, data, len);
}

static int put_text(struct buf *out, const char *text) {
  return put_bytes(out, text, strlen(text));
}

static int put_bigint(struct buf *out, uint64_t value) {
  int err = put_number(out, 8, 4);
  return err ? err : put_number(out, value, 8);
}

static int put_null(struct buf *out) {
  return put_number(out, UINT32_MAX, 4);
}

/* ---- sending ---- */

static int flush(struct pg_dump_writer *w, struct buf *error) {
  if (!w->out.len) return 0;
  int sent = PQputCopyData(w->c.pg, (const char *)w->out.data, (int)w->out.len);
  buf_clear(&w->out);
  return sent == 1 ? 0 : dump_pg_fail(&w->c, NULL, "write to", error);
}

static int end_copy(struct pg_dump_writer *w, struct buf *error) {
  if (w->target == INTO_NOTHING) return 0;
  w->target = INTO_NOTHING;
  int err = put_number(&w->out, UINT16_MAX, 2);
  if (!err) err = flush(w, error);
  if (!err && PQputCopyEnd(w->c.pg, NULL) != 1) err = dump_pg_fail(&w->c, NULL, "write to", error);
  PGresult *result;
  while ((result = PQgetResult(w->c.pg)) != NULL) {
    if (PQresultStatus(result) != PGRES_COMMAND_OK && !err) err = dump_pg_fail(&w->c, result, "write to", error);
    PQclear(result);
  }
  return err;
}

static int into(struct pg_dump_writer *w, enum target target, struct buf *error) {
  static const char header[19] = "PGCOPY\n\377\r\n"; /* signature, flags, no extension */
  if (w->target == target) return 0;
  int err = end_copy(w, error);
  if (err) return err;
  PGresult *result = PQexec(w->c.pg, copy_sql[target]);
  if (PQresultStatus(result) != PGRES_COPY_IN) err = dump_pg_fail(&w->c, result, "write to", error);
  PQclear(result);
  if (!err) w->target = target;
  return err ? err : buf_append(&w->out, header, sizeof header);
}

/** ERR_EXISTS without a line: the caller knows better what to do about it. */
static int has_room(struct pg_dump_writer *w, const char *id, struct buf *error) {
  const char *values[] = {id};
  PGresult *result = PQexecParams(w->c.pg, "SELECT 1 FROM rooms WHERE id = $1", 1, NULL, values, NULL, NULL, 0);
  int err = PQresultStatus(result) == PGRES_TUPLES_OK ? 0 : dump_pg_fail(&w->c, result, "read", error);
  if (!err && PQntuples(result)) err = ERR_EXISTS;
  PQclear(result);
  return err;
}

static int add_room(struct dump_writer *base, const struct dump_room *room, struct buf *error) {
  struct pg_dump_writer *w = writer_of(base);
  const struct store_room *r = &room->room;
  const char *const texts[] = {r->id, r->name, r->language, r->owner_name, r->owner_mail};
  const uint64_t numbers[] = {r->created_at,       r->updated_at,      room->update_rows,
                              room->snapshot_rows, room->history_rows, room->history_bytes};
  int err = end_copy(w, error);
  if (!err && w->adds) err = has_room(w, r->id, error);
  if (!err) err = into(w, INTO_ROOMS, error);
  if (!err) err = put_number(&w->out, 11, 2);
  for (size_t i = 0; i < 5 && !err; i++) err = put_text(&w->out, texts[i]);
  for (size_t i = 0; i < 6 && !err; i++) err = put_bigint(&w->out, numbers[i]);
  return err ? err : end_copy(w, error); /* the rows refer to it */
}

/** Rows added to others come after them, as far from each other as they were. */
static uint64_t shifted(struct pg_dump_writer *w, const struct dump_row *row) {
  if (!w->adds) return row->row.seq;
  return row->table == DUMP_SNAPSHOT ? ++w->last_snapshot : row->row.seq - w->writer.first_seq + w->last_seq + 1;
}

static int put_row(struct pg_dump_writer *w, const char *room_id, const struct dump_row *row) {
  static const uint64_t fields[] = {[DUMP_SNAPSHOT] = 4, [DUMP_HISTORY] = 8, [DUMP_UPDATE] = 6};
  const struct store_row *r = &row->row;
  struct buf *out = &w->out;
  int err = put_number(out, fields[row->table], 2);
  if (!err) err = put_text(out, room_id);
  if (!err) err = put_bigint(out, shifted(w, row));
  if (!err && row->table != DUMP_SNAPSHOT) err = put_bigint(out, r->at);
  if (!err && row->table != DUMP_SNAPSHOT) err = put_text(out, r->author);
  if (!err) err = put_bytes(out, r->data, r->len);
  if (!err) err = row->summed ? put_bigint(out, row->crc) : put_null(out);
  if (!err && row->table == DUMP_HISTORY) err = put_bigint(out, r->from);
  if (!err && row->table == DUMP_HISTORY) err = put_bigint(out, r->updates);
  return err;
}

static int add_row(struct dump_writer *base, const char *room_id, const struct dump_row *row, struct buf *error) {
  struct pg_dump_writer *w = writer_of(base);
  int err = into(w, (enum target)row->table, error);
  if (!err) err = put_row(w, room_id, row);
  if (!err && w->out.len >= FLUSH_BYTES) err = flush(w, error);
  return err;
}

/* Numbers are never given twice, not even those of rows that are in the history. */
#define RAISE(table, newest)                                                                                           \
  "SELECT setval(pg_get_serial_sequence('" table "', 'seq'), greatest(nextval(pg_get_serial_sequence('" table          \
  "', 'seq')), " newest "));"
#define MAX_OF(table) "(SELECT coalesce(max(seq), 1) FROM " table ")"

static int commit(struct dump_writer *base, struct buf *error) {
  struct pg_dump_writer *w = writer_of(base);
  int err = end_copy(w, error);
  if (!err)
    err = dump_pg_run(&w->c,
                      RAISE("room_updates", MAX_OF("room_updates") ", " MAX_OF("room_history"))
                          RAISE("room_snapshots", MAX_OF("room_snapshots")) "SET LOCAL synchronous_commit = on;",
                      error);
  return err ? err : dump_pg_run(&w->c, "COMMIT", error);
}

static void close_writer(struct dump_writer *base) {
  struct pg_dump_writer *w = writer_of(base);
  dump_pg_close(&w->c); /* rolls back what was not committed */
  buf_deinit(&w->out);
  free(w);
}

static const struct dump_writer_ops ops = {add_room, add_row, commit, close_writer};

/* ---- opening ---- */

static int take_alone(struct pg_dump_writer *w, struct buf *error) {
  char got[8], who[200];
  int err = dump_pg_ask(&w->c, "SELECT pg_try_advisory_lock(" PG_USE_LOCK ")", got, sizeof got, error);
  if (err || got[0] == 't') return err;
  err = dump_pg_ask(&w->c,
                    "SELECT string_agg(DISTINCT coalesce(host(client_addr), 'this machine'), ', ') FROM pg_locks "
                    "JOIN pg_stat_activity USING (pid) WHERE locktype = 'advisory' AND objid = " PG_USE_LOCK
                    " AND pid <> pg_backend_pid()",
                    who, sizeof who, error);
  if (err) return err;
  (void)!buf_printf(error, "%s is in use by a server (on %s): stop it first\n", w->c.where, who[0] ? who : "?");
  return ERR_BUSY;
}

/** Nobody appends before the commit: numbers would be given twice. */
static int lock_rows(struct pg_dump_writer *w, struct buf *error) {
  char last[24] = "", snapshot[24] = "";
  int err =
      dump_pg_run(&w->c, "LOCK TABLE room_updates, room_snapshots, room_history IN SHARE ROW EXCLUSIVE MODE", error);
  if (!err)
    err = dump_pg_ask(&w->c, "SELECT nextval(pg_get_serial_sequence('room_updates', 'seq'))", last, sizeof last, error);
  if (!err)
    err = dump_pg_ask(&w->c, "SELECT nextval(pg_get_serial_sequence('room_snapshots', 'seq'))", snapshot,
                      sizeof snapshot, error);
  w->last_seq = strtoull(last, NULL, 10);
  w->last_snapshot = strtoull(snapshot, NULL, 10);
  return err;
}

/** Adding to an older database would bring it up to date under servers that run; whoever replaces it is alone. */
static int check_schema(struct pg_dump_writer *w, bool replace, struct buf *error) {
  int version = 0;
  int err = dump_pg_version(&w->c, &version, error);
  if (err || !version || version == PG_SCHEMA_NEWEST || (replace && version < PG_SCHEMA_NEWEST)) return err;
  return dump_pg_refuse_version(&w->c, version, error);
}

static int begin(struct pg_dump_writer *w, bool replace, struct buf *error) {
  int err = replace ? take_alone(w, error) : 0;
  if (!err) err = dump_pg_run(&w->c, "SET client_min_messages = warning; BEGIN", error);
  if (!err) err = dump_pg_run(&w->c, "SELECT pg_advisory_xact_lock(" PG_SCHEMA_LOCK ")", error);
  if (!err) err = check_schema(w, replace, error);
  for (size_t i = 0; i < PG_SCHEMA_STEPS && !err; i++) err = dump_pg_run(&w->c, pg_schema_steps[i], error);
  if (!err && replace) err = dump_pg_run(&w->c, "TRUNCATE rooms, room_updates, room_snapshots, room_history", error);
  if (!err && !replace) err = lock_rows(w, error);
  return err;
}

int dump_write_postgres(const struct config_db *db, bool replace, struct dump_writer **out, struct buf *error) {
  struct pg_dump_writer *w = calloc(1, sizeof *w);
  if (!w) return ERR_NOMEM;
  w->writer.ops = &ops;
  w->target = INTO_NOTHING;
  w->adds = !replace;
  int err = dump_pg_connect(db, &w->c, error);
  if (!err) err = begin(w, replace, error);
  if (err)
    close_writer(&w->writer);
  else
    *out = &w->writer;
  return err;
}
