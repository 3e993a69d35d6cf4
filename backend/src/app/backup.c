/* SPDX-License-Identifier: MIT */
#include "app/backup.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/place.h"
#include "base/clock.h"
#include "base/plural.h"
#include "store/folder.h"

static int read_all(const char *file, const struct dump_label *label, struct dump_copy *read, struct buf *error) {
  struct dump_reader *reader = NULL;
  struct progress progress;
  int err = dump_read_sqlite(file, &reader, error);
  if (err) return err;
  progress_start(&progress, "checking", &label->totals);
  *read = (struct dump_copy){.from = reader, .on_progress = progress_on_copy, .ctx = &progress};
  err = dump_copy(read, error);
  progress_end(&progress);
  dump_reader_close(reader);
  return err;
}

int backup_verify(const char *file, struct dump_label *label, struct dump_copy *read, struct buf *error) {
  size_t before = error->len;
  char what[250] = "what is in it is not what was written";
  int err = dump_check_backup(file, error);
  if (err) return err;
  err = dump_get_label(file, label, error);
  if (!err) err = read_all(file, label, read, error);
  if (!err && strcmp(read->digest, label->digest) != 0) {
    err = ERR_CORRUPT;
    if (read->damaged) /* or it was so in the database already: a backup holds such rows as they are */
      snprintf(what, sizeof what, "what is in it is not what was written; the first wrong checksum is that of %s",
               read->first_damaged);
  }
  if (err != ERR_CORRUPT) return err;
  error->len = before; /* it is no database, and the remedy is another */
  dump_explain_damage(file, what, error);
  return err;
}

/** A name beside @file that nobody else uses. */
static int partial_name(const char *file, struct buf *out) {
  return buf_printf(out, "%s.partial-%ld%c", file, (long)getpid(), 0);
}

static int write_partial(const struct config *config, const char *partial, struct dump_copy *copy, struct buf *error) {
  struct dump_label label = {.made_at = clock_unix_ms()};
  struct dump_totals totals = {0};
  struct progress progress;
  snprintf(label.source, sizeof label.source, "%s", config->db.host ? "postgresql" : "sqlite");
  int err = copy->from->ops->totals(copy->from, &totals, error);
  if (!err) err = dump_write_file(partial, &copy->to, error);
  if (err) return err;
  progress_start(&progress, "writing", &totals);
  copy->on_progress = progress_on_copy;
  copy->ctx = &progress;
  err = dump_copy(copy, error);
  progress_end(&progress);
  if (!err) err = copy->to->ops->commit(copy->to, error);
  dump_writer_close(copy->to);
  if (err) return err;
  label.totals = copy->done;
  memcpy(label.digest, copy->digest, sizeof label.digest);
  return dump_set_label(partial, &label, error);
}

static int put_in_place(const char *partial, const char *file, struct buf *error) {
  if (rename(partial, file) == 0) return folder_sync_name(file, error);
  (void)!buf_printf(error, "cannot rename %s to %s: %s\n", partial, file, strerror(errno));
  return ERR_IO;
}

static int tell_made(const char *file, const struct dump_copy *copy) {
  struct stat st = {0};
  if (stat(file, &st) != 0) st.st_size = 0;
  printf("%s: %" PRIu64 " room%s, %" PRIu64 " row%s, %.1f MB, sha256 %s\n", file, copy->done.rooms,
         PLURAL_S(copy->done.rooms), copy->done.rows, PLURAL_S(copy->done.rows), (double)st.st_size / 1e6,
         copy->digest);
  fflush(stdout);
  if (!copy->damaged && !copy->missing) return PLACE_OK;
  fprintf(stderr,
          "warning: %" PRIu64 " row%s %s damaged and %" PRIu64 " %s missing in the database; the backup holds what is "
          "there, as it is. yoke doctor tells which rooms these are.\n",
          copy->damaged, PLURAL_S(copy->damaged), PLURAL_IS(copy->damaged), copy->missing, PLURAL_IS(copy->missing));
  return PLACE_DAMAGED;
}

int backup_make(const struct config *config, const char *file, bool force, struct buf *error) {
  struct dump_copy copy = {0}, again = {0};
  struct dump_label label;
  struct buf partial = BUF_INIT;
  if (!force && access(file, F_OK) == 0) {
    (void)!buf_printf(error, "%s exists already: name another file, or replace it with --force\n", file);
    return PLACE_FAILED;
  }
  int err = partial_name(file, &partial);
  const char *name = (const char *)partial.data;
  if (!err) err = place_read(config, &copy.from, error);
  if (!err) err = write_partial(config, name, &copy, error);
  if (!err) err = backup_verify(name, &label, &again, error); /* as it will be read one day */
  if (!err) err = put_in_place(name, file, error);
  if (err && name) unlink(name);
  dump_reader_close(copy.from);
  buf_deinit(&partial);
  if (err && !error->len) (void)!buf_printf(error, "the backup failed: %s\n", err_text(err));
  return err ? PLACE_FAILED : tell_made(file, &copy);
}
