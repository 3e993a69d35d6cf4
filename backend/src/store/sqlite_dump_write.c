/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/sqlite_dump.h"
#include "store/sqlite_schema.h"
#include "store/sqlite_values.h"

enum statement { ADD_ROOM, ADD_SNAPSHOT, ADD_HISTORY, ADD_UPDATE, STATEMENT_COUNT };

static const char *const statement_sql[STATEMENT_COUNT] = {
    [ADD_ROOM] = "INSERT INTO rooms (id, name, language, owner_name, owner_mail, created_at, updated_at, update_rows, "
                 "snapshot_rows, history_rows, history_bytes) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    [ADD_SNAPSHOT] = "INSERT INTO room_snapshots (seq, room_id, payload, crc) VALUES (?1, ?2, ?5, ?6)",
    [ADD_HISTORY] = "INSERT INTO room_history (seq, room_id, at, author, payload, crc, from_at, updates) "
                    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    [ADD_UPDATE] = "INSERT INTO room_updates (seq, room_id, at, author, payload, crc) "
                   "VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
};

struct sqlite_writer {
  struct dump_writer writer; /* first */
  sqlite3 *handle;
  sqlite3_stmt *statements[STATEMENT_COUNT];
  uint64_t last_seq; /* that was given out before */
  bool adds;         /* to a database; otherwise a new file, which goes away unless committed */
  bool committed;
  char path[];
};

static struct sqlite_writer *writer_of(struct dump_writer *w) {
  return (struct sqlite_writer *)w;
}

static int fail(struct sqlite_writer *w, int rc, struct buf *error) {
  return dump_sqlite_fail(w->handle, rc, "write", w->path, error);
}

static int finish(struct sqlite_writer *w, sqlite3_stmt *stmt, struct buf *error) {
  int rc = sqlite3_step(stmt);
  int err = rc == SQLITE_DONE ? 0 : fail(w, rc, error);
  sqlite3_reset(stmt);
  sqlite3_clear_bindings(stmt);
  return err;
}

/** ERR_EXISTS without a line: the caller knows better what to do about it. */
static int has_room(struct sqlite_writer *w, const char *id) {
  sqlite3_stmt *stmt = NULL;
  if (sqlite3_prepare_v2(w->handle, "SELECT 1 FROM rooms WHERE id = ?1", -1, &stmt, NULL) != SQLITE_OK) return 0;
  sqlite_bind_text(stmt, 1, id);
  int rc = sqlite3_step(stmt);
  sqlite3_finalize(stmt);
  return rc == SQLITE_ROW ? ERR_EXISTS : 0;
}

static int add_room(struct dump_writer *base, const struct dump_room *room, struct buf *error) {
  struct sqlite_writer *w = writer_of(base);
  sqlite3_stmt *stmt = w->statements[ADD_ROOM];
  const struct store_room *r = &room->room;
  if (has_room(w, r->id)) return ERR_EXISTS;
  const char *const texts[] = {r->id, r->name, r->language, r->owner_name, r->owner_mail};
  const uint64_t numbers[] = {r->created_at,       r->updated_at,      room->update_rows,
                              room->snapshot_rows, room->history_rows, room->history_bytes};
  for (int i = 0; i < 5; i++) sqlite_bind_text(stmt, 1 + i, texts[i]);
  for (int i = 0; i < 6; i++) sqlite_bind_number(stmt, 6 + i, numbers[i]);
  return finish(w, stmt, error);
}

/** Rows added to others come after them, as far from each other as they were. */
static uint64_t shifted(const struct sqlite_writer *w, uint64_t seq) {
  return w->adds ? seq - w->writer.first_seq + w->last_seq + 1 : seq;
}

static int add_row(struct dump_writer *base, const char *room_id, const struct dump_row *row, struct buf *error) {
  struct sqlite_writer *w = writer_of(base);
  sqlite3_stmt *stmt = w->statements[ADD_SNAPSHOT + (int)row->table];
  const struct store_row *r = &row->row;
  if (row->table != DUMP_SNAPSHOT)
    sqlite_bind_number(stmt, 1, shifted(w, r->seq));
  else if (!w->adds)
    sqlite_bind_number(stmt, 1, r->seq);
  sqlite_bind_text(stmt, 2, room_id);
  int rc = sqlite3_bind_blob64(stmt, 5, r->data ? (const void *)r->data : "", r->len, SQLITE_STATIC);
  if (row->summed) sqlite_bind_number(stmt, 6, row->crc);
  if (row->table != DUMP_SNAPSHOT) {
    sqlite_bind_number(stmt, 3, r->at);
    sqlite_bind_text(stmt, 4, r->author);
  }
  if (row->table == DUMP_HISTORY) {
    sqlite_bind_number(stmt, 7, r->from);
    sqlite_bind_number(stmt, 8, r->updates);
  }
  return rc == SQLITE_OK ? finish(w, stmt, error) : fail(w, rc, error);
}

int dump_sync(const char *path, struct buf *error) {
  int fd = open(path, O_RDWR | O_CLOEXEC);
  int err = fd >= 0 && fsync(fd) == 0 ? 0 : ERR_IO;
  if (err) (void)!buf_printf(error, "cannot write %s to disk: %s\n", path, strerror(errno));
  if (fd >= 0) close(fd);
  return err;
}

/* Numbers are never given twice, not even those of rows that are in the history. */
#define RAISE_SEQ                                                                                                      \
  "INSERT INTO sqlite_sequence (name, seq) SELECT 'room_updates', 0 "                                                  \
  "WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'room_updates');"                                      \
  "UPDATE sqlite_sequence SET seq = max(seq, (SELECT coalesce(max(seq), 0) FROM room_history)) "                       \
  "WHERE name = 'room_updates';"

static int commit(struct dump_writer *base, struct buf *error) {
  struct sqlite_writer *w = writer_of(base);
  int rc = sqlite3_exec(w->handle, RAISE_SEQ "COMMIT", NULL, NULL, NULL);
  if (rc != SQLITE_OK) return fail(w, rc, error);
  for (size_t i = 0; i < STATEMENT_COUNT; i++) sqlite3_finalize(w->statements[i]);
  memset(w->statements, 0, sizeof w->statements);
  if (!w->adds) { /* the transaction was not made safe on the way */
    rc = sqlite3_close(w->handle);
    w->handle = NULL;
    if (rc != SQLITE_OK) return fail(w, rc, error);
    int err = dump_sync(w->path, error);
    if (err) return err;
  }
  w->committed = true;
  return 0;
}

static void close_writer(struct dump_writer *base) {
  struct sqlite_writer *w = writer_of(base);
  for (size_t i = 0; i < STATEMENT_COUNT; i++) sqlite3_finalize(w->statements[i]);
  sqlite3_close(w->handle);
  if (!w->adds && !w->committed && w->path[0]) unlink(w->path);
  free(w);
}

static const struct dump_writer_ops ops = {add_room, add_row, commit, close_writer};

bool dump_settle_sqlite(const char *path) {
  sqlite3 *handle = NULL;
  struct buf log = BUF_INIT;
  if (sqlite3_open_v2(path, &handle, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK)
    sqlite3_exec(handle, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL);
  sqlite3_close(handle); /* the last to close removes the log */
  bool settled = buf_printf(&log, "%s-wal%c", path, 0) == 0 && access((const char *)log.data, F_OK) != 0;
  buf_deinit(&log);
  return settled;
}

static int create(const char *path, struct sqlite_writer **out) {
  struct sqlite_writer *w = calloc(1, sizeof *w + strlen(path) + 1);
  if (!w) return ERR_NOMEM;
  w->writer.ops = &ops;
  strcpy(w->path, path);
  *out = w;
  return 0;
}

static int begin(struct sqlite_writer *w, const char *sql, struct buf *error) {
  int rc = sqlite3_exec(w->handle, sql, NULL, NULL, NULL);
  for (size_t i = 0; i < STATEMENT_COUNT && rc == SQLITE_OK; i++)
    rc = sqlite3_prepare_v2(w->handle, statement_sql[i], -1, &w->statements[i], NULL);
  return rc == SQLITE_OK ? 0 : fail(w, rc, error);
}

int dump_write_file(const char *path, struct dump_writer **out, struct buf *error) {
  int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) {
    (void)!buf_printf(error, "cannot write %s: %s\n", path, strerror(errno));
    return errno == EEXIST ? ERR_EXISTS : ERR_IO;
  }
  close(fd);
  struct sqlite_writer *w = NULL;
  int err = create(path, &w);
  if (err) return err;
  int rc = sqlite3_open_v2(path, &w->handle, SQLITE_OPEN_READWRITE, NULL);
  if (rc == SQLITE_OK)
    rc = sqlite3_exec(w->handle, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;", NULL, NULL, NULL);
  err = rc == SQLITE_OK ? sqlite_schema_migrate(w->handle, path, error) : fail(w, rc, error);
  if (!err) err = begin(w, "BEGIN", error);
  if (err) {
    if (error->len && error->data[error->len - 1] != '\n') (void)!buf_append_str(error, "\n");
    close_writer(&w->writer);
  } else {
    *out = &w->writer;
  }
  return err;
}

static int find_last_seq(struct sqlite_writer *w, struct buf *error) {
  sqlite3_stmt *stmt = NULL;
  int rc = sqlite3_prepare_v2(w->handle,
                              "SELECT max(coalesce((SELECT max(seq) FROM room_history), 0), "
                              "coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'room_updates'), 0))",
                              -1, &stmt, NULL);
  if (rc == SQLITE_OK) rc = sqlite3_step(stmt);
  if (rc == SQLITE_ROW) w->last_seq = sqlite_number_at(stmt, 0);
  sqlite3_finalize(stmt);
  return rc == SQLITE_ROW ? 0 : fail(w, rc, error);
}

int dump_add_sqlite(const char *path, struct dump_writer **out, struct buf *error) {
  struct sqlite_writer *w = NULL;
  int err = create(path, &w);
  if (err) return err;
  w->adds = true;
  err = dump_sqlite_open(path, &w->handle, error);
  if (!err) err = begin(w, "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; BEGIN IMMEDIATE", error);
  if (!err) err = find_last_seq(w, error);
  if (err)
    close_writer(&w->writer);
  else
    *out = &w->writer;
  return err;
}
