/* SPDX-License-Identifier: MIT */
/* Writing structs as version 1 of the encoding. */
#include "held.h"

static uint8_t *put_id(uint8_t *p, const struct yata_wid *id) {
  return yata_clock_write(yata_uint_write(p, id->client), id->clock);
}

static uint8_t *put_string(uint8_t *p, yata_slice s) {
  p = yata_uint_write(p, s.len);
  if (s.len > 0) memcpy(p, s.data, s.len);
  return p + s.len;
}

/* Bytes that a number takes at most, and what a head takes without its names. */
#define UINT_MAX_BYTES 10
#define HEAD_MAX (1 + 6 * UINT_MAX_BYTES)

int yata_head_write(yata_buf *out, const struct yata_head *h) {
  bool alone = !h->has_left && !h->has_right;
  size_t names = (alone && h->parent == YATA_PARENT_NAME ? h->name.len : 0) + (alone && h->has_sub ? h->sub.len : 0);
  YATA_TRY(yata_buf_reserve(out, HEAD_MAX + names));
  uint8_t *p = out->data + out->len;
  *p++ = (uint8_t)(h->kind | (h->has_left ? YATA_INFO_LEFT : 0) | (h->has_right ? YATA_INFO_RIGHT : 0) |
                   (h->has_sub ? YATA_INFO_SUB : 0));
  if (h->has_left) p = put_id(p, &h->left);
  if (h->has_right) p = put_id(p, &h->right);
  if (alone) {
    *p++ = h->parent == YATA_PARENT_NAME;
    p = h->parent == YATA_PARENT_NAME ? put_string(p, h->name) : put_id(p, &h->parent_id);
    if (h->has_sub) p = put_string(p, h->sub);
  }
  out->len = (size_t)(p - out->data);
  return 0;
}

/* The string without its first units; half of a pair becomes U+FFFD. */
static int write_string_from(yata_buf *out, yata_slice s, uint32_t offset) {
  const uint8_t *p = s.data;
  uint32_t units = 0;
  while (units < offset) units += yata_utf8_next(&p) >= 0x10000 ? 2 : 1;
  size_t rest = (size_t)(s.data + s.len - p);
  bool half = units > offset;
  YATA_TRY(yata_buf_reserve(out, UINT_MAX_BYTES + 3 + rest));
  uint8_t *to = yata_uint_write(out->data + out->len, rest + (half ? 3 : 0));
  if (half) to = (uint8_t *)memcpy(to, "\xef\xbf\xbd", 3) + 3;
  if (rest > 0) memcpy(to, p, rest);
  out->len = (size_t)(to + rest - out->data);
  return 0;
}

static int write_values_from(yata_buf *out, const struct yata_struct *st, uint32_t offset) {
  struct yata_rd rd = yata_rd_of(st->content.data, st->content.len);
  yata_slice s;
  for (uint32_t i = 0; i < offset; i++)
    YATA_TRY(st->kind == YATA_WIRE_ANY ? yata_rd_any_skip(&rd, YATA_NESTING_MAX) : yata_rd_bytes(&rd, &s));
  YATA_TRY(yata_buf_put_uint(out, st->len - offset));
  return yata_buf_put(out, rd.p, (size_t)(rd.end - rd.p));
}

struct yata_head yata_struct_head(const struct yata_struct *st, uint32_t offset) {
  struct yata_head head = {
      .kind = st->kind,
      .has_left = st->has_left,
      .has_right = st->has_right,
      .has_sub = st->has_sub,
      .parent = st->parent,
      .left = st->left,
      .right = st->right,
      .parent_id = st->parent_id,
      .name = st->name,
      .sub = st->sub,
  };
  if (offset > 0) {
    head.has_left = true;
    head.left = (struct yata_wid){st->id.client, st->id.clock + offset - 1};
  }
  return head;
}

int yata_struct_write(yata_buf *out, const struct yata_struct *st, uint32_t offset) {
  if (st->kind == YATA_WIRE_GC || st->kind == YATA_WIRE_SKIP) {
    YATA_TRY(yata_buf_put_u8(out, st->kind));
    return yata_buf_put_uint(out, st->len - offset);
  }
  const struct yata_head head = yata_struct_head(st, offset);
  YATA_TRY(yata_head_write(out, &head));
  switch (st->kind) {
  case YATA_WIRE_STRING: return write_string_from(out, st->content, offset);
  case YATA_WIRE_JSON:
  case YATA_WIRE_ANY: return write_values_from(out, st, offset);
  case YATA_WIRE_DELETED: return yata_buf_put_uint(out, st->len - offset);
  default: return yata_buf_put(out, st->content.data, st->content.len);
  }
}

int yata_struct_write_v1(yata_buf *out, const struct yata_struct *st, uint32_t offset) {
  if (st->kind != YATA_WIRE_EMBED && st->kind != YATA_WIRE_FORMAT) return yata_struct_write(out, st, offset);
  const struct yata_head head = yata_struct_head(st, offset);
  YATA_TRY(yata_head_write(out, &head));
  return yata_held_put_v1(st->kind, st->content, out);
}
