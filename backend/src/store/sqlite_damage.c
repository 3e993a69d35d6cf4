/* SPDX-License-Identifier: MIT */
/* What is wrong with a backup, by the bytes of its file ("The Database Header" of SQLite's file format). */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/sqlite_dump.h"
#include "store/sqlite_schema.h"
#include "store/sqlite_values.h"

enum { HEADER_BYTES = 100, AT_PAGE_SIZE = 16, AT_PAGES = 28, AT_OWNER = 68 };

#define REMEDY "copy it again from where it was made, or take another backup"

static uint64_t big_endian(const uint8_t *bytes, size_t len) {
  uint64_t value = 0;
  for (size_t i = 0; i < len; i++) value = value << 8 | bytes[i];
  return value;
}

static uint64_t page_size(const uint8_t *header) {
  uint64_t size = big_endian(header + AT_PAGE_SIZE, 2);
  return size == 1 ? 65536 : size;
}

static int read_header(const char *path, uint8_t header[HEADER_BYTES], uint64_t *size, struct buf *error) {
  struct stat st = {0};
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  ssize_t got = fd >= 0 && fstat(fd, &st) == 0 ? read(fd, header, HEADER_BYTES) : -1;
  int saved = errno;
  if (fd >= 0) close(fd);
  *size = (uint64_t)st.st_size;
  if (got >= 0) return 0;
  (void)!buf_printf(error, "cannot read %s: %s\n", path, strerror(saved));
  return saved == ENOENT ? ERR_NOT_FOUND : ERR_IO;
}

int dump_check_backup(const char *path, struct buf *error) {
  uint8_t header[HEADER_BYTES] = {0};
  uint64_t size = 0;
  int err = read_header(path, header, &size, error);
  if (err) return err;
  uint64_t written = page_size(header) * big_endian(header + AT_PAGES, 4);
  size_t begins = size < 16 ? (size_t)size : 16;
  if (size == 0)
    (void)!buf_printf(error, "%s is no backup: it is empty; name a file that yoke backup made\n", path);
  else if (memcmp(header, "SQLite format 3", begins) != 0)
    (void)!buf_printf(
        error, "%s is no backup, or its beginning (offset 0) is damaged: name a file that yoke backup made\n", path);
  else if (size < HEADER_BYTES)
    (void)!buf_printf(error, "%s is a damaged backup file: it ends at offset %" PRIu64 "; " REMEDY "\n", path, size);
  else if (big_endian(header + AT_OWNER, 4) != SQLITE_SCHEMA_OWNER)
    (void)!buf_printf(error, "%s is no backup, but a database of another program: name a file that yoke backup made\n",
                      path);
  else if (size < written)
    (void)!buf_printf(error,
                      "%s is a damaged backup file: it ends at offset %" PRIu64 ", and %" PRIu64
                      " bytes were written; " REMEDY "\n",
                      path, size, written);
  else
    return 0;
  return ERR_CORRUPT;
}

/** The first page that SQLite finds damaged; 0: none. What it says of it goes to @said. */
static uint64_t find_page(sqlite3 *handle, char *said, size_t cap) {
  sqlite3_stmt *stmt = NULL;
  uint64_t page = 0;
  if (sqlite3_prepare_v2(handle, "PRAGMA quick_check(1)", -1, &stmt, NULL) == SQLITE_OK &&
      sqlite3_step(stmt) == SQLITE_ROW) {
    const char *line = strrchr(sqlite_text_at(stmt, 0), '\n');
    line = line ? line + 1 : sqlite_text_at(stmt, 0);
    const char *at = strstr(line, "age ");
    if (strcmp(line, "ok") != 0) snprintf(said, cap, "%s", line);
    if (at) page = strtoull(at + 4, NULL, 10);
  }
  sqlite3_finalize(stmt);
  return page;
}

void dump_explain_damage(const char *path, const char *otherwise, struct buf *error) {
  uint8_t header[HEADER_BYTES] = {0};
  uint64_t size = 0, page = 0;
  char said[160] = "";
  sqlite3 *handle = NULL;
  struct buf ignored = BUF_INIT;
  if (sqlite3_open_v2(path, &handle, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK)
    page = find_page(handle, said, sizeof said);
  sqlite3_close(handle);
  (void)!buf_printf(error, "%s is a damaged backup file: ", path);
  if (page && !read_header(path, header, &size, &ignored))
    (void)!buf_printf(error, "at offset %" PRIu64 " (%s); " REMEDY "\n", (page - 1) * page_size(header), said);
  else
    (void)!buf_printf(error, "%s; " REMEDY "\n", said[0] ? said : otherwise);
  buf_deinit(&ignored);
}
