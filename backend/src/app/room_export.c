/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/place.h"
#include "app/room_read.h"
#include "app/room_zip.h"
#include "app/zip.h"
#include "base/clock.h"
#include "room/registry.h"
#include "store/folder.h"
#include "store/rowsum.h"
#include "wire/api_reply.h"

struct export {
  const struct config *config;
  const char *room_id, *file;
  struct dump_reader *reader;
  struct room_reading room;
  struct zip_out *zip;
  struct buf partial, kept; /* names of files on the way, with a NUL: the archive, room.yoke */
  struct dump_writer *to;   /* room.yoke */
  struct buf *error;
};

/* ---- room.yoke: what is sound ---- */

/** Of a damaged room the snapshot holds whatever could be read, so that an import loses none of it. */
static int write_snapshot(struct export *e) {
  struct buf state = BUF_INIT;
  int err = room_read_merge(&e->room);
  if (!err) err = document_encode(&e->room.log, &state);
  if (!err) {
    struct dump_row row = {.table = DUMP_SNAPSHOT, .summed = true};
    row.row = (struct store_row){.seq = 1, .author = "", .data = state.data, .len = state.len, .updates = 1};
    row.crc = rowsum(e->room_id, &row.row);
    err = e->to->ops->row(e->to, e->room_id, &row, e->error);
  }
  buf_deinit(&state);
  return err;
}

static int on_copied_row(void *ctx, const struct dump_row *row, bool usable) {
  struct export *e = ctx;
  bool damaged = e->room.problem_count > 0;
  if (!usable || (damaged && row->table == DUMP_SNAPSHOT)) return 0;
  return e->to->ops->row(e->to, e->room_id, row, e->error);
}

/** The record of what will be in the file. */
static struct dump_room usable_record(const struct room_reading *r) {
  struct dump_room record = r->record;
  bool damaged = r->problem_count > 0;
  record.snapshot_rows = damaged ? 1 : r->usable[DUMP_SNAPSHOT];
  record.history_rows = r->usable[DUMP_HISTORY];
  record.history_bytes = r->usable_history_bytes;
  record.update_rows = r->usable[DUMP_UPDATE];
  return record;
}

/** A second reading, now that it is known what is usable. */
static int copy_rows(struct export *e) {
  struct room_reading again;
  struct dump_room record = usable_record(&e->room);
  int err = e->to->ops->room(e->to, &record, e->error);
  if (!err && e->room.problem_count) err = write_snapshot(e);
  if (err) return err;
  err = room_read(e->reader, &e->room.record, &e->config->limits, on_copied_row, e, &again);
  room_reading_deinit(&again);
  return err ? err : e->to->ops->commit(e->to, e->error);
}

static int label_kept(struct export *e) {
  const char *path = (const char *)e->kept.data;
  struct dump_label label = {.made_at = clock_unix_ms()};
  struct dump_copy copy = {0};
  snprintf(label.source, sizeof label.source, "%s", e->config->db.host ? "postgresql" : "sqlite");
  int err = dump_read_sqlite(path, &copy.from, e->error);
  if (!err) err = dump_copy(&copy, e->error);
  dump_reader_close(copy.from);
  label.totals = copy.done;
  memcpy(label.digest, copy.digest, sizeof label.digest);
  return err ? err : dump_set_label(path, &label, e->error);
}

static int write_kept(struct export *e) {
  int err = buf_printf(&e->kept, "%s.room-%ld%c", e->file, (long)getpid(), 0);
  if (!err) err = dump_write_file((const char *)e->kept.data, &e->to, e->error);
  if (!err) err = copy_rows(e);
  dump_writer_close(e->to);
  e->to = NULL;
  return err ? err : label_kept(e);
}

/* ---- the archive ---- */

static struct document *best_document(struct export *e) {
  return e->room.problem_count ? &e->room.log : &e->room.now; /* of a damaged room: all that was merged */
}

static int add_files(struct export *e) {
  struct document *d = best_document(e);
  struct document_files files = {0};
  int err = document_files(d, (size_t)e->config->limits.path_max_bytes, &files);
  for (size_t i = 0; i < files.count && !err; i++) {
    struct buf name = BUF_INIT, text = BUF_INIT;
    err = buf_printf(&name, "files/%s%c", files.items[i].path, 0);
    if (!err) err = document_read_text(d, files.items[i].text, &text);
    if (!err) err = zip_out_add(e->zip, (const char *)name.data, text.data, text.len, e->error);
    buf_deinit(&text);
    buf_deinit(&name);
  }
  document_files_deinit(&files);
  return err;
}

static int add_document(struct export *e) {
  struct buf state = BUF_INIT;
  int err = document_encode(best_document(e), &state);
  if (!err) err = zip_out_add(e->zip, "document.yjs", state.data, state.len, e->error);
  buf_deinit(&state);
  return err;
}

static int add_record(struct export *e) {
  struct buf json = BUF_INIT;
  const struct room_reading *r = &e->room;
  const struct store_room *room = &r->record.room;
  struct api_export_view view = {
      .room_id = room->id,
      .name = room->name,
      .language = room->language,
      .owner_name = room->owner_name,
      .owner_mail = room->owner_mail,
      .created_at = room->created_at,
      .updated_at = room->updated_at,
      .last_seq = r->last_seq,
      .history_rows = r->found[DUMP_HISTORY],
      .log_rows = r->found[DUMP_UPDATE],
      .problems = (const char *)r->problems.data,
      .problems_len = r->problems.len,
  };
  int err = api_export_record(&view, &json);
  if (!err) err = zip_out_add(e->zip, "room.json", json.data, json.len, e->error);
  buf_deinit(&json);
  return err;
}

static int on_read_row(void *ctx, const struct dump_row *row, bool usable) {
  static const char *const names[] = {[DUMP_SNAPSHOT] = "snapshot", [DUMP_HISTORY] = "history", [DUMP_UPDATE] = "log"};
  struct export *e = ctx;
  char name[64];
  if (usable) return 0;
  snprintf(name, sizeof name, "damaged/%s-%" PRIu64 ".bin", names[row->table], row->row.seq);
  return zip_out_add(e->zip, name, row->row.data, row->row.len, e->error);
}

static int write_archive(struct export *e) {
  struct dump_room record;
  int err = e->reader->ops->find(e->reader, e->room_id, &record, e->error);
  if (err == ERR_NOT_FOUND && !e->error->len)
    (void)!buf_printf(e->error, "there is no room %s: yoke doctor lists all there are\n", e->room_id);
  if (!err) err = zip_out_create((const char *)e->partial.data, &e->zip, e->error);
  if (!err) err = room_read(e->reader, &record, &e->config->limits, on_read_row, e, &e->room);
  if (!err) err = write_kept(e);
  if (!err) err = add_files(e);
  if (!err) err = add_document(e);
  if (!err) err = add_record(e);
  if (!err) err = zip_out_add_file(e->zip, "room.yoke", (const char *)e->kept.data, e->error);
  if (err) return err;
  struct zip_out *zip = e->zip;
  e->zip = NULL;
  return zip_out_finish(zip, e->error);
}

static int put_in_place(struct export *e) {
  const char *partial = (const char *)e->partial.data;
  int err = dump_sync(partial, e->error);
  if (!err && rename(partial, e->file) != 0) {
    (void)!buf_printf(e->error, "cannot rename %s to %s\n", partial, e->file);
    err = ERR_IO;
  }
  return err ? err : folder_sync_name(e->file, e->error);
}

static int tell(const struct export *e) {
  const struct room_reading *r = &e->room;
  printf("%s: room %s, last row %" PRIu64 "\n", e->file, e->room_id, r->last_seq);
  fflush(stdout);
  if (r->problem_count)
    fprintf(stderr,
            "warning: not all of the room could be read; the archive holds what could, and damaged rows as they are:\n"
            "%.*s",
            (int)r->problems.len, (const char *)r->problems.data);
  return r->problem_count ? PLACE_DAMAGED : PLACE_OK;
}

static int run(struct export *e) {
  int err = buf_printf(&e->partial, "%s.partial-%ld%c", e->file, (long)getpid(), 0);
  if (!err) err = place_read(e->config, &e->reader, e->error);
  if (!err) err = write_archive(e);
  if (!err) err = put_in_place(e);
  zip_out_discard(e->zip);
  if (err && e->partial.data) unlink((const char *)e->partial.data);
  if (e->kept.data) unlink((const char *)e->kept.data);
  int status = err ? PLACE_FAILED : tell(e);
  if (e->room.now.doc) room_reading_deinit(&e->room);
  dump_reader_close(e->reader);
  buf_deinit(&e->kept);
  buf_deinit(&e->partial);
  if (err && !e->error->len) (void)!buf_printf(e->error, "the export failed: %s\n", err_text(err));
  return status;
}

int room_export(const struct config *config, const char *room_id, const char *output, bool force, struct buf *error) {
  char name[STORE_ROOM_ID_MAX + 8];
  if (!registry_id_valid(room_id)) {
    (void)!buf_printf(error, "'%s' cannot be the id of a room: it is the last part of the room's address\n", room_id);
    return PLACE_FAILED;
  }
  snprintf(name, sizeof name, "%s.zip", room_id);
  struct export e = {.config = config, .room_id = room_id, .file = output ? output : name, .error = error};
  if (!force && access(e.file, F_OK) == 0) {
    (void)!buf_printf(error, "%s exists already: choose another with --output, or replace it with --force\n", e.file);
    return PLACE_FAILED;
  }
  return run(&e);
}
