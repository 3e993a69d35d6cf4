/* SPDX-License-Identifier: MIT */
/* Making a document look as another one did: as an edit, so that nothing of what came since is lost. */
#include <string.h>

#include "room/document_edit.h"

struct restore {
  struct document *now, *then;
  struct document_files files_now, files_then;
  yata_type meta, files;
};

static const struct document_file *by_id(const struct document_files *files, const char *id) {
  for (size_t i = 0; i < files->count; i++)
    if (strcmp(files->items[i].id, id) == 0) return &files->items[i];
  return NULL;
}

static int restore_text(struct restore *r, yata_type now, yata_type then) {
  struct buf current = BUF_INIT, wanted = BUF_INIT;
  struct text_edits edits = {0};
  int err = document_read_text(r->now, now, &current);
  if (!err) err = document_read_text(r->then, then, &wanted);
  if (!err) err = textdiff(current.data, current.len, wanted.data, wanted.len, &edits);
  if (!err) err = document_put_edits(r->now, now, current.data, current.len, wanted.data, &edits);
  text_edits_deinit(&edits);
  buf_deinit(&wanted);
  buf_deinit(&current);
  return err;
}

static int restore_file(struct restore *r, const struct document_file *then) {
  const struct document_file *now = by_id(&r->files_now, then->id);
  yata_type body = {0};
  if (!now) {
    int err = document_put_file(r->now, then->id, then->path, then->language, &body);
    return err ? err : restore_text(r, body, then->text);
  }
  int err = strcmp(now->path, then->path) ? document_put_string(r->now, now->file, "path", then->path) : 0;
  if (!err && strcmp(now->language, then->language))
    err = document_put_string(r->now, now->file, "language", then->language);
  return err ? err : restore_text(r, now->text, then->text);
}

static int restore_main(struct restore *r) {
  const struct document_file *then = document_main(&r->files_then), *now = document_main(&r->files_now);
  if (!then || (now && strcmp(now->id, then->id) == 0)) return 0;
  return document_put_string(r->now, r->meta, "main", then->id);
}

static int restore_title(struct restore *r) {
  struct buf now = BUF_INIT, then = BUF_INIT;
  int err = document_title(r->now, &now);
  if (!err) err = document_title(r->then, &then);
  bool same = now.len == then.len && (now.len == 0 || memcmp(now.data, then.data, now.len) == 0);
  if (!err && !same) err = buf_append_byte(&then, 0);
  if (!err && !same) err = document_put_string(r->now, r->meta, "title", (const char *)then.data);
  buf_deinit(&now);
  buf_deinit(&then);
  return err;
}

static int restore_all(struct restore *r) {
  int err = document_err(yata_map(r->now->doc, "meta", &r->meta));
  if (!err) err = document_err(yata_map(r->now->doc, "files", &r->files));
  for (size_t i = 0; i < r->files_then.count && !err; i++) err = restore_file(r, &r->files_then.items[i]);
  for (size_t i = 0; i < r->files_now.count && !err; i++) {
    const char *id = r->files_now.items[i].id;
    if (!by_id(&r->files_then, id)) err = document_err(yata_map_delete(r->now->doc, r->files, id, strlen(id)));
  }
  if (!err) err = restore_main(r);
  return err ? err : restore_title(r);
}

int document_restore(struct document *d, struct document *then, size_t path_max, struct buf *update) {
  struct restore r = {.now = d, .then = then};
  int err = document_files(d, path_max, &r.files_now);
  if (!err) err = document_files(then, path_max, &r.files_then);
  if (!err) err = document_begin(d);
  if (!err) err = document_finish(d, restore_all(&r), update);
  document_files_deinit(&r.files_then);
  document_files_deinit(&r.files_now);
  return err;
}
