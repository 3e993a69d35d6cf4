/* SPDX-License-Identifier: MIT */
#include "rows.h"

#include <stdio.h>
#include <stdlib.h>

struct rows rows_of(const struct update *file) {
  return (struct rows){.file = file, .version = file->version};
}

static size_t prefix(const yata_buf *file, size_t *at) {
  size_t n = 0;
  unsigned shift = 0;
  uint8_t b = 0x80;
  while (*at < file->len && (b & 0x80) && shift < 56) {
    b = file->data[(*at)++];
    n |= (size_t)(b & 0x7f) << shift;
    shift += 7;
  }
  return n;
}

int rows_next(struct rows *rows, yata_slice *update) {
  const yata_buf *b = &rows->file->bytes;
  size_t from = rows->next, at = from;
  if (at >= b->len) return 0;
  size_t n = prefix(b, &at);
  if (n > b->len - at) {
    fprintf(stderr, "yata: %s: offset %zu: expected %zu bytes of an update behind their length\n", rows->file->path,
            from, n);
    return FILE_SAID;
  }
  *update = (yata_slice){b->data + at, n};
  rows->at = at;
  rows->next = at + n;
  if (rows->version == 0 && (rows->version = yata_update_detect(update->data, n)) == 0) rows->version = 1;
  return 1;
}

int rows_all(const struct update *file, yata_slice **out, size_t *count, int *version) {
  struct rows rows = rows_of(file);
  yata_slice update;
  size_t n = 0;
  int more;
  while ((more = rows_next(&rows, &update)) > 0) n++;
  if (more < 0) return more;
  *out = malloc((n + 1) * sizeof(**out));
  if (*out == NULL) return YATA_ERR_NOMEM;
  rows = rows_of(file);
  for (*count = 0; *count < n && (more = rows_next(&rows, &update)) > 0;) (*out)[(*count)++] = update;
  *version = rows.version;
  return 0;
}

int rows_apply(const struct rows *rows, yata_slice update, yata_doc *doc) {
  bool one = rows->version == 1;
  int err = (one ? yata_apply_update : yata_apply_update_v2)(doc, update.data, update.len, NULL);
  if (err >= 0) return 0;
  size_t offset = 0;
  const char *expected = (one ? yata_update_explain : yata_update_explain_v2)(update.data, update.len, &offset);
  fprintf(stderr, "yata: %s: in the update at offset %zu: offset %zu: %s%s\n", rows->file->path, rows->at, offset,
          expected != NULL ? "expected " : "", expected != NULL ? expected : yata_strerror(err));
  return FILE_SAID;
}
