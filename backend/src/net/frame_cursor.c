/* SPDX-License-Identifier: MIT */
#include "net/frame_cursor.h"

static size_t header_size(uint8_t second) {
  uint8_t length = second & 0x7f;
  return length == 127 ? 10 : length == 126 ? 4 : 2;
}

static void header_done(struct frame_cursor *c) {
  uint64_t length = c->header[1] & 0x7f;
  if (c->header_len > 2) {
    length = 0;
    for (size_t i = 2; i < c->header_len; i++) length = length << 8 | c->header[i];
  }
  c->left = length;
  c->header_len = 0;
}

/* One step: a header byte, or as much payload as there is. */
static size_t step(struct frame_cursor *c, const uint8_t *data, size_t len) {
  if (c->left) {
    size_t take = c->left < len ? (size_t)c->left : len;
    c->left -= take;
    return take;
  }
  c->header[c->header_len++] = *data;
  if (c->header_len >= 2 && c->header_len == header_size(c->header[1])) header_done(c);
  return 1;
}

void frame_cursor_feed(struct frame_cursor *c, const uint8_t *data, size_t len) {
  while (len) {
    size_t n = step(c, data, len);
    data += n;
    len -= n;
  }
}

size_t frame_cursor_finish(struct frame_cursor *c, const uint8_t *data, size_t len) {
  size_t used = 0;
  while (used < len && !frame_cursor_between(c)) used += step(c, data + used, len - used);
  return used;
}
