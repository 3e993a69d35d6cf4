/* SPDX-License-Identifier: MIT */
/* Reading and writing the structs of an update, version 1. Spec: the Yjs and lib0 encodings. */
#ifndef YATA_WIRE_H
#define YATA_WIRE_H

#include "mem.h"

#define YATA_NESTING_MAX 64

enum {
  YATA_WIRE_GC = 0,
  YATA_WIRE_DELETED = 1,
  YATA_WIRE_JSON = 2,
  YATA_WIRE_BINARY = 3,
  YATA_WIRE_STRING = 4,
  YATA_WIRE_EMBED = 5,
  YATA_WIRE_FORMAT = 6,
  YATA_WIRE_TYPE = 7,
  YATA_WIRE_ANY = 8,
  YATA_WIRE_DOC = 9,
  YATA_WIRE_SKIP = 10,
};

#define YATA_INFO_SUB 0x20
#define YATA_INFO_RIGHT 0x40
#define YATA_INFO_LEFT 0x80

/** A reader over borrowed bytes. After a failure `p` is where the offending thing begins, and
 * `what` says what should have been there. */
struct yata_rd {
  const uint8_t *base, *p, *end;
  const char *what; /* static text */
  bool held;        /* an update of our own: embeds and formats as they are held (held.h) */
};

static inline struct yata_rd yata_rd_of(const uint8_t *data, size_t len) {
  return (struct yata_rd){data, data, len > 0 ? data + len : data, "bytes", false};
}

/** 0 or YATA_ERR_MALFORMED: past the end, or above 2^53 - 1. */
YATA_CHECKED int yata_rd_uint_slow(struct yata_rd *rd, uint64_t *out);

static inline YATA_CHECKED int yata_rd_uint(struct yata_rd *rd, uint64_t *out) {
  if (rd->p < rd->end && *rd->p < 0x80) {
    *out = *rd->p++;
    return 0;
  }
  return yata_rd_uint_slow(rd, out);
}

/** A varUint where YATA_WORD bytes can be read: the byte behind it. NULL: longer than that, or no such machine. */
#define YATA_WORD 8

static inline const uint8_t *yata_word_uint(const uint8_t *p, uint64_t *out) {
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  uint64_t w;
  if (*p < 0x80) {
    *out = *p;
    return p + 1;
  }
  memcpy(&w, p, sizeof(w));
  uint64_t ends = ~w & 0x8080808080808080u;
  if (ends == 0) return NULL;
  w &= (ends ^ (ends - 1)) & 0x7f7f7f7f7f7f7f7fu;
  w = (w & 0x007f007f007f007fu) | (w & 0x7f007f007f007f00u) >> 1;
  w = (w & 0x00003fff00003fffu) | (w & 0x3fff00003fff0000u) >> 2;
  *out = (w & 0x0fffffffu) | (w & 0x0fffffff00000000u) >> 4;
  return p + (__builtin_ctzll(ends) >> 3) + 1;
#else
  (void)p;
  (void)out;
  return NULL;
#endif
}

/** A varUint that must fit YATA_CLOCK_MAX, else YATA_ERR_LIMIT. */
YATA_CHECKED int yata_rd_clock_slow(struct yata_rd *rd, uint32_t *out);

static inline YATA_CHECKED int yata_rd_clock(struct yata_rd *rd, uint32_t *out) {
  const uint8_t *p = rd->p;
  if (rd->end - p >= 3) {
    if (p[0] < 0x80) {
      *out = p[0];
      rd->p = p + 1;
      return 0;
    }
    if (p[1] < 0x80) {
      *out = (p[0] & 0x7fu) | (uint32_t)p[1] << 7;
      rd->p = p + 2;
      return 0;
    }
    if (p[2] < 0x80) {
      *out = (p[0] & 0x7fu) | (p[1] & 0x7fu) << 7 | (uint32_t)p[2] << 14;
      rd->p = p + 3;
      return 0;
    }
  }
  return yata_rd_clock_slow(rd, out);
}
/** Length-prefixed bytes, borrowed. */
YATA_CHECKED int yata_rd_bytes(struct yata_rd *rd, yata_slice *out);
/** Length-prefixed valid UTF-8, borrowed; `units` (may be NULL) gets its UTF-16 length. */
YATA_CHECKED int yata_rd_string(struct yata_rd *rd, yata_slice *out, uint32_t *units);
/** Step over one lib0 `any`, nested at most `nesting` deep. */
YATA_CHECKED int yata_rd_any_skip(struct yata_rd *rd, uint32_t nesting);
/** A varInt as lib0 writes it. */
YATA_CHECKED int yata_rd_int(struct yata_rd *rd, double *out);

/** Is it valid UTF-8 (no surrogates)? Counts UTF-16 units. */
bool yata_utf8_check(const uint8_t *p, size_t len, uint32_t *units);
/** The next code point of valid UTF-8. */
uint32_t yata_utf8_next(const uint8_t **p);
/** Write one code point; lone surrogates become U+FFFD. The number of bytes, at most 4. */
size_t yata_utf8_put(uint8_t *p, uint32_t code);
/** Is it one JSON value, nested at most `nesting` deep? 0, YATA_ERR_MALFORMED, YATA_ERR_LIMIT. */
YATA_CHECKED int yata_json_check(const uint8_t *p, size_t len, uint32_t nesting);

enum yata_parent { YATA_PARENT_COPY, YATA_PARENT_NAME, YATA_PARENT_ID };

struct yata_wid {
  uint64_t client;
  uint32_t clock;
};

/** One struct as it stands in an update; slices are borrowed from the update. */
struct yata_struct {
  struct yata_wid id;
  uint32_t len;
  uint8_t kind;
  bool has_left, has_right, has_sub;
  enum yata_parent parent;
  struct yata_wid left, right, parent_id;
  yata_slice name, sub;
  yata_slice content; /* STRING: its UTF-8; JSON, ANY: the values; others: all bytes */
};

/**
 * Read and verify one struct.
 *
 * @st  its id says whose it is and at which clock; the rest is filled in.
 *
 * Returns 0, YATA_ERR_MALFORMED, YATA_ERR_LIMIT.
 */
YATA_CHECKED int yata_struct_read(struct yata_rd *rd, uint32_t nesting, struct yata_struct *st);

/** As yata_struct_read for a struct that was verified before: ends at rd->end, `len` is known. */
void yata_struct_reread(struct yata_rd *rd, uint32_t len, struct yata_struct *st);

/** Append the struct without its first `offset` units. */
YATA_CHECKED int yata_struct_write(yata_buf *out, const struct yata_struct *st, uint32_t offset);
/** The same of one that may be of an update of our own, as version 1 has it. */
YATA_CHECKED int yata_struct_write_v1(yata_buf *out, const struct yata_struct *st, uint32_t offset);

/** Append "the first part of an item": info and ids. Shared by wire structs and items. */
struct yata_head {
  uint8_t kind;
  bool has_left, has_right, has_sub;
  enum yata_parent parent; /* NAME or ID when neither left nor right is there */
  struct yata_wid left, right, parent_id;
  yata_slice name, sub;
};
YATA_CHECKED int yata_head_write(yata_buf *out, const struct yata_head *head);
/** The first part of a struct without its first `offset` units. */
struct yata_head yata_struct_head(const struct yata_struct *st, uint32_t offset);

#endif
