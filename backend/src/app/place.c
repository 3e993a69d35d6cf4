/* SPDX-License-Identifier: MIT */
#include "app/place.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/plural.h"
#include "store/folder.h"
#include "store/lockfile.h"
#include "store/restoring.h"

#define TELL_AFTER_MS 1000
#define TELL_TERMINAL_MS 200
#define TELL_LINES_MS 5000

int place_database(const struct config *config, struct buf *path) {
  return buf_printf(path, "%s/yoke.db%c", config->data_dir, 0);
}

/** Without the lock: a restore may be writing what it would leave. */
static void explain_missing(const char *path, struct buf *error) {
  struct buf why = BUF_INIT;
  if (!restoring_check(path, &why))
    (void)!buf_append_str(error, "is --data-dir right, or db_config missing?\n");
  else
    (void)!buf_printf(error, "a restore may still be running: wait until it ends. If none is: %.*s\n", (int)why.len,
                      why.data ? (const char *)why.data : "");
  buf_deinit(&why);
}

int place_read(const struct config *config, struct dump_reader **out, struct buf *error) {
  if (config->db.host) return dump_read_postgres(&config->db, out, error);
  struct buf path = BUF_INIT;
  int err = place_database(config, &path);
  if (!err) err = dump_read_sqlite((const char *)path.data, out, error);
  if (err == ERR_NOT_FOUND) explain_missing((const char *)path.data, error);
  buf_deinit(&path);
  return err;
}

/** An empty database, whole or not there. The lock is held: a partial one is left of somebody who was killed. */
static int make_database(const char *path, struct buf *error) {
  struct dump_writer *writer = NULL;
  struct buf partial = BUF_INIT;
  int err = buf_printf(&partial, "%s.partial%c", path, 0);
  const char *name = (const char *)partial.data;
  if (!err && unlink(name) != 0 && errno != ENOENT) {
    (void)!buf_printf(error, "cannot remove %s: %s\n", name, strerror(errno));
    err = ERR_IO;
  }
  if (!err) err = dump_write_file(name, &writer, error);
  if (!err) err = writer->ops->commit(writer, error);
  dump_writer_close(writer);
  if (!err && rename(name, path) != 0) {
    (void)!buf_printf(error, "cannot rename %s to %s: %s\n", name, path, strerror(errno));
    err = ERR_IO;
  }
  if (err && name) unlink(name);
  buf_deinit(&partial);
  return err ? err : folder_sync_name(path, error);
}

/** While nobody else can make one. */
static int ensure_database(const struct config *config, const char *path, struct buf *error) {
  struct buf lock = BUF_INIT;
  int fd = -1;
  if (access(path, F_OK) == 0) return 0;
  int err = folder_make(config->data_dir, error);
  if (!err) err = buf_printf(&lock, "%s/yoke.lock%c", config->data_dir, 0);
  if (!err) err = lockfile_take((const char *)lock.data, &fd, error);
  if (!err) err = restoring_check(path, error);
  if (!err && access(path, F_OK) != 0) err = make_database(path, error);
  lockfile_release(fd);
  buf_deinit(&lock);
  return err;
}

int place_add(const struct config *config, struct dump_writer **out, struct buf *error) {
  if (config->db.host) return dump_write_postgres(&config->db, false, out, error);
  struct buf path = BUF_INIT;
  int err = place_database(config, &path);
  if (!err) err = ensure_database(config, (const char *)path.data, error);
  if (!err) err = dump_add_sqlite((const char *)path.data, out, error);
  buf_deinit(&path);
  return err;
}

void progress_start(struct progress *p, const char *doing, const struct dump_totals *of) {
  *p = (struct progress){.doing = doing, .of = *of, .terminal = isatty(STDERR_FILENO) == 1};
  p->started_ms = p->told_ms = clock_mono_ms();
}

void progress_on_copy(void *ctx, uint64_t rooms, uint64_t rows) {
  struct progress *p = ctx;
  uint64_t now = clock_mono_ms();
  if (now - p->started_ms < TELL_AFTER_MS) return;
  if (now - p->told_ms < (p->terminal ? TELL_TERMINAL_MS : TELL_LINES_MS)) return;
  p->told_ms = now;
  p->told = true;
  fprintf(stderr, "%s%s: %" PRIu64 " of %" PRIu64 " room%s, %" PRIu64 " of %" PRIu64 " row%s%s",
          p->terminal ? "\r" : "", p->doing, rooms, p->of.rooms, PLURAL_S(p->of.rooms), rows, p->of.rows,
          PLURAL_S(p->of.rows), p->terminal ? "\033[K" : "\n");
  fflush(stderr);
}

void progress_end(struct progress *p) {
  if (p->told && p->terminal) fputs("\r\033[K", stderr);
}
