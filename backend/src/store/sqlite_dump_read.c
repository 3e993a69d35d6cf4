/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/sqlite_dump.h"
#include "store/sqlite_schema.h"
#include "store/sqlite_values.h"

#define ROOM_COLUMNS                                                                                                   \
  "SELECT id, name, language, owner_name, owner_mail, created_at, updated_at, update_rows, snapshot_rows, "            \
  "history_rows, history_bytes FROM rooms "

enum query { NEXT_ROOM, FIND_ROOM, SNAPSHOTS, HISTORY, UPDATES, QUERY_COUNT };

static const char *const query_sql[QUERY_COUNT] = {
    [NEXT_ROOM] = ROOM_COLUMNS "WHERE id > ?1 ORDER BY id LIMIT 1",
    [FIND_ROOM] = ROOM_COLUMNS "WHERE id = ?1",
    [SNAPSHOTS] = "SELECT seq, 0, '', payload, crc, 0, 1 FROM room_snapshots WHERE room_id = ?1 ORDER BY seq",
    [HISTORY] =
        "SELECT seq, at, author, payload, crc, from_at, updates FROM room_history WHERE room_id = ?1 ORDER BY seq",
    [UPDATES] = "SELECT seq, at, author, payload, crc, at, 1 FROM room_updates WHERE room_id = ?1 ORDER BY seq",
};

struct sqlite_reader {
  struct dump_reader reader; /* first */
  sqlite3 *handle;
  sqlite3_stmt *queries[QUERY_COUNT];
  char path[];
};

static struct sqlite_reader *reader_of(struct dump_reader *r) {
  return (struct sqlite_reader *)r;
}

int dump_sqlite_fail(sqlite3 *handle, int rc, const char *doing, const char *path, struct buf *error) {
  int err = sqlite_schema_err(rc);
  const char *why = handle ? sqlite3_errmsg(handle) : sqlite3_errstr(rc);
  const char *remedy = "";
  if (err == ERR_CORRUPT)
    remedy = ": the database is damaged; restore a backup, or save with yoke room export what can be read of each room";
  if ((rc & 0xff) == SQLITE_FULL) remedy = ": free some space on that disk, or choose another place";
  if (err == ERR_BUSY) remedy = ": another process holds its lock; try again";
  (void)!buf_printf(error, "cannot %s %s: %s%s\n", doing, path, why, remedy);
  return err ? err : ERR_IO;
}

static int fail(struct sqlite_reader *r, int rc, struct buf *error) {
  return dump_sqlite_fail(r->handle, rc, "read", r->path, error);
}

static int totals(struct dump_reader *base, struct dump_totals *out, struct buf *error) {
  struct sqlite_reader *r = reader_of(base);
  sqlite3_stmt *stmt = NULL;
  int rc = sqlite3_prepare_v2(
      r->handle, "SELECT count(*), coalesce(sum(update_rows + snapshot_rows + history_rows), 0) FROM rooms", -1, &stmt,
      NULL);
  if (rc == SQLITE_OK) rc = sqlite3_step(stmt);
  if (rc == SQLITE_ROW) *out = (struct dump_totals){sqlite_number_at(stmt, 0), sqlite_number_at(stmt, 1)};
  sqlite3_finalize(stmt);
  return rc == SQLITE_ROW ? 0 : fail(r, rc, error);
}

/* The statement is reset by the next call: until then its texts hold. */
static int one_room(struct sqlite_reader *r, enum query which, const char *id, struct dump_room *out,
                    struct buf *error) {
  sqlite3_stmt *stmt = r->queries[which];
  sqlite3_reset(stmt);
  sqlite3_bind_text(stmt, 1, id, -1, SQLITE_TRANSIENT);
  int rc = sqlite3_step(stmt);
  if (rc == SQLITE_DONE) return ERR_NOT_FOUND;
  if (rc != SQLITE_ROW) return fail(r, rc, error);
  *out = (struct dump_room){
      .room = {sqlite_text_at(stmt, 0), sqlite_text_at(stmt, 1), sqlite_text_at(stmt, 2), sqlite_text_at(stmt, 3),
               sqlite_text_at(stmt, 4), sqlite_number_at(stmt, 5), sqlite_number_at(stmt, 6)},
      .update_rows = sqlite_number_at(stmt, 7),
      .snapshot_rows = sqlite_number_at(stmt, 8),
      .history_rows = sqlite_number_at(stmt, 9),
      .history_bytes = sqlite_number_at(stmt, 10),
  };
  return 0;
}

static int next_room(struct dump_reader *base, const char *after, struct dump_room *out, struct buf *error) {
  return one_room(reader_of(base), NEXT_ROOM, after, out, error);
}

static int find_room(struct dump_reader *base, const char *id, struct dump_room *out, struct buf *error) {
  return one_room(reader_of(base), FIND_ROOM, id, out, error);
}

static struct dump_row row_at(sqlite3_stmt *stmt, enum dump_table table) {
  return (struct dump_row){
      .table = table,
      .row = {.seq = sqlite_number_at(stmt, 0),
              .at = sqlite_number_at(stmt, 1),
              .author = sqlite_text_at(stmt, 2),
              .data = sqlite3_column_blob(stmt, 3),
              .len = (size_t)sqlite3_column_bytes(stmt, 3),
              .from = sqlite_number_at(stmt, 5),
              .updates = sqlite_number_at(stmt, 6),
              .moved = table == DUMP_HISTORY},
      .summed = sqlite3_column_type(stmt, 4) != SQLITE_NULL,
      .crc = sqlite_number_at(stmt, 4),
  };
}

static int rows(struct dump_reader *base, const char *room_id, dump_row_fn fn, void *ctx, struct buf *error) {
  struct sqlite_reader *r = reader_of(base);
  int err = 0, rc = SQLITE_DONE;
  for (int table = DUMP_SNAPSHOT; table <= DUMP_UPDATE && !err; table++) {
    sqlite3_stmt *stmt = r->queries[SNAPSHOTS + table];
    sqlite3_bind_text(stmt, 1, room_id, -1, SQLITE_TRANSIENT);
    while (!err && (rc = sqlite3_step(stmt)) == SQLITE_ROW) {
      struct dump_row row = row_at(stmt, (enum dump_table)table);
      err = fn(ctx, &row);
    }
    if (!err && rc != SQLITE_DONE) err = fail(r, rc, error);
    sqlite3_reset(stmt);
  }
  return err;
}

static int check(struct dump_reader *base, struct buf *error) {
  struct sqlite_reader *r = reader_of(base);
  sqlite3_stmt *stmt = NULL;
  int err = 0, rc = sqlite3_prepare_v2(r->handle, "PRAGMA quick_check(20)", -1, &stmt, NULL);
  while (rc == SQLITE_OK && sqlite3_step(stmt) == SQLITE_ROW) {
    if (strcmp(sqlite_text_at(stmt, 0), "ok") == 0) continue;
    (void)!buf_printf(error, "%s: %s\n", r->path, sqlite_text_at(stmt, 0));
    err = ERR_CORRUPT;
  }
  sqlite3_finalize(stmt);
  return rc == SQLITE_OK ? err : fail(r, rc, error);
}

static void close_reader(struct dump_reader *base) {
  struct sqlite_reader *r = reader_of(base);
  for (size_t i = 0; i < QUERY_COUNT; i++) sqlite3_finalize(r->queries[i]);
  sqlite3_close(r->handle);
  free(r);
}

static const struct dump_reader_ops ops = {totals, next_room, find_room, rows, check, close_reader};

int dump_sqlite_open(const char *path, sqlite3 **out, struct buf *error) {
  if (access(path, F_OK) != 0) {
    (void)!buf_printf(error, "%s: %s\n", path, strerror(errno));
    return ERR_NOT_FOUND;
  }
  int rc = sqlite3_open_v2(path, out, SQLITE_OPEN_READWRITE, NULL);
  if (rc == SQLITE_OK) sqlite3_busy_timeout(*out, 10000);
  int err = rc == SQLITE_OK ? 0 : dump_sqlite_fail(*out, rc, "open", path, error);
  return err ? err : sqlite_schema_check(*out, path, error);
}

int dump_read_sqlite(const char *path, struct dump_reader **out, struct buf *error) {
  struct sqlite_reader *r = calloc(1, sizeof *r + strlen(path) + 1);
  if (!r) return ERR_NOMEM;
  r->reader.ops = &ops;
  strcpy(r->path, path);
  int err = dump_sqlite_open(path, &r->handle, error);
  int rc = err ? SQLITE_OK : sqlite3_exec(r->handle, "BEGIN; SELECT count(*) FROM sqlite_schema", NULL, NULL, NULL);
  for (size_t i = 0; i < QUERY_COUNT && !err && rc == SQLITE_OK; i++)
    rc = sqlite3_prepare_v2(r->handle, query_sql[i], -1, &r->queries[i], NULL);
  if (rc != SQLITE_OK) err = fail(r, rc, error);
  if (err)
    close_reader(&r->reader);
  else
    *out = &r->reader;
  return err;
}
