/* SPDX-License-Identifier: MIT */
#include "store/sqlite_db.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/folder.h"
#include "store/rewrite.h"
#include "store/sqlite_compact.h"
#include "store/sqlite_read.h"
#include "store/sqlite_rows.h"
#include "store/sqlite_schema.h"
#include "store/sqlite_values.h"

/* How long a statement waits for another process' lock before the core hears of it. */
enum { BUSY_MS = 200 };

struct sqlite_db {
  struct sqlite_statements s; /* closed after a failure */
  struct sqlite_rooms rooms;
  bool unsafe;     /* what the log holds may not be on disk, though fsync would say so */
  bool recovering; /* no write before the log was checkpointed */
  char path[];
};

/* Opening ------------------------------------------------------------------ */

static void close_handle(struct sqlite_db *db) {
  sqlite_statements_finalize(&db->s);
  sqlite3_close(db->s.handle); /* the last connection checkpoints and removes the log */
  db->s.handle = NULL;
}

static int count_rooms(struct sqlite_db *db) {
  sqlite3_stmt *stmt = db->s.prepared[STMT_COUNT_ROOMS];
  int rc = sqlite3_step(stmt);
  if (rc == SQLITE_ROW) db->rooms.now = sqlite_number_at(stmt, 0);
  sqlite3_reset(stmt);
  return rc == SQLITE_ROW ? SQLITE_OK : rc;
}

static int open_handle(struct sqlite_db *db, struct buf *error) {
  /* Without SQLITE_OPEN_CREATE: a file that vanished while we ran must not come back empty. */
  int rc = sqlite3_open_v2(db->path, &db->s.handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
  int err = 0;
  if (rc == SQLITE_OK) {
    sqlite3_busy_timeout(db->s.handle, BUSY_MS);
    rc = sqlite3_exec(db->s.handle,
                      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
                      "PRAGMA journal_size_limit = 67108864; PRAGMA trusted_schema = OFF;",
                      NULL, NULL, NULL);
    /* Whatever stands in the way of WAL, the reason comes out of the first read below. */
    err = sqlite_schema_migrate(db->s.handle, db->path, error);
    if (err) goto close_file;
  }
  if (rc == SQLITE_OK) rc = sqlite_statements_prepare(&db->s);
  if (rc == SQLITE_OK) rc = count_rooms(db);
  if (rc == SQLITE_OK) return 0;
  err = sqlite_schema_err(rc);
  (void)!buf_printf(error, "cannot open the database %s: %s", db->path,
                    db->s.handle ? sqlite3_errmsg(db->s.handle) : sqlite3_errstr(rc));
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
  db->rooms.max = rooms_max;
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
  if (err) {
    snprintf(reason, cap, "%s", err_text(err));
    return err;
  }
  err = sqlite_schema_err(sqlite_run(&db->s, STMT_BEGIN_WRITE, NULL));
  if (err) {
    snprintf(reason, cap, "cannot lock the database: %s", sqlite3_errmsg(db->s.handle));
    buf_deinit(&log);
    return err;
  }
  err = rewrite_file((const char *)log.data);
  if (err) snprintf(reason, cap, "cannot write the database's log to disk: %s", strerror(errno));
  (void)!sqlite_run(&db->s, STMT_ROLLBACK, NULL);
  db->unsafe = err != 0;
  buf_deinit(&log);
  return err;
}

/** After a failure: open again, and bring what the log holds safely into the database before it grows. */
static int ensure_open(struct sqlite_db *db, char *reason, size_t cap) {
  if (!db->s.handle) {
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
  int rc = sqlite3_wal_checkpoint_v2(db->s.handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, &busy_frames, &done_frames);
  if (rc == SQLITE_OK) {
    db->recovering = false;
    return 0;
  }
  snprintf(reason, cap, "cannot checkpoint the database: %s", sqlite3_errmsg(db->s.handle));
  if ((rc & 0xff) != SQLITE_BUSY) close_handle(db);
  return sqlite_schema_err(rc);
}

/* Writing ------------------------------------------------------------------ */

static int write_one(struct sqlite_db *db, struct request *r) {
  r->err = 0;
  switch (r->kind) {
  case REQUEST_CREATE: return sqlite_rows_create(&db->s, &db->rooms, r);
  case REQUEST_APPEND: return sqlite_rows_append(&db->s, r);
  case REQUEST_COMPACT: return sqlite_compact_room(&db->s, r);
  case REQUEST_THIN: return sqlite_compact_thin(&db->s, r);
  case REQUEST_UPDATE:
  case REQUEST_DELETE: return sqlite_rows_change_room(&db->s, &db->rooms, r);
  default: return SQLITE_MISUSE;
  }
}

/** A failed batch: undo it, and unless the reason is harmless trust nothing and close. */
static int undo(struct sqlite_db *db, int rc, char *reason, size_t cap) {
  snprintf(reason, cap, "%s (SQLite %d)", sqlite3_errmsg(db->s.handle), sqlite3_extended_errcode(db->s.handle));
  int err = sqlite_schema_err(rc);
  if (!sqlite3_get_autocommit(db->s.handle)) {
    int rolled = sqlite_run(&db->s, STMT_ROLLBACK, NULL);
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
  uint64_t rooms = db->rooms.now;
  int rc = sqlite_run(&db->s, STMT_BEGIN_WRITE, NULL);
  for (struct request *r = batch; r && rc == SQLITE_OK; r = r->next) rc = write_one(db, r);
  if (rc == SQLITE_OK) {
    rc = sqlite_run(&db->s, STMT_COMMIT, NULL);
    for (struct request *r = batch; r && rc != SQLITE_OK; r = r->next) r->unsure = !r->err;
  }
  if (rc == SQLITE_OK) return 0;
  db->rooms.now = rooms;
  return undo(db, rc, reason, cap);
}

/* Reading ------------------------------------------------------------------ */

/** Can we write? A lock taken and given back tells, without touching the file. */
static int probe(struct sqlite_db *db, char *reason, size_t cap) {
  int rc = sqlite_run(&db->s, STMT_BEGIN_WRITE, NULL);
  if (rc == SQLITE_OK) rc = sqlite_run(&db->s, STMT_ROLLBACK, NULL);
  return rc == SQLITE_OK ? 0 : undo(db, rc, reason, cap);
}

int sqlite_db_read(struct sqlite_db *db, struct request *r, char *reason, size_t cap) {
  int err = ensure_open(db, reason, cap);
  if (err && (!db->s.handle || r->kind == REQUEST_PING)) return ERR_UNAVAILABLE;
  switch (r->kind) {
  case REQUEST_LOAD:
  case REQUEST_HISTORY: err = sqlite_read_room(&db->s, r, reason, cap); break;
  case REQUEST_LIST: err = sqlite_read_list(&db->s, r, reason, cap); break;
  default: err = probe(db, reason, cap); break;
  }
  return err == ERR_BUSY ? ERR_UNAVAILABLE : err;
}
