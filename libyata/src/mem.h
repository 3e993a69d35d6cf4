/* SPDX-License-Identifier: MIT */
/* Memory through the caller's allocator, counted; and growable byte buffers. */
#ifndef YATA_MEM_H
#define YATA_MEM_H

#include <string.h>

#include <yata.h>

/* Stays out of its callers, so that the short way through them needs to save no registers. */
#define YATA_APART __attribute__((noinline))

struct yata_mem {
  const yata_allocator *alloc; /* NULL: libc */
  size_t live;                 /* bytes handed out and not freed */
};

/** As yata_allocator.resize; NULL with new_size > 0 means out of memory. */
void *yata_mem_resize(struct yata_mem *mem, void *ptr, size_t old_size, size_t new_size);

/**
 * Make room for `need` elements of `size` bytes in *ptr, which has room for *cap. Grows by half
 * at least, by a sixteenth when it is large. 0 or YATA_ERR_NOMEM.
 */
YATA_CHECKED int yata_mem_grow_slow(struct yata_mem *mem, void *ptr, uint32_t *cap, size_t need, size_t size);

static inline YATA_CHECKED int yata_mem_grow(struct yata_mem *mem, void *ptr, uint32_t *cap, size_t need, size_t size) {
  return need <= *cap ? 0 : yata_mem_grow_slow(mem, ptr, cap, need, size);
}

/** The same for what is gone when a transaction ends: it doubles. */
YATA_CHECKED int yata_mem_double(struct yata_mem *mem, void *ptr, uint32_t *cap, size_t need, size_t size);

/** Free an array of *cap elements and zero both. */
void yata_mem_drop(struct yata_mem *mem, void *ptr, uint32_t *cap, size_t size);

/** Make room for `more` bytes past len. */
YATA_CHECKED int yata_buf_reserve_slow(yata_buf *buf, size_t more);

static inline YATA_CHECKED int yata_buf_reserve(yata_buf *buf, size_t more) {
  return more <= buf->cap - buf->len ? 0 : yata_buf_reserve_slow(buf, more);
}

/** Back to what it held, and the memory it had, before more was appended. */
void yata_buf_restore(yata_buf *buf, size_t len, size_t cap);

YATA_CHECKED int yata_buf_put(yata_buf *buf, const void *data, size_t len);
YATA_CHECKED int yata_buf_put_u8(yata_buf *buf, uint8_t byte);
YATA_CHECKED int yata_buf_put_uint(yata_buf *buf, uint64_t value);

/** Write a varUint where 10 bytes are reserved; the new end. */
static inline uint8_t *yata_uint_write(uint8_t *p, uint64_t value) {
  while (value > 0x7f) {
    *p++ = (uint8_t)(value | 0x80);
    value >>= 7;
  }
  *p++ = (uint8_t)value;
  return p;
}

/** The same for what takes three bytes at most, mostly. */
static inline uint8_t *yata_clock_write(uint8_t *p, uint32_t value) {
  if (value < 0x80) {
    *p = (uint8_t)value;
    return p + 1;
  }
  if (value >= 0x200000) return yata_uint_write(p, value);
  p[0] = (uint8_t)(value | 0x80);
  if (value < 0x4000) {
    p[1] = (uint8_t)(value >> 7);
    return p + 2;
  }
  p[1] = (uint8_t)(value >> 7 | 0x80);
  p[2] = (uint8_t)(value >> 14);
  return p + 3;
}

#define YATA_TRY(expr)                                                                                                 \
  do {                                                                                                                 \
    int try_ = (expr);                                                                                                 \
    if (try_ < 0) return try_;                                                                                         \
  } while (0)

#endif
