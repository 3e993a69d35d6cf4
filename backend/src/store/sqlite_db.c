/* SPDX-License-Identifier: MIT */
#include "store/sqlite_db.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "store/folder.h"
#include "store/rewrite.h"
#include "store/rowsum.h"
#include "store/sqlite_schema.h"

/* How long a statement waits for another process' lock before the core hears of it. */
enum { BUSY_MS = 200 };

/* The columns of a row, as take_row() reads them. */
#define ROW_COLUMNS(payload, from, updates, moved)                                                                     \
  "SELECT seq, at, author, " payload ", length(payload), crc, " from ", " updates ", " moved
#define LOG_WHERE " WHERE room_id = ?1 AND seq > ?2 AND seq <= ?3"
#define LOG_OF_ROOM(payload)                                                                                           \
  ROW_COLUMNS(payload, "from_at", "updates", "1")                                                                      \
  " FROM room_history" LOG_WHERE " UNION ALL " ROW_COLUMNS(payload, "at", "1", "0") " FROM room_updates" LOG_WHERE     \
                                                                                    " ORDER BY seq LIMIT ?4"

#define STATEMENTS(X)                                                                                                  \
  X(BEGIN_READ, "BEGIN")                                                                                               \
  X(BEGIN_WRITE, "BEGIN IMMEDIATE")                                                                                    \
  X(COMMIT, "COMMIT")                                                                                                  \
  X(ROLLBACK, "ROLLBACK")                                                                                              \
  X(COUNT_ROOMS, "SELECT count(*) FROM rooms")                                                                         \
  X(ADD_ROOM, "INSERT INTO rooms (id, name, language, owner_name, owner_mail, created_at, updated_at, "                \
              "update_rows) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 1) ON CONFLICT DO NOTHING")                            \
  X(TOUCH_ROOM, "UPDATE rooms SET updated_at = max(updated_at, ?2), update_rows = update_rows + ?3 WHERE id = ?1")     \
  X(UNCOUNT, "UPDATE rooms SET update_rows = update_rows - 1 WHERE id = ?1")                                           \
  X(COUNT_MOVED, "UPDATE rooms SET update_rows = update_rows - ?2, history_rows = history_rows + ?2, "                 \
                 "history_bytes = history_bytes + ?3 WHERE id = ?1")                                                   \
  X(COUNT_SNAPSHOTS, "UPDATE rooms SET snapshot_rows = snapshot_rows + ?2 - ?3 WHERE id = ?1")                         \
  X(COUNT_THINNED, "UPDATE rooms SET history_rows = history_rows - ?2, history_bytes = history_bytes - ?3 "            \
                   "WHERE id = ?1")                                                                                    \
  X(UPDATE_ROOM, "UPDATE rooms SET updated_at = max(updated_at, ?2), name = coalesce(?3, name), "                      \
                 "language = coalesce(?4, language) WHERE id = ?1")                                                    \
  X(DELETE_ROOM, "DELETE FROM rooms WHERE id = ?1")                                                                    \
  X(HAS_ROOM, "SELECT 1 FROM rooms WHERE id = ?1")                                                                     \
  X(HAS_ROW, "SELECT 1 FROM room_updates WHERE seq = ?1 AND room_id = ?2 AND payload = ?3")                            \
  X(ADD_ROW, "INSERT INTO room_updates (room_id, at, author, payload, crc) VALUES (?1, ?2, ?3, ?4, ?5)")               \
  X(KEEP_ROW, "INSERT INTO room_history (seq, room_id, at, author, payload, crc, from_at) "                            \
              "SELECT seq, room_id, at, author, payload, crc, at FROM room_updates WHERE seq = ?1 AND room_id = ?2 "   \
              "RETURNING length(payload)")                                                                             \
  X(HAS_OLD, "SELECT length(payload) FROM room_history WHERE seq = ?1 AND room_id = ?2")                               \
  X(DROP_OLD, "DELETE FROM room_history WHERE seq = ?1 AND room_id = ?2")                                              \
  X(MERGE_OLD, "UPDATE room_history SET payload = ?3, crc = ?4, from_at = ?5, updates = ?6 "                           \
               "WHERE seq = ?1 AND room_id = ?2")                                                                      \
  X(DROP_ROW, "DELETE FROM room_updates WHERE seq = ?1 AND room_id = ?2")                                              \
  X(HAS_SNAPSHOT, "SELECT 1 FROM room_snapshots WHERE seq = ?1 AND room_id = ?2 AND payload = ?3")                     \
  X(DROP_SNAPSHOT, "DELETE FROM room_snapshots WHERE seq = ?1 AND room_id = ?2 RETURNING length(payload)")             \
  X(ADD_SNAPSHOT, "INSERT INTO room_snapshots (room_id, payload, crc) VALUES (?1, ?2, ?3)")                            \
  X(GET_ROOM, "SELECT id, name, language, owner_name, owner_mail, created_at, updated_at, update_rows, "               \
              "snapshot_rows, history_rows, history_bytes FROM rooms WHERE id = ?1")                                   \
  X(GET_SNAPSHOTS, "SELECT seq, 0, '', payload, length(payload), crc, 0, 1, 0 FROM room_snapshots "                    \
                   "WHERE room_id = ?1 ORDER BY seq")                                                                  \
  X(GET_ROWS, ROW_COLUMNS("payload", "at", "1", "0") " FROM room_updates WHERE room_id = ?1 ORDER BY seq")             \
  X(GET_HISTORY, LOG_OF_ROOM("payload"))                                                                               \
  X(GET_HEADS, LOG_OF_ROOM("NULL"))                                                                                    \
  X(LIST_ROOMS, "SELECT id, name, language, owner_name, owner_mail, created_at, updated_at FROM rooms "                \
                "WHERE owner_mail = ?1 ORDER BY updated_at DESC, id LIMIT ?2")

enum statement {
#define STATEMENT_ENUM(name, sql) STMT_##name,
  STATEMENTS(STATEMENT_ENUM)
#undef STATEMENT_ENUM
      STMT_COUNT
};

static const char *const statement_sql[STMT_COUNT] = {
#define STATEMENT_SQL(name, sql) [STMT_##name] = sql,
    STATEMENTS(STATEMENT_SQL)
#undef STATEMENT_SQL
};

struct sqlite_db {
  sqlite3 *handle; /* NULL: closed after a failure */
  sqlite3_stmt *stmts[STMT_COUNT];
  uint64_t rooms, rooms_max;
  bool unsafe;     /* what the log holds may not be on disk, though fsync would say so */
  bool recovering; /* no write before the log was checkpointed */
  char path[];
};

/* Opening ------------------------------------------------------------------ */

static void close_handle(struct sqlite_db *db) {
  for (size_t i = 0; i < STMT_COUNT; i++) sqlite3_finalize(db->stmts[i]);
  memset(db->stmts, 0, sizeof db->stmts);
  sqlite3_close(db->handle); /* the last connection checkpoints and removes the log */
  db->handle = NULL;
}

static int prepare_all(struct sqlite_db *db) {
  int rc = SQLITE_OK;
  for (size_t i = 0; i < STMT_COUNT && rc == SQLITE_OK; i++)
    rc = sqlite3_prepare_v3(db->handle, statement_sql[i], -1, SQLITE_PREPARE_PERSISTENT, &db->stmts[i], NULL);
  return rc;
}

static int count_rooms(struct sqlite_db *db) {
  sqlite3_stmt *stmt = db->stmts[STMT_COUNT_ROOMS];
  int rc = sqlite3_step(stmt);
  if (rc == SQLITE_ROW) db->rooms = (uint64_t)sqlite3_column_int64(stmt, 0);
  sqlite3_reset(stmt);
  return rc == SQLITE_ROW ? SQLITE_OK : rc;
}

/** Run a statement to its end; *rows is how many it returned (select) or changed. */
static int run(struct sqlite_db *db, enum statement which, int *rows);

static int open_handle(struct sqlite_db *db, struct buf *error) {
  /* Without SQLITE_OPEN_CREATE: a file that vanished while we ran must not come back empty. */
  int rc = sqlite3_open_v2(db->path, &db->handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
  int err = 0;
  if (rc == SQLITE_OK) {
    sqlite3_busy_timeout(db->handle, BUSY_MS);
    rc = sqlite3_exec(db->handle,
                      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
                      "PRAGMA journal_size_limit = 67108864; PRAGMA trusted_schema = OFF;",
                      NULL, NULL, NULL);
    /* Whatever stands in the way of WAL, the reason comes out of the first read below. */
    err = sqlite_schema_migrate(db->handle, db->path, error);
    if (err) goto close_file;
  }
  if (rc == SQLITE_OK) rc = prepare_all(db);
  if (rc == SQLITE_OK) rc = count_rooms(db);
  if (rc == SQLITE_OK) return 0;
  err = sqlite_schema_err(rc);
  (void)!buf_printf(error, "cannot open the database %s: %s", db->path,
                    db->handle ? sqlite3_errmsg(db->handle) : sqlite3_errstr(rc));
close_file:
  close_handle(db);
  return err;
}

static int create_file(const char *path, struct buf *error) {
  int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) {
    (void)!buf_printf(error, "cannot open the database %s: %s", path, strerror(errno));
    return ERR_IO;
  }
  close(fd);
  return 0;
}

int sqlite_db_create(const char *path, uint64_t rooms_max, struct sqlite_db **out, struct buf *error) {
  struct sqlite_db *db = calloc(1, sizeof *db + strlen(path) + 1);
  if (!db) return ERR_NOMEM;
  strcpy(db->path, path);
  db->rooms_max = rooms_max;
  /* What an earlier process wrote and we can read need not be on disk yet, if it was killed. */
  db->unsafe = db->recovering = true;
  int err = create_file(path, error);
  if (!err) err = open_handle(db, error);
  if (!err) err = folder_sync_name(path, error); /* and that of its log */
  if (err) {
    sqlite_db_destroy(db);
    return err;
  }
  *out = db;
  return 0;
}

void sqlite_db_destroy(struct sqlite_db *db) {
  if (!db) return;
  close_handle(db);
  free(db);
}

/**
 * SQLite reads from the log what it takes for committed, and copies it to the
 * database; if it is not on disk and the power fails then, what is left of the
 * log undoes what was copied. So write the log anew, and only then believe in
 * it. The write lock keeps others from adding to it meanwhile.
 */
static int make_log_safe(struct sqlite_db *db, char *reason, size_t cap) {
  struct buf log = BUF_INIT;
  int err = buf_printf(&log, "%s-wal%c", db->path, 0);
  if (!err) err = sqlite_schema_err(run(db, STMT_BEGIN_WRITE, NULL));
  if (err) {
    snprintf(reason, cap, "cannot lock the database: %s", sqlite3_errmsg(db->handle));
    buf_deinit(&log);
    return err;
  }
  err = rewrite_file((const char *)log.data);
  if (err) snprintf(reason, cap, "cannot write the database's log to disk: %s", strerror(errno));
  (void)run(db, STMT_ROLLBACK, NULL);
  db->unsafe = err != 0;
  buf_deinit(&log);
  return err;
}

/** After a failure: open again, and bring what the log holds safely into the database before it grows. */
static int ensure_open(struct sqlite_db *db, char *reason, size_t cap) {
  if (!db->handle) {
    struct buf error = BUF_INIT;
    int err = open_handle(db, &error);
    snprintf(reason, cap, "%.*s", (int)error.len, error.data ? (const char *)error.data : "out of memory");
    buf_deinit(&error);
    if (err) return err;
  }
  if (!db->recovering) return 0;
  int err = db->unsafe ? make_log_safe(db, reason, cap) : 0;
  if (err && err != ERR_BUSY) close_handle(db);
  if (err) return err;
  int busy_frames = 0, done_frames = 0;
  int rc = sqlite3_wal_checkpoint_v2(db->handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, &busy_frames, &done_frames);
  if (rc == SQLITE_OK) {
    db->recovering = false;
    return 0;
  }
  snprintf(reason, cap, "cannot checkpoint the database: %s", sqlite3_errmsg(db->handle));
  if ((rc & 0xff) != SQLITE_BUSY) close_handle(db);
  return sqlite_schema_err(rc);
}

/* Statements --------------------------------------------------------------- */

static void bind_text(sqlite3_stmt *stmt, int at, const char *text) {
  if (text)
    sqlite3_bind_text(stmt, at, text, -1, SQLITE_STATIC);
  else
    sqlite3_bind_null(stmt, at);
}

static void bind_number(sqlite3_stmt *stmt, int at, uint64_t value) {
  sqlite3_bind_int64(stmt, at, (sqlite3_int64)value);
}

static int bind_blob(sqlite3_stmt *stmt, int at, const struct blob *blob) {
  return sqlite3_bind_blob64(stmt, at, blob->data, blob->len, SQLITE_STATIC);
}

static int run(struct sqlite_db *db, enum statement which, int *rows) {
  sqlite3_stmt *stmt = db->stmts[which];
  int returned = 0, rc;
  while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) returned++;
  if (rows) *rows = sqlite3_stmt_readonly(stmt) ? returned : sqlite3_changes(db->handle);
  rc = rc == SQLITE_DONE ? SQLITE_OK : rc;
  int reset = sqlite3_reset(stmt);
  sqlite3_clear_bindings(stmt);
  return rc != SQLITE_OK ? rc : reset;
}

/* Writing ------------------------------------------------------------------ */

static int add_row(struct sqlite_db *db, struct request *r) {
  sqlite3_stmt *stmt = db->stmts[STMT_ADD_ROW];
  bind_text(stmt, 1, r->room.id);
  bind_number(stmt, 2, r->at);
  bind_text(stmt, 3, r->author);
  bind_number(stmt, 5, rowsum_of(r->room.id, r->author, r->at, r->payload));
  int rc = bind_blob(stmt, 4, r->payload);
  if (rc == SQLITE_OK) rc = run(db, STMT_ADD_ROW, NULL);
  if (rc == SQLITE_OK) r->seq = (uint64_t)sqlite3_last_insert_rowid(db->handle);
  return rc;
}

static int write_create(struct sqlite_db *db, struct request *r) {
  if (db->rooms >= db->rooms_max) {
    r->err = ERR_FULL;
    return SQLITE_OK;
  }
  sqlite3_stmt *stmt = db->stmts[STMT_ADD_ROOM];
  bind_text(stmt, 1, r->room.id);
  bind_text(stmt, 2, r->room.name);
  bind_text(stmt, 3, r->room.language);
  bind_text(stmt, 4, r->room.owner_name);
  bind_text(stmt, 5, r->room.owner_mail);
  bind_number(stmt, 6, r->room.created_at);
  bind_number(stmt, 7, r->room.updated_at);
  int added = 0;
  int rc = run(db, STMT_ADD_ROOM, &added);
  if (rc != SQLITE_OK) return rc;
  if (!added) {
    r->err = r->unsure ? 0 : ERR_EXISTS;
    return SQLITE_OK;
  }
  db->rooms++;
  return add_row(db, r);
}

/** Was this row or snapshot committed by a try whose outcome we could not learn? */
static int find_earlier(struct sqlite_db *db, enum statement which, const struct request *r, int *found) {
  sqlite3_stmt *stmt = db->stmts[which];
  bind_number(stmt, 1, r->seq);
  bind_text(stmt, 2, r->room.id);
  int rc = bind_blob(stmt, 3, r->payload);
  return rc == SQLITE_OK ? run(db, which, found) : rc;
}

static int write_append(struct sqlite_db *db, struct request *r) {
  int found = 0;
  int there = 0;
  int rc = r->unsure ? find_earlier(db, STMT_HAS_ROW, r, &found) : SQLITE_OK;
  if (rc != SQLITE_OK) return rc;
  enum statement which = r->last_of_room ? STMT_TOUCH_ROOM : STMT_HAS_ROOM;
  sqlite3_stmt *stmt = db->stmts[which];
  bind_text(stmt, 1, r->room.id);
  if (r->last_of_room) bind_number(stmt, 2, r->at);
  if (r->last_of_room) bind_number(stmt, 3, r->room_rows);
  rc = run(db, which, &there);
  if (rc != SQLITE_OK) return rc;
  if (found) { /* it was counted when it was written */
    bind_text(db->stmts[STMT_UNCOUNT], 1, r->room.id);
    return run(db, STMT_UNCOUNT, NULL);
  }
  if (!there) {
    r->err = ERR_NOT_FOUND;
    return SQLITE_OK;
  }
  return add_row(db, r);
}

/** Rows moved, put together or found so far. */
struct tally {
  uint64_t rows, bytes;
};

/** Run a statement on one row of the room; where it gives back the row's length, count it. */
static int run_on_row(struct sqlite_db *db, enum statement which, const struct request *r, uint64_t seq,
                      struct tally *tally) {
  sqlite3_stmt *stmt = db->stmts[which];
  int rc;
  bind_number(stmt, 1, seq);
  bind_text(stmt, 2, r->room.id);
  while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
    tally->rows++;
    tally->bytes += (uint64_t)sqlite3_column_int64(stmt, 0);
  }
  int reset = sqlite3_reset(stmt);
  sqlite3_clear_bindings(stmt);
  return rc == SQLITE_DONE ? reset : rc;
}

static int count(struct sqlite_db *db, enum statement which, const struct request *r, struct tally tally) {
  bind_text(db->stmts[which], 1, r->room.id);
  bind_number(db->stmts[which], 2, tally.rows);
  bind_number(db->stmts[which], 3, tally.bytes);
  return run(db, which, NULL);
}

static int move_to_history(struct sqlite_db *db, const struct request *r) {
  struct tally moved = {0}, dropped = {0};
  int rc = SQLITE_OK;
  for (size_t i = 0; i < r->count && rc == SQLITE_OK; i++) {
    rc = run_on_row(db, STMT_KEEP_ROW, r, r->seqs[i], &moved);
    if (rc == SQLITE_OK) rc = run_on_row(db, STMT_DROP_ROW, r, r->seqs[i], &dropped);
  }
  return rc == SQLITE_OK ? count(db, STMT_COUNT_MOVED, r, moved) : rc;
}

static int write_compact(struct sqlite_db *db, struct request *r) {
  int found = 0;
  int rc = r->unsure ? find_earlier(db, STMT_HAS_SNAPSHOT, r, &found) : SQLITE_OK;
  if (rc != SQLITE_OK || found) return rc;
  bind_text(db->stmts[STMT_HAS_ROOM], 1, r->room.id);
  rc = run(db, STMT_HAS_ROOM, &found);
  if (rc != SQLITE_OK) return rc;
  if (!found) {
    r->err = ERR_NOT_FOUND;
    return SQLITE_OK;
  }
  struct tally gone = {0};
  rc = move_to_history(db, r);
  for (size_t i = 0; i < r->snapshot_count && rc == SQLITE_OK; i++)
    rc = run_on_row(db, STMT_DROP_SNAPSHOT, r, r->snapshots[i], &gone);
  if (rc == SQLITE_OK) rc = count(db, STMT_COUNT_SNAPSHOTS, r, (struct tally){1, gone.rows});
  if (rc != SQLITE_OK) return rc;
  bind_text(db->stmts[STMT_ADD_SNAPSHOT], 1, r->room.id);
  bind_number(db->stmts[STMT_ADD_SNAPSHOT], 3, rowsum_of(r->room.id, "", 0, r->payload));
  rc = bind_blob(db->stmts[STMT_ADD_SNAPSHOT], 2, r->payload);
  if (rc == SQLITE_OK) rc = run(db, STMT_ADD_SNAPSHOT, NULL);
  if (rc == SQLITE_OK) r->seq = (uint64_t)sqlite3_last_insert_rowid(db->handle);
  return rc;
}

static int merge_old(struct sqlite_db *db, const struct request *r) {
  sqlite3_stmt *stmt = db->stmts[STMT_MERGE_OLD];
  bind_number(stmt, 1, r->seqs[r->count - 1]);
  bind_text(stmt, 2, r->room.id);
  bind_number(stmt, 4, rowsum_of(r->room.id, r->author, r->at, r->payload));
  bind_number(stmt, 5, r->from);
  bind_number(stmt, 6, r->updates);
  int rc = bind_blob(stmt, 3, r->payload);
  return rc == SQLITE_OK ? run(db, STMT_MERGE_OLD, NULL) : rc;
}

static int write_thin(struct sqlite_db *db, struct request *r) {
  struct tally before = {0}, dropped = {0};
  int rc = SQLITE_OK;
  for (size_t i = 0; i < r->count && rc == SQLITE_OK; i++) rc = run_on_row(db, STMT_HAS_OLD, r, r->seqs[i], &before);
  if (rc != SQLITE_OK) return rc;
  if (before.rows != r->count) {
    r->err = ERR_NOT_FOUND;
    return SQLITE_OK;
  }
  for (size_t i = 0; i + 1 < r->count && rc == SQLITE_OK; i++)
    rc = run_on_row(db, STMT_DROP_OLD, r, r->seqs[i], &dropped);
  if (rc == SQLITE_OK) rc = merge_old(db, r);
  if (rc != SQLITE_OK) return rc;
  /* May add bytes in theory: then what is taken off wraps around and is put on. */
  return count(db, STMT_COUNT_THINNED, r, (struct tally){r->count - 1, before.bytes - r->payload->len});
}

static int write_room(struct sqlite_db *db, struct request *r) {
  int changed = 0;
  enum statement which = r->kind == REQUEST_DELETE ? STMT_DELETE_ROOM : STMT_UPDATE_ROOM;
  sqlite3_stmt *stmt = db->stmts[which];
  bind_text(stmt, 1, r->room.id);
  if (r->kind == REQUEST_UPDATE) {
    bind_number(stmt, 2, r->at);
    bind_text(stmt, 3, r->room.name);
    bind_text(stmt, 4, r->room.language);
  }
  int rc = run(db, which, &changed);
  if (rc != SQLITE_OK) return rc;
  bool gone_before = r->kind == REQUEST_DELETE && r->unsure;
  if (!changed)
    r->err = gone_before ? 0 : ERR_NOT_FOUND;
  else if (r->kind == REQUEST_DELETE && db->rooms)
    db->rooms--;
  return SQLITE_OK;
}

static int write_one(struct sqlite_db *db, struct request *r) {
  r->err = 0;
  switch (r->kind) {
  case REQUEST_CREATE: return write_create(db, r);
  case REQUEST_APPEND: return write_append(db, r);
  case REQUEST_COMPACT: return write_compact(db, r);
  case REQUEST_THIN: return write_thin(db, r);
  case REQUEST_UPDATE:
  case REQUEST_DELETE: return write_room(db, r);
  default: return SQLITE_MISUSE;
  }
}

/** A failed batch: undo it, and unless the reason is harmless trust nothing and close. */
static int undo(struct sqlite_db *db, int rc, char *reason, size_t cap) {
  snprintf(reason, cap, "%s (SQLite %d)", sqlite3_errmsg(db->handle), sqlite3_extended_errcode(db->handle));
  int err = sqlite_schema_err(rc);
  if (!sqlite3_get_autocommit(db->handle)) {
    int rolled = run(db, STMT_ROLLBACK, NULL);
    if (rolled != SQLITE_OK && (err == ERR_BUSY || err == ERR_INVALID)) err = ERR_IO;
  }
  if (err == ERR_BUSY) snprintf(reason, cap, "another process holds the lock of the database");
  if (err == ERR_BUSY || err == ERR_INVALID) return err;
  db->unsafe = db->recovering = true;
  close_handle(db);
  return err;
}

int sqlite_db_write(struct sqlite_db *db, struct request *batch, char *reason, size_t cap) {
  int err = ensure_open(db, reason, cap);
  if (err) return err;
  uint64_t rooms = db->rooms;
  int rc = run(db, STMT_BEGIN_WRITE, NULL);
  for (struct request *r = batch; r && rc == SQLITE_OK; r = r->next) rc = write_one(db, r);
  if (rc == SQLITE_OK) {
    rc = run(db, STMT_COMMIT, NULL);
    for (struct request *r = batch; r && rc != SQLITE_OK; r = r->next) r->unsure = !r->err;
  }
  if (rc == SQLITE_OK) return 0;
  db->rooms = rooms;
  return undo(db, rc, reason, cap);
}

/* Reading ------------------------------------------------------------------ */

static const char *column_text(sqlite3_stmt *stmt, int at) {
  const char *text = (const char *)sqlite3_column_text(stmt, at);
  return text ? text : "";
}

static struct store_room column_room(sqlite3_stmt *stmt) {
  return (struct store_room){
      .id = column_text(stmt, 0),
      .name = column_text(stmt, 1),
      .language = column_text(stmt, 2),
      .owner_name = column_text(stmt, 3),
      .owner_mail = column_text(stmt, 4),
      .created_at = (uint64_t)sqlite3_column_int64(stmt, 5),
      .updated_at = (uint64_t)sqlite3_column_int64(stmt, 6),
  };
}

/** The checksum in a column, NULL where there is none. */
static const uint64_t *column_crc(sqlite3_stmt *stmt, int at, uint64_t *crc) {
  *crc = (uint64_t)sqlite3_column_int64(stmt, at);
  return sqlite3_column_type(stmt, at) == SQLITE_NULL ? NULL : crc;
}

static int take_room(struct request *r, sqlite3_stmt *stmt) {
  struct store_room room = column_room(stmt);
  if (r->kind == REQUEST_LIST) return request_add_room(r, &room);
  r->update_rows = (uint64_t)sqlite3_column_int64(stmt, 7);
  r->snapshot_rows = (uint64_t)sqlite3_column_int64(stmt, 8);
  r->loaded.history_rows = (uint64_t)sqlite3_column_int64(stmt, 9);
  r->loaded.history_bytes = (uint64_t)sqlite3_column_int64(stmt, 10);
  return request_set_room(r, &room);
}

static struct store_row column_row(sqlite3_stmt *stmt) {
  return (struct store_row){
      .seq = (uint64_t)sqlite3_column_int64(stmt, 0),
      .at = (uint64_t)sqlite3_column_int64(stmt, 1),
      .author = column_text(stmt, 2),
      .data = sqlite3_column_blob(stmt, 3), /* NULL when only heads are wanted */
      .len = (size_t)sqlite3_column_int64(stmt, 4),
      .from = (uint64_t)sqlite3_column_int64(stmt, 6),
      .updates = (uint64_t)sqlite3_column_int64(stmt, 7),
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

static int explain(struct sqlite_db *db, struct request *r, int err, char *reason, size_t cap) {
  int rc = sqlite3_errcode(db->handle);
  bool ours = rc == SQLITE_OK || rc == SQLITE_ROW || rc == SQLITE_DONE;
  if (err == ERR_CORRUPT && !ours && r->kind != REQUEST_LIST)
    snprintf(r->damage.what, sizeof r->damage.what, "the database file is damaged: %s", sqlite3_errmsg(db->handle));
  bool told = err == ERR_CORRUPT && r->kind != REQUEST_LIST;
  snprintf(reason, cap, "%s", told ? r->damage.what : ours ? err_text(err) : sqlite3_errmsg(db->handle));
  return err;
}

/** Step through a select with its parameters bound; *rows counts what @take took. */
static int select_rows(struct sqlite_db *db, enum statement which, struct request *r,
                       int (*take)(struct request *, sqlite3_stmt *), size_t *rows, char *reason, size_t cap) {
  sqlite3_stmt *stmt = db->stmts[which];
  int err = 0, rc = SQLITE_OK;
  while (!err && !r->enough && (rc = sqlite3_step(stmt)) == SQLITE_ROW) {
    err = take(r, stmt);
    if (!err && rows) ++*rows;
  }
  if (!err && !r->enough) err = rc == SQLITE_DONE ? 0 : sqlite_schema_err(rc);
  if (err) explain(db, r, err, reason, cap);
  sqlite3_reset(stmt);
  sqlite3_clear_bindings(stmt);
  return err;
}

/** The snapshots and what is not in them. */
static int read_state(struct sqlite_db *db, struct request *r, char *reason, size_t cap) {
  bind_text(db->stmts[STMT_GET_SNAPSHOTS], 1, r->room.id);
  bind_text(db->stmts[STMT_GET_ROWS], 1, r->room.id);
  int err = select_rows(db, STMT_GET_SNAPSHOTS, r, take_snapshot, NULL, reason, cap);
  if (!err) err = select_rows(db, STMT_GET_ROWS, r, take_row, NULL, reason, cap);
  if (!err && (err = request_check_load(r)) != 0) snprintf(reason, cap, "%s", r->damage.what);
  return err;
}

static int read_log(struct sqlite_db *db, struct request *r, char *reason, size_t cap) {
  enum statement which = r->span.heads_only ? STMT_GET_HEADS : STMT_GET_HISTORY;
  sqlite3_stmt *stmt = db->stmts[which];
  uint64_t upto = r->span.upto && r->span.upto < INT64_MAX ? r->span.upto : INT64_MAX;
  bind_text(stmt, 1, r->room.id);
  bind_number(stmt, 2, r->span.after < INT64_MAX ? r->span.after : INT64_MAX);
  bind_number(stmt, 3, upto);
  sqlite3_bind_int64(stmt, 4, r->span.max_rows && r->span.max_rows < INT32_MAX ? (sqlite3_int64)r->span.max_rows : -1);
  return select_rows(db, which, r, take_row, NULL, reason, cap);
}

/** One transaction: room, snapshot and rows belong to the same moment. */
static int read_room(struct sqlite_db *db, struct request *r, char *reason, size_t cap) {
  size_t rooms = 0;
  int err = sqlite_schema_err(run(db, STMT_BEGIN_READ, NULL));
  if (err) return explain(db, r, err, reason, cap);
  bind_text(db->stmts[STMT_GET_ROOM], 1, r->room.id);
  err = select_rows(db, STMT_GET_ROOM, r, take_room, &rooms, reason, cap);
  if (!err && !rooms) err = ERR_NOT_FOUND;
  if (!err) err = (r->kind == REQUEST_LOAD ? read_state : read_log)(db, r, reason, cap);
  if (run(db, STMT_COMMIT, NULL) != SQLITE_OK && !sqlite3_get_autocommit(db->handle))
    (void)run(db, STMT_ROLLBACK, NULL);
  return err;
}

/** Can we write? A lock taken and given back tells, without touching the file. */
static int probe(struct sqlite_db *db, char *reason, size_t cap) {
  int rc = run(db, STMT_BEGIN_WRITE, NULL);
  if (rc == SQLITE_OK) rc = run(db, STMT_ROLLBACK, NULL);
  return rc == SQLITE_OK ? 0 : undo(db, rc, reason, cap);
}

int sqlite_db_read(struct sqlite_db *db, struct request *r, char *reason, size_t cap) {
  int err = ensure_open(db, reason, cap);
  if (err && (!db->handle || r->kind == REQUEST_PING)) return ERR_UNAVAILABLE;
  switch (r->kind) {
  case REQUEST_LOAD:
  case REQUEST_HISTORY: err = read_room(db, r, reason, cap); break;
  case REQUEST_LIST:
    bind_text(db->stmts[STMT_LIST_ROOMS], 1, r->mail);
    sqlite3_bind_int64(db->stmts[STMT_LIST_ROOMS], 2, r->count > INT32_MAX ? INT32_MAX : (sqlite3_int64)r->count);
    err = select_rows(db, STMT_LIST_ROOMS, r, take_room, NULL, reason, cap);
    break;
  default: err = probe(db, reason, cap); break;
  }
  return err == ERR_BUSY ? ERR_UNAVAILABLE : err;
}
