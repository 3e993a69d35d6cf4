/* SPDX-License-Identifier: MIT */
#include "held.h"

#include <math.h>

#include "store.h"

/* ---- what JSON lacks ---------------------------------------------------------------------- */

static bool lacks_number(double v) {
  return v - v != 0 || (v == 0 && signbit(v));
}

/* Does JSON lack something of a verified `any`? Recursion is bounded by the nesting that was verified. */
static bool lacks(struct yata_rd *rd) {
  const uint8_t tag = *rd->p++;
  uint64_t n = 0;
  yata_slice s;
  yata_any number;
  switch (tag) {
  case 116:
  case 122:
  case 127: return true;
  case 117:
  case 118:
    if (yata_rd_uint(rd, &n) < 0) return false;
    for (; n > 0; n--) {
      if (tag == 118 && yata_rd_bytes(rd, &s) < 0) return false;
      if (lacks(rd)) return true;
    }
    return false;
  case 119: return yata_rd_bytes(rd, &s) < 0;
  case 123:
  case 124:
  case 125: return yata_any_read_number(rd, tag, &number) == 0 && lacks_number(number.u.number);
  default: return false;
  }
}

/* The same of a caller's value, which may be nested too deep: who writes it finds that. */
static bool lacks_of(const yata_any *value, uint32_t nesting) {
  switch (value->kind) {
  case YATA_ANY_UNDEFINED:
  case YATA_ANY_BIGINT:
  case YATA_ANY_BINARY: return true;
  case YATA_ANY_NUMBER: return lacks_number(value->u.number);
  case YATA_ANY_ARRAY:
    for (size_t i = 0; nesting > 0 && i < value->u.array.len; i++)
      if (lacks_of(&value->u.array.items[i], nesting - 1)) return true;
    return false;
  case YATA_ANY_OBJECT:
    for (size_t i = 0; nesting > 0 && i < value->u.object.len; i++)
      if (lacks_of(&value->u.object.entries[i].value, nesting - 1)) return true;
    return false;
  default: return false;
  }
}

/* ---- made --------------------------------------------------------------------------------- */

int yata_held_of_any(yata_slice any, yata_buf *out) {
  struct yata_rd rd = yata_rd_of(any.data, any.len);
  bool lacking = lacks(&rd);
  rd.p = rd.base;
  if (!lacking) return yata_any_to_json(&rd, out);
  YATA_TRY(yata_buf_put_u8(out, 0));
  return yata_buf_put(out, any.data, any.len);
}

int yata_held_write(yata_buf *out, const yata_any *value, uint32_t nesting) {
  if (!lacks_of(value, nesting)) return yata_any_stringify(out, value, nesting);
  YATA_TRY(yata_buf_put_u8(out, 0));
  return yata_any_write_with_json(out, value, nesting);
}

/* ---- given -------------------------------------------------------------------------------- */

void yata_held_split(uint8_t kind, yata_slice content, yata_slice *before, yata_slice *held) {
  struct yata_rd rd = yata_rd_of(content.data, content.len);
  int err = kind == YATA_WIRE_FORMAT ? yata_rd_bytes(&rd, held) : 0;
  *before = (yata_slice){content.data, (size_t)(rd.p - content.data)};
  if (err == 0) err = yata_rd_bytes(&rd, held);
  (void)err; /* verified when it came */
}

int yata_held_put_any(yata_slice held, yata_buf *out) {
  struct yata_rd rd = yata_rd_of(held.data, held.len);
  if (!yata_held_is_any(held)) return yata_json_to_any(&rd, out);
  return yata_buf_put(out, held.data + 1, held.len - 1);
}

#define LENGTH_MAX 10

int yata_held_put_v1(uint8_t kind, yata_slice content, yata_buf *out) {
  yata_slice before, held;
  yata_held_split(kind, content, &before, &held);
  if (!yata_held_is_any(held)) return yata_buf_put(out, content.data, content.len);
  const yata_slice any = yata_held_any(held);
  struct yata_rd rd = yata_rd_of(any.data, any.len);
  uint8_t length[LENGTH_MAX];
  if (before.len > 0) YATA_TRY(yata_buf_put(out, before.data, before.len));
  /* The length is known when the JSON is there. */
  YATA_TRY(yata_buf_reserve(out, LENGTH_MAX));
  size_t at = out->len;
  out->len += LENGTH_MAX;
  YATA_TRY(yata_any_to_json(&rd, out));
  size_t n = out->len - at - LENGTH_MAX, width = (size_t)(yata_uint_write(length, n) - length);
  memmove(out->data + at + width, out->data + at + LENGTH_MAX, n);
  memcpy(out->data + at, length, width);
  out->len = at + width + n;
  return 0;
}

/* Of a byte of `any` comes no more than of one of a Uint8Array: an index, a number, four quotes and signs. */
#define JSON_OF_BYTE 17

size_t yata_held_bound(uint8_t kind, yata_slice content) {
  yata_slice before, held;
  yata_held_split(kind, content, &before, &held);
  return yata_held_is_any(held) ? before.len + LENGTH_MAX + JSON_OF_BYTE * held.len : content.len;
}

int yata_held_read(const struct yata_doc *doc, yata_slice held, yata_value *out) {
  if (yata_held_is_any(held)) return yata_any_read(doc, yata_held_any(held), out);
  out->any.kind = YATA_ANY_JSON;
  out->any.u.bytes.data = held.data;
  out->any.u.bytes.len = held.len;
  return 0;
}
