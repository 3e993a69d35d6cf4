/* SPDX-License-Identifier: MIT */
#include "bench_local.h"

#include <stdio.h>

#include "file.h"

int local_insert(yata_doc *doc, yata_type text, uint32_t at, const void *s, size_t len, yata_buf *out) {
  yata_buf_clear(out);
  int err = yata_txn_begin(doc);
  if (err == 0) err = yata_text_insert(doc, text, at, s, len);
  return err < 0 ? err : yata_txn_commit(doc, out);
}

int local_erase(yata_doc *doc, yata_type text, uint32_t at, uint32_t count, yata_buf *out) {
  yata_buf_clear(out);
  int err = yata_txn_begin(doc);
  if (err == 0) err = yata_text_delete(doc, text, at, count);
  return err < 0 ? err : yata_txn_commit(doc, out);
}

static uint32_t u32(const uint8_t *p) {
  return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static int incomplete(size_t offset, const char *expected) {
  fprintf(stderr, "yata: offset %zu: expected %s\n", offset, expected);
  return FILE_SAID;
}

int local_run(const yata_buf *script, yata_doc *doc, yata_type text, size_t *operations) {
  yata_buf out = YATA_BUF_INIT;
  const uint8_t *p = script->data, *end = p + script->len;
  int err = 0;
  *operations = 0;
  for (size_t done = 0; p < end && err == 0; *operations = done) {
    if (end - p < 12) return incomplete((size_t)(p - script->data), "an edit: 12 bytes or more");
    uint32_t at = u32(p), deleted = u32(p + 4), len = u32(p + 8);
    p += 12;
    if (len > (size_t)(end - p)) return incomplete((size_t)(p - script->data) - 4, "the length of what follows");
    done += deleted > 0 && len > 0 ? 2 : 1;
    if (deleted > 0) err = local_erase(doc, text, at, deleted, &out);
    if (err == 0 && len > 0) err = local_insert(doc, text, at, p, len, &out);
    p += len;
  }
  yata_buf_deinit(&out);
  return err;
}
