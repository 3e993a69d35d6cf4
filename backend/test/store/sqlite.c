/* SPDX-License-Identifier: MIT */
/* What is SQLite's own: files, locks, damage. */
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backends.h"
#include "failing_vfs.h"
#include "store/sqlite.h"

static struct fixture fixture;

static int setup(void **state) {
  fixture_init(&fixture, &backend_sqlite);
  fixture_open(&fixture);
  *state = &fixture;
  return 0;
}

static int teardown(void **state) {
  (void)state;
  failing_vfs_set(FAILING_VFS_OFF);
  fixture_close(&fixture);
  fixture_deinit(&fixture);
  return 0;
}

static const char *path_of(struct fixture *f, const char *file) {
  static char path[128];
  snprintf(path, sizeof path, "%s/%s", f->dir, file);
  return path;
}

/** Try to open a store in @dir; the error's text into @text. */
static int open_error(struct fixture *f, const char *dir, char text[512]) {
  struct buf error = BUF_INIT;
  struct store *store = NULL;
  struct sqlite_store_options options = {dir, f->loop, NULL, &f->limits};
  int err = sqlite_store_create(&options, &store, &error);
  snprintf(text, 512, "%.*s", (int)error.len, error.data ? (const char *)error.data : "");
  buf_deinit(&error);
  store_destroy(store);
  return err;
}

static void run_sql(struct fixture *f, const char *sql) {
  sqlite3 *db = NULL;
  assert_int_equal(sqlite3_open_v2(path_of(f, "yoke.db"), &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
  assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
  sqlite3_close(db);
}

static size_t read_all(const char *path, char *out, size_t cap) {
  FILE *file = fopen(path, "rb");
  assert_non_null(file);
  size_t len = fread(out, 1, cap, file);
  fclose(file);
  return len;
}

static void directories_and_files_are_private(void **state) {
  struct fixture *f = *state;
  char dir[128], file[160], text[512];
  struct stat st;
  snprintf(dir, sizeof dir, "%s/a/b", f->dir);
  assert_int_equal(open_error(f, dir, text), 0);
  assert_int_equal(stat(dir, &st), 0);
  assert_int_equal(st.st_mode & 0777, 0700);
  snprintf(file, sizeof file, "%s/yoke.db", dir);
  assert_int_equal(stat(file, &st), 0);
  assert_int_equal(st.st_mode & 0777, 0600);
}

static void a_second_server_is_refused_and_told_who_has_it(void **state) {
  struct fixture *f = *state;
  char text[512], pid[32], host[128] = "";
  assert_int_equal(open_error(f, f->dir, text), ERR_BUSY);
  snprintf(pid, sizeof pid, "process %ld ", (long)getpid());
  gethostname(host, sizeof host - 1);
  assert_non_null(strstr(text, pid));
  assert_non_null(strstr(text, host));
  assert_int_equal(create_room(f, f->room, "a"), 0); /* the first one goes on */
}

static void a_newer_schema_is_refused(void **state) {
  struct fixture *f = *state;
  char text[512];
  store_destroy(f->store);
  f->store = NULL;
  run_sql(f, "PRAGMA user_version = 999");
  assert_int_equal(open_error(f, f->dir, text), ERR_INVALID);
  assert_non_null(strstr(text, "999"));
  assert_non_null(strstr(text, "newer"));
}

static void a_damaged_file_is_refused_and_left_alone(void **state) {
  struct fixture *f = *state;
  char text[512], before[] = "this was never a database, but somebody may want it back", after[200] = "";
  store_destroy(f->store);
  f->store = NULL;
  FILE *file = fopen(path_of(f, "yoke.db"), "wb");
  fputs(before, file);
  fclose(file);
  assert_int_equal(open_error(f, f->dir, text), ERR_CORRUPT);
  assert_non_null(strstr(text, "damaged"));
  assert_int_equal(read_all(path_of(f, "yoke.db"), after, sizeof after - 1), strlen(before));
  assert_string_equal(after, before);
}

static void another_programs_database_is_refused(void **state) {
  struct fixture *f = *state;
  char text[512];
  store_destroy(f->store);
  f->store = NULL;
  unlink(path_of(f, "yoke.db"));
  sqlite3 *db = NULL;
  assert_int_equal(sqlite3_open(path_of(f, "yoke.db"), &db), SQLITE_OK);
  assert_int_equal(sqlite3_exec(db, "CREATE TABLE theirs (x)", NULL, NULL, NULL), SQLITE_OK);
  sqlite3_close(db);
  assert_int_equal(open_error(f, f->dir, text), ERR_CORRUPT);
  assert_non_null(strstr(text, "another program"));
}

static void a_damaged_page_is_an_error_and_never_an_empty_room(void **state) {
  struct fixture *f = *state;
  struct loaded_copy got;
  char room[ROOM_ID_SIZE], big[6001];
  memset(big, 'x', 6000);
  big[6000] = '\0';
  memcpy(room, f->room, sizeof room);
  assert_int_equal(create_room(f, room, "first"), 0);
  for (int i = 0; i < 20; i++) assert_int_equal(append_text(f, room, big, NULL), 0);
  fixture_close(f);
  int fd = open(path_of(f, "yoke.db"), O_RDWR);
  char junk[4096];
  memset(junk, 0xee, sizeof junk);
  struct stat st;
  assert_int_equal(fstat(fd, &st), 0);
  for (off_t page = 11; page * 4096 < st.st_size; page++)
    assert_int_equal(pwrite(fd, junk, sizeof junk, page * 4096), sizeof junk);
  close(fd);
  fixture_open(f);
  assert_int_equal(load_room(f, room, &got), ERR_CORRUPT);
}

static void an_empty_payload_is_damage(void **state) {
  struct fixture *f = *state;
  struct loaded_copy got;
  assert_int_equal(create_room(f, f->room, "first"), 0);
  run_sql(f, "UPDATE room_updates SET payload = x''");
  assert_int_equal(load_room(f, f->room, &got), ERR_CORRUPT);
  assert_non_null(strstr(got.damage, "is empty"));
}

static void compacted_rows_are_in_the_history(void **state) {
  struct fixture *f = *state;
  struct loaded_copy got;
  assert_int_equal(create_room(f, f->room, "a"), 0);
  assert_int_equal(append_text(f, f->room, "b", NULL), 0);
  assert_int_equal(load_room(f, f->room, &got), 0);
  assert_int_equal(compact_room(f, f->room, &got.seqs[1], 1, "S"), 0);
  sqlite3 *db = NULL;
  sqlite3_stmt *stmt = NULL;
  assert_int_equal(sqlite3_open_v2(path_of(f, "yoke.db"), &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
  assert_int_equal(sqlite3_prepare_v2(db, "SELECT seq, at, author, payload FROM room_history", -1, &stmt, NULL),
                   SQLITE_OK);
  assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
  assert_int_equal(sqlite3_column_int64(stmt, 0), got.seqs[1]);
  assert_int_equal(sqlite3_column_int64(stmt, 1), 2000);
  assert_string_equal(sqlite3_column_text(stmt, 2), "ann");
  assert_memory_equal(sqlite3_column_blob(stmt, 3), "b", 1);
  assert_int_equal(sqlite3_step(stmt), SQLITE_DONE);
  sqlite3_finalize(stmt);
  sqlite3_close(db);
  assert_int_equal(delete_room(f, f->room), 0);
}

static void somebody_elses_write_lock_stalls_and_neither_fails_nor_acknowledges(void **state) {
  struct fixture *f = *state;
  struct outcome o[5] = {0};
  struct store_status status;
  struct loaded_copy got;
  sqlite3 *db = NULL;
  char other[STORE_ROOM_ID_MAX + 1];
  snprintf(other, sizeof other, "%s-b", f->room);
  assert_int_equal(create_room(f, f->room, "0"), 0);
  assert_int_equal(create_room(f, other, "other"), 0);
  assert_int_equal(sqlite3_open_v2(path_of(f, "yoke.db"), &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
  assert_int_equal(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
  for (int i = 0; i < 5; i++) assert_int_equal(start_append(f, f->room, "x", &o[i]), 0);
  wait_up(f, false);
  run_for(f, 300);
  for (int i = 0; i < 5; i++) assert_int_equal(o[i].calls, 0);
  f->store->ops->status(f->store, &status);
  assert_false(status.up);
  assert_non_null(strstr(status.reason, "lock"));
  assert_int_equal(load_room(f, other, &got), 0); /* what is on disk can be read */
  assert_int_equal(ping_store(f), ERR_UNAVAILABLE);
  assert_int_equal(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
  sqlite3_close(db);
  assert_int_equal(flush_store(f), 0);
  f->store->ops->status(f->store, &status);
  assert_true(status.up);
  assert_int_equal(load_room(f, f->room, &got), 0);
  assert_string_equal(got.text, "0,x,x,x,x,x");
}

static void a_full_disk_is_waited_out(void **state) {
  struct fixture *f = *state;
  struct outcome o = {0};
  struct loaded_copy got;
  assert_int_equal(create_room(f, f->room, "0"), 0);
  failing_vfs_set(FAILING_VFS_FULL);
  assert_int_equal(start_append(f, f->room, "x", &o), 0);
  run_for(f, 700);
  assert_int_equal(o.calls, 0);
  failing_vfs_set(FAILING_VFS_OFF);
  wait_for(f, &o);
  assert_int_equal(o.err, 0);
  assert_int_equal(load_room(f, f->room, &got), 0);
  assert_string_equal(got.text, "0,x");
}

static void a_file_that_vanished_does_not_come_back_empty(void **state) {
  struct fixture *f = *state;
  struct outcome o = {0};
  char aside[160];
  assert_int_equal(create_room(f, f->room, "0"), 0);
  failing_vfs_set(FAILING_VFS_SYNC);
  assert_int_equal(start_append(f, f->room, "x", &o), 0);
  run_for(f, 100); /* failed and closed */
  snprintf(aside, sizeof aside, "%s/aside.db", f->dir);
  assert_int_equal(rename(path_of(f, "yoke.db"), aside), 0);
  failing_vfs_set(FAILING_VFS_OFF);
  run_for(f, 1500);
  assert_int_equal(o.calls, 0);
  assert_int_not_equal(access(path_of(f, "yoke.db"), F_OK), 0);
  assert_int_equal(rename(aside, path_of(f, "yoke.db")), 0);
  wait_for(f, &o);
  assert_int_equal(o.err, 0);
}

#define TEST(name)                                                                                                     \
  { #name, name, setup, teardown, NULL }

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(directories_and_files_are_private),
      TEST(a_second_server_is_refused_and_told_who_has_it),
      TEST(a_newer_schema_is_refused),
      TEST(a_damaged_file_is_refused_and_left_alone),
      TEST(another_programs_database_is_refused),
      TEST(a_damaged_page_is_an_error_and_never_an_empty_room),
      TEST(an_empty_payload_is_damage),
      TEST(compacted_rows_are_in_the_history),
      TEST(somebody_elses_write_lock_stalls_and_neither_fails_nor_acknowledges),
      TEST(a_full_disk_is_waited_out),
      TEST(a_file_that_vanished_does_not_come_back_empty),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
