/* SPDX-License-Identifier: MIT */
/* The columns of update encoding version 2, each run-length encoded. Spec: lib0's UintOptRle, IntDiffOptRle and Rle. */
#ifndef YATA_COLUMNS_H
#define YATA_COLUMNS_H

#include "wire.h"

/* ---- reading ------------------------------------------------------------------------------ */

/* A column of unsigned integers, of sums of differences, or of bytes. */
struct yata_col_in {
  struct yata_rd rd;
  int64_t value, diff;
  uint64_t count; /* of further times that the value stands here */
};

YATA_CHECKED int yata_col_read_uint(struct yata_col_in *c);
YATA_CHECKED int yata_col_read_sum(struct yata_col_in *c);
YATA_CHECKED int yata_col_read_byte(struct yata_col_in *c);

/** The next unsigned integer, 0 .. 2^53 - 1. 0 or YATA_ERR_MALFORMED. */
static inline YATA_CHECKED int yata_col_next_uint(struct yata_col_in *c, uint64_t *out) {
  if (c->count > 0)
    c->count--;
  else
    YATA_TRY(yata_col_read_uint(c));
  *out = (uint64_t)c->value;
  return 0;
}

/** The next sum: a clock, or the number of a key. 0, YATA_ERR_MALFORMED. */
static inline YATA_CHECKED int yata_col_next_sum(struct yata_col_in *c, uint32_t *out) {
  if (c->count > 0)
    c->count--;
  else
    YATA_TRY(yata_col_read_sum(c));
  c->value += c->diff;
  if (c->value < 0 || c->value > (int64_t)YATA_CLOCK_MAX) return YATA_ERR_MALFORMED;
  *out = (uint32_t)c->value;
  return 0;
}

/** The next byte; the last one of a column stands for all that follow. */
static inline YATA_CHECKED int yata_col_next_byte(struct yata_col_in *c, uint8_t *out) {
  if (c->count > 0)
    c->count--;
  else
    YATA_TRY(yata_col_read_byte(c));
  *out = (uint8_t)c->value;
  return 0;
}

/* ---- writing ------------------------------------------------------------------------------ */

struct yata_col_out {
  yata_buf buf;
  int64_t value, diff;
  uint64_t count; /* of times that the value stands at the end, not yet written */
  uint64_t puts;  /* values ever put */
};

YATA_CHECKED int yata_col_flush_uint(struct yata_col_out *c);
YATA_CHECKED int yata_col_flush_sum(struct yata_col_out *c);
YATA_CHECKED int yata_col_flush_byte(struct yata_col_out *c, uint8_t next);

static inline YATA_CHECKED int yata_col_put_uint(struct yata_col_out *c, uint64_t value) {
  c->puts++;
  if (c->value != (int64_t)value) {
    YATA_TRY(yata_col_flush_uint(c));
    c->value = (int64_t)value;
  }
  c->count++;
  return 0;
}

static inline YATA_CHECKED int yata_col_put_sum(struct yata_col_out *c, uint32_t value) {
  int64_t diff = (int64_t)value - c->value;
  c->puts++;
  if (c->diff != diff) {
    YATA_TRY(yata_col_flush_sum(c));
    c->diff = diff;
  }
  c->value = value;
  c->count++;
  return 0;
}

/** The count of the last byte is never written: it stands for all that follow. */
static inline YATA_CHECKED int yata_col_put_byte(struct yata_col_out *c, uint8_t value) {
  c->puts++;
  if (c->count == 0 || c->value != value) YATA_TRY(yata_col_flush_byte(c, value));
  c->count++;
  return 0;
}

/** Make room so that as many values as were ever put can be put again after yata_col_reset. */
YATA_CHECKED int yata_col_reserve(struct yata_col_out *c);
void yata_col_reset(struct yata_col_out *c);

#endif
