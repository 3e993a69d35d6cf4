/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wire/ws_frame.h"

enum { MAX_MESSAGE = 4096 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Events of @data, fed in pieces whose lengths come from @splits in turn; all at once without. */
static struct buf events_of(const uint8_t *data, size_t size, const uint8_t *splits, size_t split_count) {
  struct buf out = BUF_INIT;
  struct ws_decoder d;
  ws_decoder_init(&d, MAX_MESSAGE);
  for (size_t at = 0, turn = 0; at < size; turn++) {
    size_t chunk = split_count ? 1 + splits[turn % split_count] % 64u : size;
    if (chunk > size - at) chunk = size - at;
    uint8_t *copy = malloc(chunk);
    if (!copy) abort();
    memcpy(copy, data + at, chunk);
    for (size_t pos = 0, used; pos < chunk; pos += used) {
      struct ws_event ev;
      if (ws_decoder_feed(&d, copy + pos, chunk - pos, &used, &ev) || used == 0 || used > chunk - pos) abort();
      if (ev.kind == WS_EVENT_NONE) continue;
      if (ev.kind == WS_EVENT_MESSAGE && (ev.len > MAX_MESSAGE || (!ev.binary && !utf8_valid(ev.data, ev.len))))
        abort();
      if (buf_printf(&out, "%d %d %d %zu ", (int)ev.kind, ev.binary, ev.code, ev.len)) abort();
      if (buf_append(&out, ev.data, ev.len)) abort();
    }
    ws_decoder_trim(&d);
    free(copy);
    at += chunk;
  }
  ws_decoder_deinit(&d);
  return out;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 4) return 0;
  struct buf whole = events_of(data + 4, size - 4, NULL, 0), split = events_of(data + 4, size - 4, data, 4);
  if (whole.len != split.len || (whole.len && memcmp(whole.data, split.data, whole.len) != 0)) abort();
  buf_deinit(&whole);
  buf_deinit(&split);
  return 0;
}
