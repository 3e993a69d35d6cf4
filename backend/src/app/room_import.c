/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/backup.h"
#include "app/place.h"
#include "app/room_zip.h"
#include "app/zip.h"
#include "base/plural.h"
#include "base/random.h"
#include "store/rowsum.h"

#define ROOM_MAX_BYTES (UINT64_C(64) << 30) /* of room.yoke unpacked */

struct import {
  const struct config *config;
  const char *file;
  struct buf kept; /* room.yoke unpacked, with a NUL */
  struct dump_reader *from;
  struct dump_writer *to;
  char id[STORE_ROOM_ID_MAX + 1];
  uint64_t rows;
  struct buf *error;
};

static int on_row(void *ctx, const struct dump_row *row) {
  struct import *im = ctx;
  struct dump_row copy = *row;
  if (copy.summed) copy.crc = rowsum(im->id, &row->row); /* which holds the id; it was sound: see check() */
  im->rows++;
  return im->to->ops->row(im->to, im->id, &copy, im->error);
}

static int unpack(struct import *im) {
  int err = buf_printf(&im->kept, "%s.room-%ld%c", im->file, (long)getpid(), 0);
  if (!err) err = zip_extract(im->file, "room.yoke", (const char *)im->kept.data, ROOM_MAX_BYTES, im->error);
  return err;
}

/** Exactly one room, whole. *first_seq: the least number of its rows. */
static int check(struct import *im, uint64_t *first_seq) {
  struct dump_label label;
  struct dump_copy read = {0};
  struct buf why = BUF_INIT; /* of a file that nobody will see */
  int err = backup_verify((const char *)im->kept.data, &label, &read, &why);
  if (err == ERR_CORRUPT)
    (void)!buf_printf(im->error,
                      "%s is damaged: its room.yoke is not what was exported; copy it again, or export the "
                      "room again\n",
                      im->file);
  else if (err && why.len)
    (void)!buf_append(im->error, why.data, why.len);
  buf_deinit(&why);
  if (!err && (read.done.rooms != 1 || read.damaged || read.missing)) {
    (void)!buf_printf(im->error, "%s: room.yoke does not hold one whole room; export it again\n", im->file);
    err = ERR_CORRUPT;
  }
  *first_seq = read.first_seq;
  return err;
}

static int copy(struct import *im, uint64_t first_seq, bool new_id) {
  struct dump_room record;
  char theirs[STORE_ROOM_ID_MAX + 1];
  int err = im->from->ops->next(im->from, "", &record, im->error);
  if (err) return err;
  snprintf(theirs, sizeof theirs, "%s", record.room.id);
  snprintf(im->id, sizeof im->id, "%s", theirs);
  if (new_id) err = random_id(im->id);
  if (err) return err;
  record.room.id = im->id;
  im->to->first_seq = first_seq;
  err = im->to->ops->room(im->to, &record, im->error);
  if (err == ERR_EXISTS)
    (void)!buf_printf(im->error, "there is a room %s already: bring this one in beside it with --new-id\n", im->id);
  if (!err) err = im->from->ops->rows(im->from, theirs, on_row, im, im->error);
  return err ? err : im->to->ops->commit(im->to, im->error);
}

int room_import(const struct config *config, const char *file, bool new_id, struct buf *error) {
  struct import im = {.config = config, .file = file, .error = error};
  uint64_t first_seq = 0;
  int err = unpack(&im);
  if (!err) err = check(&im, &first_seq);
  if (!err) err = dump_read_sqlite((const char *)im.kept.data, &im.from, error);
  if (!err) err = place_add(config, &im.to, error);
  if (!err) err = copy(&im, first_seq, new_id);
  dump_writer_close(im.to);
  dump_reader_close(im.from);
  if (im.kept.data) unlink((const char *)im.kept.data);
  buf_deinit(&im.kept);
  if (err && !error->len) (void)!buf_printf(error, "%s could not be imported: %s\n", file, err_text(err));
  if (err && error->data[error->len - 1] != '\n') (void)!buf_append_str(error, "\n");
  if (err) return PLACE_FAILED;
  printf("imported room %s, %" PRIu64 " row%s\n", im.id, im.rows, PLURAL_S(im.rows));
  return PLACE_OK;
}
