/* SPDX-License-Identifier: MIT */
/* A lib0 `any`, as it stands on the wire, as the JSON of version 1. */
#include "edit.h"

static uint64_t big_endian(struct yata_rd *rd, unsigned bytes) {
  uint64_t v = 0;
  for (unsigned i = 0; i < bytes; i++) v = v << 8 | *rd->p++;
  return v;
}

static int put_number(struct yata_rd *rd, uint8_t tag, yata_buf *out) {
  double d = 0;
  if (tag == 125) {
    YATA_TRY(yata_rd_int(rd, &d));
  } else if (tag == 124) {
    float f;
    uint32_t bits = (uint32_t)big_endian(rd, 4);
    memcpy(&f, &bits, sizeof(f));
    d = (double)f;
  } else {
    uint64_t bits = big_endian(rd, 8);
    memcpy(&d, &bits, sizeof(d));
    if (tag == 122) d = (double)(int64_t)bits; /* so it is written again by who reads it */
  }
  return yata_json_put_number(out, d);
}

static int put_array(struct yata_rd *rd, yata_buf *out) {
  uint64_t n;
  YATA_TRY(yata_rd_uint(rd, &n));
  YATA_TRY(yata_buf_put_u8(out, '['));
  for (uint64_t i = 0; i < n; i++) {
    if (i > 0) YATA_TRY(yata_buf_put_u8(out, ','));
    YATA_TRY(yata_any_to_json(rd, out));
  }
  return yata_buf_put_u8(out, ']');
}

/* Members that are undefined are left out, as JSON.stringify does. */
static int put_object(struct yata_rd *rd, yata_buf *out) {
  uint64_t n;
  bool first = true;
  YATA_TRY(yata_rd_uint(rd, &n));
  YATA_TRY(yata_buf_put_u8(out, '{'));
  for (uint64_t i = 0; i < n; i++) {
    yata_slice key;
    YATA_TRY(yata_rd_bytes(rd, &key));
    if (*rd->p == 127) {
      rd->p++;
      continue;
    }
    if (!first) YATA_TRY(yata_buf_put_u8(out, ','));
    first = false;
    YATA_TRY(yata_json_put_string(out, key));
    YATA_TRY(yata_buf_put_u8(out, ':'));
    YATA_TRY(yata_any_to_json(rd, out));
  }
  return yata_buf_put_u8(out, '}');
}

/* JSON.stringify takes a Uint8Array for an object. */
static int put_bytes(struct yata_rd *rd, yata_buf *out) {
  yata_slice s;
  YATA_TRY(yata_rd_bytes(rd, &s));
  YATA_TRY(yata_buf_put_u8(out, '{'));
  for (size_t i = 0; i < s.len; i++) {
    if (i > 0) YATA_TRY(yata_buf_put_u8(out, ','));
    YATA_TRY(yata_buf_put_u8(out, '"'));
    YATA_TRY(yata_json_put_number(out, (double)i));
    YATA_TRY(yata_buf_put(out, "\":", 2));
    YATA_TRY(yata_json_put_number(out, s.data[i]));
  }
  return yata_buf_put_u8(out, '}');
}

int yata_any_to_json(struct yata_rd *rd, yata_buf *out) {
  uint8_t tag = *rd->p++;
  yata_slice s;
  switch (tag) {
  case 116: return put_bytes(rd, out);
  case 117: return put_array(rd, out);
  case 118: return put_object(rd, out);
  case 119: YATA_TRY(yata_rd_bytes(rd, &s)); return yata_json_put_string(out, s);
  case 120: return yata_buf_put(out, "true", 4);
  case 121: return yata_buf_put(out, "false", 5);
  case 126:
  case 127: return yata_buf_put(out, "null", 4);
  default: return put_number(rd, tag, out);
  }
}
