/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/backup.h"
#include "app/place.h"
#include "base/clock.h"
#include "base/plural.h"
#include "store/folder.h"
#include "store/lockfile.h"
#include "store/restoring.h"

struct restore {
  const struct config *config;
  const char *file;
  bool force;
  struct dump_label label;
  struct dump_copy copy;
  struct buf kept; /* the name under which the old database stays, with a NUL */
  struct buf *error;
};

/** Copy the backup into @to, and close it. */
static int fill(struct restore *r, struct dump_writer *to) {
  struct progress progress;
  int err = dump_read_sqlite(r->file, &r->copy.from, r->error);
  if (!err) {
    progress_start(&progress, "restoring", &r->label.totals);
    r->copy.to = to;
    r->copy.on_progress = progress_on_copy;
    r->copy.ctx = &progress;
    err = dump_copy(&r->copy, r->error);
    progress_end(&progress);
  }
  if (!err && strcmp(r->copy.digest, r->label.digest) != 0) {
    (void)!buf_printf(r->error, "%s changed while it was read\n", r->file);
    err = ERR_CORRUPT;
  }
  if (!err) err = to->ops->commit(to, r->error);
  dump_writer_close(to);
  dump_reader_close(r->copy.from);
  return err;
}

/** Is there nothing yet that could be lost? */
static int check_empty(struct restore *r, const char *where) {
  struct dump_reader *reader = NULL;
  struct dump_totals totals = {0};
  struct buf why = BUF_INIT;
  if (r->force) return 0;
  int err = place_read(r->config, &reader, &why);
  if (!err) err = reader->ops->totals(reader, &totals, &why);
  dump_reader_close(reader);
  bool fresh = err == ERR_NOT_FOUND;
  if (err && !fresh)
    (void)!buf_printf(r->error, "%.*s%s cannot be read, and may hold rooms: replace it with --force\n", (int)why.len,
                      why.data ? (const char *)why.data : "", where);
  else if (!err && totals.rooms)
    (void)!buf_printf(r->error, "%s holds %" PRIu64 " room%s: replace %s with --force\n", where, totals.rooms,
                      PLURAL_S(totals.rooms), totals.rooms == 1 ? "it" : "them");
  buf_deinit(&why);
  if (fresh) return 0;
  return err ? err : totals.rooms ? ERR_EXISTS : 0;
}

/* ---- PostgreSQL: one transaction ---- */

static int restore_postgres(struct restore *r) {
  struct dump_writer *to = NULL;
  int err = check_empty(r, "the database");
  if (!err) err = dump_write_postgres(&r->config->db, true, &to, r->error);
  return err ? err : fill(r, to);
}

/* ---- SQLite: a new file that takes the place of the old one ---- */

static int complain(struct restore *r, const char *what, const char *path) {
  (void)!buf_printf(r->error, "cannot %s %s: %s\n", what, path, strerror(errno));
  return ERR_IO;
}

static int log_name(struct buf *out, const char *path) {
  return buf_printf(out, "%s-wal%c", path, 0);
}

/** Give the log of @path a second name, that of @kept's. Fine when there is none. */
static int keep_log(struct restore *r, const char *path, const char *kept) {
  struct buf from = BUF_INIT, to = BUF_INIT;
  int err = log_name(&from, path);
  if (!err) err = log_name(&to, kept);
  if (!err && link((const char *)from.data, (const char *)to.data) != 0 && errno != ENOENT && errno != EEXIST)
    err = complain(r, "keep the old database's log as", (const char *)to.data);
  buf_deinit(&to);
  buf_deinit(&from);
  return err;
}

static int drop_logs(struct restore *r, const char *path) {
  static const char *const ends[] = {"-wal", "-shm"};
  struct buf name = BUF_INIT;
  int err = 0;
  for (size_t i = 0; i < sizeof ends / sizeof *ends && !err; i++) {
    buf_clear(&name);
    err = buf_printf(&name, "%s%s%c", path, ends[i], 0);
    if (!err && unlink((const char *)name.data) != 0 && errno != ENOENT)
      err = complain(r, "remove", (const char *)name.data);
  }
  buf_deinit(&name);
  return err;
}

/**
 * Keep the old database under another name. Whenever this is cut short, what
 * has the name of the database is all of it, or there is nothing of that name.
 */
static int set_aside(struct restore *r, const char *path) {
  int err = restoring_kept_name(path, clock_unix_ms(), &r->kept);
  if (err) return err;
  const char *kept = (const char *)r->kept.data;
  bool there = access(path, F_OK) == 0;
  bool whole = there && dump_settle_sqlite(path);
  if (whole) return link(path, kept) == 0 ? 0 : complain(r, "keep the old database as", kept);
  err = keep_log(r, path, kept);
  if (!err && there && rename(path, kept) != 0) err = complain(r, "keep the old database as", kept);
  if (!err) err = drop_logs(r, path); /* or it would be taken for the new one's */
  if (!there) buf_clear(&r->kept);
  return err;
}

/** After a failure: as it was. */
static void put_back(struct restore *r, const char *path) {
  const char *kept = (const char *)r->kept.data;
  struct buf ignored = BUF_INIT;
  struct restore quiet = {.error = &ignored};
  bool there = access(path, F_OK) == 0;
  bool back = there || (keep_log(&quiet, kept, path) == 0 && rename(kept, path) == 0);
  if (there) unlink(kept);
  if (back) (void)!drop_logs(&quiet, kept);
  buf_deinit(&ignored);
}

static int take_place(struct restore *r, const char *fresh, const char *path) {
  int err = set_aside(r, path);
  if (!err && rename(fresh, path) != 0) err = complain(r, "put in place", path);
  if (err && r->kept.len) put_back(r, path);
  return err ? err : folder_sync_name(path, r->error);
}

static int replace_database(struct restore *r, const char *path) {
  struct buf name = BUF_INIT;
  struct dump_writer *to = NULL;
  int err = restoring_name(path, &name);
  const char *fresh = (const char *)name.data;
  if (!err && unlink(fresh) != 0 && errno != ENOENT) err = complain(r, "remove", fresh); /* of one that was cut short */
  if (!err) err = dump_write_file(fresh, &to, r->error);
  if (!err) err = fill(r, to);
  if (!err) err = take_place(r, fresh, path);
  if (err && fresh) unlink(fresh);
  buf_deinit(&name);
  return err;
}

static int restore_sqlite(struct restore *r) {
  struct buf path = BUF_INIT, lock = BUF_INIT;
  int fd = -1;
  int err = place_database(r->config, &path);
  if (!err) err = folder_make(r->config->data_dir, r->error);
  if (!err) err = buf_printf(&lock, "%s/yoke.lock%c", r->config->data_dir, 0);
  if (!err) err = lockfile_take((const char *)lock.data, &fd, r->error);
  if (!err) restoring_tidy((const char *)path.data);
  if (!err) err = check_empty(r, (const char *)path.data);
  if (!err) err = replace_database(r, (const char *)path.data);
  lockfile_release(fd);
  buf_deinit(&lock);
  buf_deinit(&path);
  return err;
}

static void tell_older(void *ctx, const char *kept) {
  const struct restore *r = ctx;
  if (!r->kept.len || strcmp((const char *)r->kept.data, kept) != 0)
    printf("an older database stays as %s; remove it when it is not wanted\n", kept);
}

/** Those of earlier restores as well: one may have been cut short before it could tell. */
static void tell_kept(struct restore *r) {
  struct buf path = BUF_INIT;
  if (r->kept.len) printf("the old database stays as %s; remove it when it is not wanted\n", (char *)r->kept.data);
  if (!place_database(r->config, &path)) restoring_each_kept((const char *)path.data, tell_older, r);
  buf_deinit(&path);
}

int backup_restore(const struct config *config, const char *file, bool force, struct buf *error) {
  struct restore r = {.config = config, .file = file, .force = force, .error = error};
  struct dump_copy read = {0};
  int err = backup_verify(file, &r.label, &read, error);
  if (!err) err = config->db.host ? restore_postgres(&r) : restore_sqlite(&r);
  if (!err)
    printf("restored %" PRIu64 " room%s, %" PRIu64 " row%s from %s (sha256 %s)\n", r.copy.done.rooms,
           PLURAL_S(r.copy.done.rooms), r.copy.done.rows, PLURAL_S(r.copy.done.rows), file, r.copy.digest);
  if (!err && !config->db.host) tell_kept(&r);
  if (!err && (read.damaged || read.missing))
    fprintf(stderr, "warning: the backup was made of damaged rooms; yoke doctor tells which\n");
  buf_deinit(&r.kept);
  if (!err) return read.damaged || read.missing ? PLACE_DAMAGED : PLACE_OK;
  if (!error->len) (void)!buf_printf(error, "the restore failed: %s\n", err_text(err));
  if (error->data && error->data[error->len - 1] != '\n') (void)!buf_append_str(error, "\n");
  return PLACE_FAILED;
}
