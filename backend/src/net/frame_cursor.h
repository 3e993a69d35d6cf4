/* SPDX-License-Identifier: MIT */
#ifndef YOKE_NET_FRAME_CURSOR_H
#define YOKE_NET_FRAME_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where in a stream of our own (unmasked) WebSocket frames we are: only between two frames may another one start. */
struct frame_cursor {
  uint64_t left; /* payload bytes of the current frame still to come */
  uint8_t header[10];
  uint8_t header_len; /* bytes of the next header so far */
};

static inline bool frame_cursor_between(const struct frame_cursor *c) {
  return c->left == 0 && c->header_len == 0;
}

/** Move over @len bytes. */
void frame_cursor_feed(struct frame_cursor *c, const uint8_t *data, size_t len);

/** Move over bytes up to the next place between two frames; returns how many, at most @len. */
size_t frame_cursor_finish(struct frame_cursor *c, const uint8_t *data, size_t len);

#endif
