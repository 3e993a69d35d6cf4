/* SPDX-License-Identifier: MIT */
#include "room/document_edit.h"

#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "base/utf8.h"

int document_err(int yata_err) {
  switch (yata_err) {
  case 0: return 0;
  case YATA_ERR_NOMEM: return ERR_NOMEM;
  case YATA_ERR_MALFORMED: return ERR_MALFORMED;
  case YATA_ERR_LIMIT: return ERR_FULL;
  case YATA_ERR_NOT_FOUND:
  case YATA_ERR_GONE: return ERR_NOT_FOUND;
  default: return ERR_INVALID;
  }
}

int document_create(const struct limits *limits, struct document *out) {
  uint32_t client = 0;
  int err = random_bytes(&client, sizeof client);
  if (err) return err;
  yata_options options = {.client_id = client,
                          .max_pending_bytes = (size_t)limits->pending_max_bytes,
                          .max_steps = limits->merge_steps_max};
  *out = (struct document){0};
  return document_err(yata_doc_create(&options, &out->doc));
}

void document_deinit(struct document *d) {
  yata_doc_destroy(d->doc);
  *d = (struct document){0};
}

void document_set_limits(struct document *d, const struct limits *limits) {
  yata_doc_set_limits(d->doc, limits ? (size_t)limits->pending_max_bytes : SIZE_MAX,
                      limits ? limits->merge_steps_max : UINT64_MAX);
}

int document_apply(struct document *d, const uint8_t *update, size_t len, bool *changed) {
  yata_applied applied = {0};
  int err = document_err(yata_apply_update(d->doc, update, len, &applied));
  if (err) return err;
  *changed = applied.changed;
  if (applied.changed) d->estimate_bytes += len;
  return 0;
}

/* libyata's buffers and ours have one layout of ownership: libc memory. */
static int take_output(int yata_err, yata_buf *from, struct buf *to) {
  int err = document_err(yata_err);
  if (!err && to->cap == 0) {
    *to = (struct buf){.data = from->data, .len = from->len, .cap = from->cap};
    return 0;
  }
  if (!err) err = buf_append(to, from->data, from->len);
  yata_buf_deinit(from);
  return err;
}

int document_encode(const struct document *d, struct buf *out) {
  return document_diff(d, NULL, 0, out);
}

int document_diff(const struct document *d, const uint8_t *sv, size_t len, struct buf *out) {
  yata_buf bytes = YATA_BUF_INIT;
  return take_output(yata_encode_state_as_update(d->doc, sv, len, &bytes), &bytes, out);
}

int document_state_vector(const struct document *d, struct buf *out) {
  yata_buf bytes = YATA_BUF_INIT;
  return take_output(yata_encode_state_vector(d->doc, &bytes), &bytes, out);
}

bool document_fits(struct document *d, size_t more, uint64_t max) {
  if (d->estimate_bytes + more <= max) return true;
  struct buf bytes = BUF_INIT;
  if (document_encode(d, &bytes) == 0) d->estimate_bytes = bytes.len;
  buf_deinit(&bytes);
  return d->estimate_bytes + more <= max;
}

int document_read_text(const struct document *d, yata_type text, struct buf *out) {
  yata_buf bytes = YATA_BUF_INIT;
  return take_output(yata_text_read(d->doc, text, &bytes), &bytes, out);
}

int document_title(struct document *d, struct buf *out) {
  yata_type meta;
  if (yata_map(d->doc, "meta", &meta)) return 0;
  yata_value value = {0};
  if (yata_map_get(d->doc, meta, "title", 5, &value)) return 0;
  int err = 0;
  if (value.type.slot == 0 && value.any.kind == YATA_ANY_STRING)
    err = buf_append(out, value.any.u.bytes.data, value.any.u.bytes.len);
  yata_value_deinit(&value);
  return err;
}

/* ---- edits ---- */

int document_finish(struct document *d, int err, struct buf *update) {
  if (err) {
    yata_txn_abort(d->doc);
    return err;
  }
  yata_buf bytes = YATA_BUF_INIT;
  int failed = yata_txn_commit(d->doc, &bytes);
  if (failed) yata_txn_abort(d->doc);
  size_t len = bytes.len;
  err = take_output(failed, &bytes, update);
  if (!err) d->estimate_bytes += len;
  return err;
}

int document_put_string(struct document *d, yata_type map, const char *key, const char *text) {
  yata_any value = yata_any_string(text);
  return document_err(yata_map_set(d->doc, map, key, strlen(key), &value));
}

int document_put_file(struct document *d, const char *id, const char *path, const char *language, yata_type *body) {
  yata_type files = {0}, file = {0};
  int err = document_err(yata_map(d->doc, "files", &files));
  if (!err) err = document_err(yata_map_set_type(d->doc, files, id, strlen(id), YATA_KIND_MAP, &file));
  if (!err) err = document_put_string(d, file, "path", path);
  if (!err) err = document_err(yata_map_set_type(d->doc, file, "text", 4, YATA_KIND_TEXT, body));
  if (!err && language && language[0]) err = document_put_string(d, file, "language", language);
  return err;
}

static int add_file(struct document *d, const char *path, const char *language, const uint8_t *text, size_t len,
                    bool make_main) {
  char id[RANDOM_ID_CHARS + 1];
  yata_type meta = {0}, body = {0};
  int err = random_id(id);
  if (!err) err = document_err(yata_map(d->doc, "meta", &meta));
  if (!err) err = document_put_file(d, id, path, language, &body);
  if (!err && len) err = document_err(yata_text_insert(d->doc, body, 0, (const char *)text, len));
  if (!err && make_main) err = document_put_string(d, meta, "main", id);
  return err;
}

int document_begin(struct document *d) {
  return document_err(yata_txn_begin(d->doc));
}

int document_init(struct document *d, const char *title, const char *path, const char *language, const uint8_t *code,
                  size_t code_len, struct buf *update) {
  int err = document_begin(d);
  if (err) return err;
  yata_type meta = {0};
  err = document_err(yata_map(d->doc, "meta", &meta));
  if (!err) err = document_put_string(d, meta, "title", title);
  if (!err) err = add_file(d, path, language, code, code_len, true);
  return document_finish(d, err, update);
}

int document_add_file(struct document *d, const char *path, const char *language, const uint8_t *text, size_t len,
                      bool make_main, struct buf *update) {
  int err = document_begin(d);
  if (err) return err;
  return document_finish(d, add_file(d, path, language, text, len, make_main), update);
}

int document_remove_file(struct document *d, const struct document_file *file, struct buf *update) {
  int err = document_begin(d);
  if (err) return err;
  yata_type files = {0};
  err = document_err(yata_map(d->doc, "files", &files));
  if (!err) err = document_err(yata_map_delete(d->doc, files, file->id, strlen(file->id)));
  return document_finish(d, err, update);
}

int document_set_title(struct document *d, const char *title, struct buf *update) {
  int err = document_begin(d);
  if (err) return err;
  yata_type meta = {0};
  err = document_err(yata_map(d->doc, "meta", &meta));
  if (!err) err = document_put_string(d, meta, "title", title);
  return document_finish(d, err, update);
}

int document_set_language(struct document *d, const struct document_file *file, const char *language,
                          struct buf *update) {
  int err = document_begin(d);
  if (err) return err;
  return document_finish(d, document_put_string(d, file->file, "language", language), update);
}

int document_put_edits(struct document *d, yata_type text, const uint8_t *current, size_t current_len,
                       const uint8_t *ours, const struct text_edits *edits) {
  size_t byte = 0, shift_in = 0, shift_out = 0, utf16 = 0; /* utf16: of current[0..byte) */
  int err = 0;
  for (size_t i = 0; i < edits->count && !err; i++) {
    const struct text_edit *edit = &edits->items[i];
    if (edit->at + edit->del > current_len) return ERR_INVALID;
    utf16 += utf8_utf16_len(current + byte, edit->at - byte);
    byte = edit->at;
    size_t gone = utf8_utf16_len(current + edit->at, edit->del);
    size_t at = utf16 + shift_in - shift_out;
    if (gone) err = document_err(yata_text_delete(d->doc, text, (uint32_t)at, (uint32_t)gone));
    if (!err && edit->ins)
      err = document_err(yata_text_insert(d->doc, text, (uint32_t)at, (const char *)ours + edit->ins_at, edit->ins));
    shift_in += utf8_utf16_len(ours + edit->ins_at, edit->ins);
    shift_out += gone;
  }
  return err;
}

int document_edit_text(struct document *d, yata_type text, const uint8_t *current, size_t current_len,
                       const uint8_t *ours, const struct text_edits *edits, struct buf *update) {
  int err = document_begin(d);
  if (err) return err;
  return document_finish(d, document_put_edits(d, text, current, current_len, ours, edits), update);
}
