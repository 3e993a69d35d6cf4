/* SPDX-License-Identifier: MIT */
#include "doc.h"

#include <stdlib.h>
#include <string.h>

yata_doc *doc_create(uint64_t client_id) {
  yata_doc *doc = NULL;
  if (yata_doc_create(&(yata_options){.client_id = client_id}, &doc) != 0) abort();
  return doc;
}

static bool main_text(yata_doc *doc, yata_type *out) {
  yata_type meta, files;
  yata_value id = {0}, value = {0};
  if (yata_map(doc, "meta", &meta) || yata_map(doc, "files", &files) || yata_map_get(doc, meta, "main", 4, &id))
    return false;
  bool found = yata_map_get(doc, files, (const char *)id.any.u.bytes.data, id.any.u.bytes.len, &value) == 0 &&
               yata_map_get(doc, value.type, "text", 4, &value) == 0;
  *out = value.type;
  yata_value_deinit(&id);
  return found;
}

bool doc_has_main(yata_doc *doc) {
  yata_type text;
  return main_text(doc, &text);
}

char *doc_text(yata_doc *doc) {
  yata_type type;
  yata_buf out = YATA_BUF_INIT;
  if (main_text(doc, &type) && yata_text_read(doc, type, &out) != 0) abort();
  char *text = calloc(1, out.len + 1);
  if (!text) abort();
  if (out.len) memcpy(text, out.data, out.len);
  yata_buf_deinit(&out);
  return text;
}

void doc_edit(yata_doc *doc, uint32_t at, const char *insert, uint32_t removed, yata_buf *update) {
  yata_type text;
  uint32_t length = 0;
  if (!main_text(doc, &text)) return;
  if (yata_text_length(doc, text, &length) != 0 || yata_txn_begin(doc) != 0) abort();
  if (at > length) at = length;
  if (removed > length - at) removed = length - at;
  if (insert && yata_text_insert(doc, text, at, insert, strlen(insert)) != 0) abort();
  if (removed && yata_text_delete(doc, text, at, removed) != 0) abort();
  if (yata_txn_commit(doc, update) != 0) abort();
}

struct blob *doc_state(const yata_doc *doc) {
  yata_buf bytes = YATA_BUF_INIT;
  if (yata_encode_state_as_update(doc, NULL, 0, &bytes) != 0) abort();
  struct blob *blob = blob_create(bytes.data, bytes.len);
  if (!blob) abort();
  yata_buf_deinit(&bytes);
  return blob;
}

bool doc_changes(yata_doc *doc, const struct blob *update) {
  yata_applied applied = {0};
  if (yata_apply_update(doc, update->data, update->len, &applied) != 0) abort();
  return applied.changed;
}
