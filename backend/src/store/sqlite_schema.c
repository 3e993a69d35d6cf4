/* SPDX-License-Identifier: MIT */
#include "store/sqlite_schema.h"

#define TEXT_OF(number) TEXT(number)
#define TEXT(number) #number

/* Version n is reached by running entry n - 1. Entries are never changed once released. */
static const char *const migrations[] = {
    "CREATE TABLE rooms ("
    "  id TEXT PRIMARY KEY NOT NULL,"
    "  name TEXT NOT NULL,"
    "  language TEXT NOT NULL,"
    "  owner_name TEXT NOT NULL,"
    "  owner_mail TEXT NOT NULL,"
    "  created_at INTEGER NOT NULL,"
    "  updated_at INTEGER NOT NULL"
    ") STRICT;"
    "CREATE INDEX rooms_by_owner ON rooms (owner_mail);"
    /* AUTOINCREMENT: a seq is never given twice, though compaction moves rows away. */
    "CREATE TABLE room_updates ("
    "  seq INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  room_id TEXT NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,"
    "  at INTEGER NOT NULL,"
    "  author TEXT NOT NULL,"
    "  payload BLOB NOT NULL"
    ") STRICT;"
    "CREATE INDEX room_updates_by_room ON room_updates (room_id, seq);"
    "CREATE TABLE room_snapshots ("
    "  seq INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  room_id TEXT NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,"
    "  payload BLOB NOT NULL"
    ") STRICT;"
    "CREATE INDEX room_snapshots_by_room ON room_snapshots (room_id, seq);"
    "CREATE TABLE room_history ("
    "  seq INTEGER PRIMARY KEY,"
    "  room_id TEXT NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,"
    "  at INTEGER NOT NULL,"
    "  author TEXT NOT NULL,"
    "  payload BLOB NOT NULL"
    ") STRICT;"
    "CREATE INDEX room_history_by_room ON room_history (room_id, seq);"
    "PRAGMA application_id = " TEXT_OF(SQLITE_SCHEMA_OWNER) ";",

    /* Checksums (NULL: written before there were any), and how much of each there must be. */
    "ALTER TABLE room_updates ADD COLUMN crc INTEGER;"
    "ALTER TABLE room_snapshots ADD COLUMN crc INTEGER;"
    "ALTER TABLE room_history ADD COLUMN crc INTEGER;"
    "ALTER TABLE room_history ADD COLUMN from_at INTEGER;"
    "ALTER TABLE room_history ADD COLUMN updates INTEGER NOT NULL DEFAULT 1;"
    "ALTER TABLE rooms ADD COLUMN update_rows INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE rooms ADD COLUMN snapshot_rows INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE rooms ADD COLUMN history_rows INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE rooms ADD COLUMN history_bytes INTEGER NOT NULL DEFAULT 0;"
    "UPDATE rooms SET"
    "  update_rows = (SELECT count(*) FROM room_updates WHERE room_id = id),"
    "  snapshot_rows = (SELECT count(*) FROM room_snapshots WHERE room_id = id),"
    "  history_rows = (SELECT count(*) FROM room_history WHERE room_id = id),"
    "  history_bytes = (SELECT coalesce(sum(length(payload)), 0) FROM room_history WHERE room_id = id);",
};

enum { NEWEST = sizeof migrations / sizeof migrations[0] };

int sqlite_schema_err(int rc) {
  switch (rc & 0xff) {
  case SQLITE_OK:
  case SQLITE_ROW:
  case SQLITE_DONE: return 0;
  case SQLITE_BUSY:
  case SQLITE_LOCKED: return ERR_BUSY;
  case SQLITE_CORRUPT:
  case SQLITE_NOTADB:
  case SQLITE_FORMAT: return ERR_CORRUPT;
  case SQLITE_CONSTRAINT:
  case SQLITE_TOOBIG:
  case SQLITE_MISMATCH:
  case SQLITE_RANGE: return ERR_INVALID;
  case SQLITE_NOMEM: return ERR_NOMEM;
  default: return ERR_IO;
  }
}

static int fail(sqlite3 *handle, int rc, const char *path, struct buf *error) {
  int err = sqlite_schema_err(rc);
  if (err == ERR_CORRUPT)
    (void)!buf_printf(error,
                      "%s is damaged or not a database of this server (%s); it was left as it is: "
                      "move it away, or put a backup in its place",
                      path, sqlite3_errmsg(handle));
  else
    (void)!buf_printf(error, "cannot open the database %s: %s", path, sqlite3_errmsg(handle));
  return err;
}

static int read_number(sqlite3 *handle, const char *sql, sqlite3_int64 *out) {
  sqlite3_stmt *stmt = NULL;
  int rc = sqlite3_prepare_v2(handle, sql, -1, &stmt, NULL);
  if (rc == SQLITE_OK) {
    rc = sqlite3_step(stmt);
    if (rc == SQLITE_ROW) *out = sqlite3_column_int64(stmt, 0);
  }
  sqlite3_finalize(stmt);
  return rc == SQLITE_ROW ? SQLITE_OK : rc;
}

static int migrate_to(sqlite3 *handle, int version) {
  int rc = sqlite3_exec(handle, "BEGIN IMMEDIATE", NULL, NULL, NULL);
  if (rc == SQLITE_OK) rc = sqlite3_exec(handle, migrations[version - 1], NULL, NULL, NULL);
  if (rc == SQLITE_OK) {
    char *set = sqlite3_mprintf("PRAGMA user_version = %d", version);
    rc = set ? sqlite3_exec(handle, set, NULL, NULL, NULL) : SQLITE_NOMEM;
    sqlite3_free(set);
  }
  if (rc == SQLITE_OK) rc = sqlite3_exec(handle, "COMMIT", NULL, NULL, NULL);
  if (rc != SQLITE_OK && !sqlite3_get_autocommit(handle)) sqlite3_exec(handle, "ROLLBACK", NULL, NULL, NULL);
  return rc;
}

/** Whose is it, and how new? */
static int read_version(sqlite3 *handle, const char *path, sqlite3_int64 *version, struct buf *error) {
  sqlite3_int64 tables = 0, owner = 0;
  int rc = read_number(handle, "PRAGMA user_version", version);
  if (rc == SQLITE_OK) rc = read_number(handle, "SELECT count(*) FROM sqlite_schema", &tables);
  if (rc == SQLITE_OK) rc = read_number(handle, "PRAGMA application_id", &owner);
  if (rc != SQLITE_OK) return fail(handle, rc, path, error);
  if (tables > 0 && owner != SQLITE_SCHEMA_OWNER) {
    (void)!buf_printf(error, "%s belongs to another program; it was left as it is: choose another --data-dir", path);
    return ERR_CORRUPT;
  }
  if (*version > NEWEST) {
    (void)!buf_printf(error,
                      "%s has schema version %lld, and this server knows versions up to %d: "
                      "a newer server wrote it; run that one, or restore a backup",
                      path, (long long)*version, (int)NEWEST);
    return ERR_INVALID;
  }
  return 0;
}

int sqlite_schema_check(sqlite3 *handle, const char *path, struct buf *error) {
  sqlite3_int64 version = 0;
  int err = read_version(handle, path, &version, error);
  if (!err && version < NEWEST) {
    (void)!buf_printf(error,
                      "%s has schema version %lld, and this program needs %d: start the server once, it brings "
                      "the database up to date",
                      path, (long long)version, (int)NEWEST);
    err = ERR_INVALID;
  }
  if (err) (void)!buf_append_str(error, "\n");
  return err;
}

int sqlite_schema_migrate(sqlite3 *handle, const char *path, struct buf *error) {
  sqlite3_int64 version = 0;
  int err = read_version(handle, path, &version, error);
  while (!err && version < NEWEST) {
    int rc = migrate_to(handle, (int)++version);
    if (rc != SQLITE_OK) err = fail(handle, rc, path, error);
  }
  return err;
}
