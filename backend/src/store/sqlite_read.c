/* SPDX-License-Identifier: MIT */
#include "store/sqlite_read.h"

#include <stdio.h>

#include "store/sqlite_schema.h"
#include "store/sqlite_values.h"

static struct store_room column_room(sqlite3_stmt *stmt) {
  return (struct store_room){
      .id = sqlite_text_at(stmt, 0),
      .name = sqlite_text_at(stmt, 1),
      .language = sqlite_text_at(stmt, 2),
      .owner_name = sqlite_text_at(stmt, 3),
      .owner_mail = sqlite_text_at(stmt, 4),
      .created_at = sqlite_number_at(stmt, 5),
      .updated_at = sqlite_number_at(stmt, 6),
  };
}

/** The checksum in a column, NULL where there is none. */
static const uint64_t *column_crc(sqlite3_stmt *stmt, int at, uint64_t *crc) {
  *crc = sqlite_number_at(stmt, at);
  return sqlite3_column_type(stmt, at) == SQLITE_NULL ? NULL : crc;
}

static int take_room(struct request *r, sqlite3_stmt *stmt) {
  struct store_room room = column_room(stmt);
  if (r->kind == REQUEST_LIST) return request_add_room(r, &room);
  r->update_rows = sqlite_number_at(stmt, 7);
  r->snapshot_rows = sqlite_number_at(stmt, 8);
  r->loaded.history_rows = sqlite_number_at(stmt, 9);
  r->loaded.history_bytes = sqlite_number_at(stmt, 10);
  return request_set_room(r, &room);
}

static struct store_row column_row(sqlite3_stmt *stmt) {
  return (struct store_row){
      .seq = sqlite_number_at(stmt, 0),
      .at = sqlite_number_at(stmt, 1),
      .author = sqlite_text_at(stmt, 2),
      .data = sqlite3_column_blob(stmt, 3), /* NULL when only heads are wanted */
      .len = (size_t)sqlite3_column_int64(stmt, 4),
      .from = sqlite_number_at(stmt, 6),
      .updates = sqlite_number_at(stmt, 7),
      .moved = sqlite3_column_int(stmt, 8) != 0,
  };
}

static int take_snapshot(struct request *r, sqlite3_stmt *stmt) {
  uint64_t crc;
  struct store_row row = column_row(stmt);
  return request_add_snapshot(r, &row, column_crc(stmt, 5, &crc));
}

static int take_row(struct request *r, sqlite3_stmt *stmt) {
  uint64_t crc;
  struct store_row row = column_row(stmt);
  return request_add_row(r, &row, column_crc(stmt, 5, &crc));
}

static int explain(struct sqlite_statements *s, struct request *r, int err, char *reason, size_t cap) {
  int rc = sqlite3_errcode(s->handle);
  bool ours = rc == SQLITE_OK || rc == SQLITE_ROW || rc == SQLITE_DONE;
  if (err == ERR_CORRUPT && !ours && r->kind != REQUEST_LIST)
    snprintf(r->damage.what, sizeof r->damage.what, "the database file is damaged: %s", sqlite3_errmsg(s->handle));
  bool told = err == ERR_CORRUPT && r->kind != REQUEST_LIST;
  snprintf(reason, cap, "%s", told ? r->damage.what : ours ? err_text(err) : sqlite3_errmsg(s->handle));
  return err;
}

/** Step through a select with its parameters bound; *rows counts what @take took. */
static int select_rows(struct sqlite_statements *s, enum sqlite_statement which, struct request *r,
                       int (*take)(struct request *, sqlite3_stmt *), size_t *rows, char *reason, size_t cap) {
  sqlite3_stmt *stmt = s->prepared[which];
  int err = 0, rc = SQLITE_OK;
  while (!err && !r->enough && (rc = sqlite3_step(stmt)) == SQLITE_ROW) {
    err = take(r, stmt);
    if (!err && rows) ++*rows;
  }
  if (!err && !r->enough) err = rc == SQLITE_DONE ? 0 : sqlite_schema_err(rc);
  if (err) explain(s, r, err, reason, cap);
  sqlite3_reset(stmt);
  sqlite3_clear_bindings(stmt);
  return err;
}

/** The snapshots and what is not in them. */
static int read_state(struct sqlite_statements *s, struct request *r, char *reason, size_t cap) {
  sqlite_bind_text(s->prepared[STMT_GET_SNAPSHOTS], 1, r->room.id);
  sqlite_bind_text(s->prepared[STMT_GET_ROWS], 1, r->room.id);
  int err = select_rows(s, STMT_GET_SNAPSHOTS, r, take_snapshot, NULL, reason, cap);
  if (!err) err = select_rows(s, STMT_GET_ROWS, r, take_row, NULL, reason, cap);
  if (!err && (err = request_check_load(r)) != 0) snprintf(reason, cap, "%s", r->damage.what);
  return err;
}

static int read_log(struct sqlite_statements *s, struct request *r, char *reason, size_t cap) {
  enum sqlite_statement which = r->span.heads_only ? STMT_GET_HEADS : STMT_GET_HISTORY;
  sqlite3_stmt *stmt = s->prepared[which];
  uint64_t upto = r->span.upto && r->span.upto < INT64_MAX ? r->span.upto : INT64_MAX;
  sqlite_bind_text(stmt, 1, r->room.id);
  sqlite_bind_number(stmt, 2, r->span.after < INT64_MAX ? r->span.after : INT64_MAX);
  sqlite_bind_number(stmt, 3, upto);
  sqlite3_bind_int64(stmt, 4, r->span.max_rows && r->span.max_rows < INT32_MAX ? (sqlite3_int64)r->span.max_rows : -1);
  return select_rows(s, which, r, take_row, NULL, reason, cap);
}

/* One transaction: room, snapshot and rows belong to the same moment. */
int sqlite_read_room(struct sqlite_statements *s, struct request *r, char *reason, size_t cap) {
  size_t rooms = 0;
  int err = sqlite_schema_err(sqlite_run(s, STMT_BEGIN_READ, NULL));
  if (err) return explain(s, r, err, reason, cap);
  sqlite_bind_text(s->prepared[STMT_GET_ROOM], 1, r->room.id);
  err = select_rows(s, STMT_GET_ROOM, r, take_room, &rooms, reason, cap);
  if (!err && !rooms) err = ERR_NOT_FOUND;
  if (!err) err = (r->kind == REQUEST_LOAD ? read_state : read_log)(s, r, reason, cap);
  if (sqlite_run(s, STMT_COMMIT, NULL) != SQLITE_OK && !sqlite3_get_autocommit(s->handle))
    (void)!sqlite_run(s, STMT_ROLLBACK, NULL);
  return err;
}

int sqlite_read_list(struct sqlite_statements *s, struct request *r, char *reason, size_t cap) {
  sqlite_bind_text(s->prepared[STMT_LIST_ROOMS], 1, r->mail);
  sqlite3_bind_int64(s->prepared[STMT_LIST_ROOMS], 2, r->count > INT32_MAX ? INT32_MAX : (sqlite3_int64)r->count);
  return select_rows(s, STMT_LIST_ROOMS, r, take_room, NULL, reason, cap);
}
