/* SPDX-License-Identifier: MIT */
/* What a backup says of itself: the only row of its table `backup`. */
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "store/sqlite_dump.h"

#define MAKE_TABLE                                                                                                     \
  "CREATE TABLE backup (format INTEGER NOT NULL, made_at INTEGER NOT NULL, source TEXT NOT NULL, "                     \
  "rooms INTEGER NOT NULL, rows INTEGER NOT NULL, digest TEXT NOT NULL) STRICT"

enum { FORMAT = 1 };

static int finish(sqlite3 *handle, int rc, const char *doing, const char *path, struct buf *error) {
  int err = rc == SQLITE_OK ? 0 : dump_sqlite_fail(handle, rc, doing, path, error);
  sqlite3_close(handle);
  return err;
}

int dump_set_label(const char *path, const struct dump_label *label, struct buf *error) {
  sqlite3 *handle = NULL;
  sqlite3_stmt *stmt = NULL;
  int rc = sqlite3_open_v2(path, &handle, SQLITE_OPEN_READWRITE, NULL);
  if (rc == SQLITE_OK) rc = sqlite3_exec(handle, "PRAGMA journal_mode = OFF;" MAKE_TABLE, NULL, NULL, NULL);
  if (rc == SQLITE_OK)
    rc = sqlite3_prepare_v2(handle, "INSERT INTO backup VALUES (?1, ?2, ?3, ?4, ?5, ?6)", -1, &stmt, NULL);
  if (rc == SQLITE_OK) {
    sqlite3_bind_int(stmt, 1, FORMAT);
    sqlite3_bind_int64(stmt, 2, (sqlite3_int64)label->made_at);
    sqlite3_bind_text(stmt, 3, label->source, -1, SQLITE_STATIC);
    sqlite3_bind_int64(stmt, 4, (sqlite3_int64)label->totals.rooms);
    sqlite3_bind_int64(stmt, 5, (sqlite3_int64)label->totals.rows);
    sqlite3_bind_text(stmt, 6, label->digest, -1, SQLITE_STATIC);
    rc = sqlite3_step(stmt) == SQLITE_DONE ? SQLITE_OK : sqlite3_errcode(handle);
  }
  sqlite3_finalize(stmt);
  int err = finish(handle, rc, "write", path, error);
  return err ? err : dump_sync(path, error);
}

static int read_label(sqlite3 *handle, const char *path, struct dump_label *out, struct buf *error) {
  sqlite3_stmt *stmt = NULL;
  int rc =
      sqlite3_prepare_v2(handle, "SELECT format, made_at, source, rooms, rows, digest FROM backup", -1, &stmt, NULL);
  if (rc == SQLITE_OK) rc = sqlite3_step(stmt);
  if (rc != SQLITE_ROW) sqlite3_finalize(stmt);
  if ((rc & 0xff) == SQLITE_CORRUPT) return dump_sqlite_fail(handle, rc, "read", path, error);
  if (rc != SQLITE_ROW) {
    (void)!buf_printf(error, "%s is no backup, or one that was not finished: name a file that yoke backup made\n",
                      path);
    return ERR_INVALID;
  }
  int format = sqlite3_column_int(stmt, 0);
  *out =
      (struct dump_label){.made_at = (uint64_t)sqlite3_column_int64(stmt, 1),
                          .totals = {(uint64_t)sqlite3_column_int64(stmt, 3), (uint64_t)sqlite3_column_int64(stmt, 4)}};
  snprintf(out->source, sizeof out->source, "%s", (const char *)sqlite3_column_text(stmt, 2));
  snprintf(out->digest, sizeof out->digest, "%s", (const char *)sqlite3_column_text(stmt, 5));
  sqlite3_finalize(stmt);
  if (format == FORMAT) return 0;
  (void)!buf_printf(error, "%s is a backup of format %d, and this program knows format %d: use the newer one\n", path,
                    format, FORMAT);
  return ERR_INVALID;
}

int dump_get_label(const char *path, struct dump_label *out, struct buf *error) {
  sqlite3 *handle = NULL;
  int err = dump_sqlite_open(path, &handle, error);
  if (!err) err = read_label(handle, path, out, error);
  sqlite3_close(handle);
  return err;
}
