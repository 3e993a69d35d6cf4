/* SPDX-License-Identifier: MIT */
#include "columns.h"

/* Bytes that one value takes at most: 53 bits and a sign; its share of a count is less. */
#define VALUE_MAX 10

/* Of more than seven bytes, or cut off. */
static int read_long(struct yata_rd *rd, int64_t *out) {
  double d;
  YATA_TRY(yata_rd_int(rd, &d));
  if (d > (double)YATA_CLIENT_MAX || d < -(double)YATA_CLIENT_MAX) return YATA_ERR_MALFORMED;
  *out = (int64_t)d;
  return 0;
}

/* As yata_rd_int, but whole, and with a sign of zero, too. */
static int read_int(struct yata_rd *rd, bool *negative, int64_t *out) {
  const uint8_t *p = rd->p;
  if (p == rd->end) return YATA_ERR_MALFORMED;
  uint8_t byte = *p++;
  uint64_t n = byte & 0x3f;
  *negative = byte & 0x40;
  for (unsigned shift = 6; byte > 0x7f; shift += 7) {
    if (p == rd->end || shift > 41) return read_long(rd, out);
    byte = *p++;
    n |= (uint64_t)(byte & 0x7f) << shift;
  }
  rd->p = p;
  *out = *negative ? -(int64_t)n : (int64_t)n;
  return 0;
}

int yata_col_read_uint(struct yata_col_in *c) {
  bool repeated;
  YATA_TRY(read_int(&c->rd, &repeated, &c->value));
  if (!repeated) return 0;
  c->value = -c->value;
  YATA_TRY(yata_rd_uint(&c->rd, &c->count));
  c->count++;
  return 0;
}

int yata_col_read_sum(struct yata_col_in *c) {
  bool negative;
  int64_t v;
  YATA_TRY(read_int(&c->rd, &negative, &v));
  bool repeated = v % 2 != 0;
  c->diff = (v - repeated) / 2;
  if (!repeated) return 0;
  YATA_TRY(yata_rd_uint(&c->rd, &c->count));
  c->count++;
  return 0;
}

int yata_col_read_byte(struct yata_col_in *c) {
  if (c->rd.p == c->rd.end) return YATA_ERR_MALFORMED;
  c->value = *c->rd.p++;
  c->count = UINT64_MAX;
  return c->rd.p < c->rd.end ? yata_rd_uint(&c->rd, &c->count) : 0;
}

/* A varInt as lib0 writes it; its sign stands beside the value, so that there is a negative zero. */
static uint8_t *write_int(uint8_t *p, bool negative, uint64_t n) {
  *p++ = (uint8_t)((n > 0x3f ? 0x80 : 0) | (negative ? 0x40 : 0) | (n & 0x3f));
  return n > 0x3f ? yata_uint_write(p, n >> 6) : p;
}

int yata_col_flush_uint(struct yata_col_out *c) {
  if (c->count == 0) return 0;
  YATA_TRY(yata_buf_reserve(&c->buf, 20));
  uint8_t *p = write_int(c->buf.data + c->buf.len, c->count > 1, (uint64_t)c->value);
  if (c->count > 1) p = yata_uint_write(p, c->count - 2);
  c->buf.len = (size_t)(p - c->buf.data);
  c->count = 0;
  return 0;
}

int yata_col_flush_sum(struct yata_col_out *c) {
  if (c->count == 0) return 0;
  YATA_TRY(yata_buf_reserve(&c->buf, 20));
  int64_t v = c->diff * 2 + (c->count > 1);
  uint8_t *p = write_int(c->buf.data + c->buf.len, v < 0, (uint64_t)(v < 0 ? -v : v));
  if (c->count > 1) p = yata_uint_write(p, c->count - 2);
  c->buf.len = (size_t)(p - c->buf.data);
  c->count = 0;
  return 0;
}

int yata_col_flush_byte(struct yata_col_out *c, uint8_t next) {
  YATA_TRY(yata_buf_reserve(&c->buf, 20));
  uint8_t *p = c->buf.data + c->buf.len;
  if (c->count > 0) p = yata_uint_write(p, c->count - 1);
  *p++ = next;
  c->buf.len = (size_t)(p - c->buf.data);
  c->value = next;
  c->count = 0;
  return 0;
}

void yata_col_reset(struct yata_col_out *c) {
  yata_buf_clear(&c->buf);
  c->value = c->diff = 0;
  c->count = c->puts = 0;
}

int yata_col_reserve(struct yata_col_out *c) {
  if (c->puts > SIZE_MAX / VALUE_MAX - 20) return YATA_ERR_NOMEM;
  size_t want = (size_t)c->puts * VALUE_MAX + 20;
  return want > c->buf.len ? yata_buf_reserve(&c->buf, want - c->buf.len) : 0;
}
