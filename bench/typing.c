/* SPDX-License-Identifier: MIT */
#include "typing.h"

#include <string.h>

#include "wire/yproto.h"

enum { CONTENT_STRING = 4, HAS_ORIGIN = 0x80, PARENT_IS_ROOT = 1 };

static int append_item(struct buf *out, uint64_t client, uint64_t clock) {
  int err = buf_append_byte(out, clock ? CONTENT_STRING | HAS_ORIGIN : CONTENT_STRING);
  if (clock) {
    if (!err) err = buf_append_varuint(out, client);
    if (!err) err = buf_append_varuint(out, clock - 1);
  } else {
    if (!err) err = buf_append_byte(out, PARENT_IS_ROOT);
    if (!err) err = buf_append_varuint(out, strlen(TYPING_ROOT));
    if (!err) err = buf_append_str(out, TYPING_ROOT);
  }
  if (!err) err = buf_append_varuint(out, 1);
  if (!err) err = buf_append_byte(out, (uint8_t)('a' + clock % 26));
  return err;
}

int typing_append(struct buf *out, uint64_t client, uint64_t clock) {
  struct buf update = BUF_INIT;
  int err = buf_append(&update, "\1\1", 2); /* one client, one struct */
  if (!err) err = buf_append_varuint(&update, client);
  if (!err) err = buf_append_varuint(&update, clock);
  if (!err) err = append_item(&update, client, clock);
  if (!err) err = buf_append_byte(&update, 0); /* nothing deleted */
  if (!err) err = yproto_append_update(out, update.data, update.len);
  buf_deinit(&update);
  return err;
}

bool typing_read(const uint8_t *message, size_t len, uint64_t *client, uint64_t *clock) {
  size_t pos = 2;
  uint64_t update_len, clients, structs;
  if (len < 2 || message[0] != 0 || message[1] != 2) return false;
  if (yproto_read_varuint(message, len, &pos, &update_len)) return false;
  if (yproto_read_varuint(message, len, &pos, &clients) || clients != 1) return false;
  if (yproto_read_varuint(message, len, &pos, &structs) || structs != 1) return false;
  return !yproto_read_varuint(message, len, &pos, client) && !yproto_read_varuint(message, len, &pos, clock);
}
