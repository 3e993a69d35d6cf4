/* SPDX-License-Identifier: MIT */
#include "backends.h"

#include <sqlite3.h>
#include <stdio.h>

#include "failing_vfs.h"
#include "store/sqlite.h"

static struct store *open_store(const char *dir, struct loop *loop, struct metrics *metrics,
                                const struct limits *limits) {
  struct buf error = BUF_INIT;
  struct store *store = NULL;
  struct sqlite_store_options options = {dir, loop, metrics, limits};
  int err = sqlite_store_create(&options, &store, &error);
  if (err) fprintf(stderr, "# %.*s\n", (int)error.len, (const char *)error.data);
  buf_deinit(&error);
  return store;
}

static int start(const char *dir) {
  (void)dir;
  failing_vfs_install();
  return 0;
}

static void down(const char *dir) {
  (void)dir;
  failing_vfs_set(FAILING_VFS_SYNC);
}

static void up(const char *dir) {
  (void)dir;
  failing_vfs_set(FAILING_VFS_OFF);
}

static int read_all(const char *dir, struct dump_reader **out, struct buf *error) {
  char path[128];
  snprintf(path, sizeof path, "%s/yoke.db", dir);
  return dump_read_sqlite(path, out, error);
}

static int run_sql(const char *dir, const char *sql) {
  char path[128], *error = NULL;
  sqlite3 *db = NULL;
  snprintf(path, sizeof path, "%s/yoke.db", dir);
  int rc = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL);
  if (rc == SQLITE_OK) rc = sqlite3_exec(db, sql, NULL, NULL, &error);
  if (rc != SQLITE_OK) fprintf(stderr, "# %s\n", error ? error : sqlite3_errstr(rc));
  sqlite3_free(error);
  sqlite3_close(db);
  return rc == SQLITE_OK ? 0 : -1;
}

const struct backend backend_sqlite = {
    .name = "sqlite",
    .start = start,
    .open = open_store,
    .down = down,
    .up = up,
    .read = read_all,
    .sql = run_sql,
};
