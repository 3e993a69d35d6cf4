/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "base/utf8.h"
#include "wire/yproto.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is decoded lies within the input, and once encoded again is read as the same. */
static void read_awareness(const uint8_t *in, size_t len) {
  size_t pos = 0;
  uint64_t count;
  if (yproto_awareness_count(in, len, &pos, &count)) return;
  if (count > len) abort();
  for (uint64_t i = 0; i < count; i++) {
    struct yproto_awareness_entry e, again;
    if (yproto_awareness_next(in, len, &pos, &e)) return;
    if (pos > len || e.json_len > len || !utf8_valid(e.json, e.json_len)) abort();
    struct buf b = BUF_INIT;
    size_t at = 0;
    if (yproto_awareness_append(&b, &e) || yproto_awareness_next(b.data, b.len, &at, &again)) abort();
    if (at != b.len || again.client != e.client || again.clock != e.clock || again.json_len != e.json_len) abort();
    buf_deinit(&b);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct yproto_message m;
  const char *why;
  int err = yproto_decode(data, size, &m, &why);
  if ((err != 0) != (why != NULL)) abort();
  if (!err && m.len > 0 && (m.data < data || m.data + m.len > data + size)) abort();
  if (!err && m.kind == YPROTO_AWARENESS) read_awareness(m.data, m.len);
  read_awareness(data, size);
  return 0;
}
