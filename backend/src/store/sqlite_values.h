/* SPDX-License-Identifier: MIT */
#ifndef YOKE_STORE_SQLITE_VALUES_H
#define YOKE_STORE_SQLITE_VALUES_H

#include <sqlite3.h>

#include "port/store.h"

/* Values into statements (parameters count from 1, what is bound is borrowed until the bindings are cleared) and out
 * of them (columns count from 0, texts hold until the next step). */

static inline void sqlite_bind_text(sqlite3_stmt *stmt, int at, const char *text) {
  if (text)
    sqlite3_bind_text(stmt, at, text, -1, SQLITE_STATIC);
  else
    sqlite3_bind_null(stmt, at);
}

static inline void sqlite_bind_number(sqlite3_stmt *stmt, int at, uint64_t value) {
  sqlite3_bind_int64(stmt, at, (sqlite3_int64)value);
}

static inline int sqlite_bind_blob(sqlite3_stmt *stmt, int at, const struct blob *blob) {
  return sqlite3_bind_blob64(stmt, at, blob->data, blob->len, SQLITE_STATIC);
}

/** "" for NULL. */
static inline const char *sqlite_text_at(sqlite3_stmt *stmt, int column) {
  const char *text = (const char *)sqlite3_column_text(stmt, column);
  return text ? text : "";
}

static inline uint64_t sqlite_number_at(sqlite3_stmt *stmt, int column) {
  return (uint64_t)sqlite3_column_int64(stmt, column);
}

#endif
