/* SPDX-License-Identifier: MIT */
#ifndef YOKE_BASE_BUF_H
#define YOKE_BASE_BUF_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/** A growable byte buffer: the caller's storage, the buffer's heap memory. */
struct buf {
  uint8_t *data; /* len bytes valid; NULL while cap is 0 */
  size_t len;
  size_t cap;
};

#define BUF_INIT ((struct buf){0})

void buf_deinit(struct buf *b);                       /* frees; leaves BUF_INIT */
void buf_clear(struct buf *b);                        /* len = 0, memory kept */
MUST_USE int buf_reserve(struct buf *b, size_t more); /* ERR_NOMEM */
MUST_USE int buf_append(struct buf *b, const void *data, size_t len);
MUST_USE int buf_append_byte(struct buf *b, uint8_t byte);
MUST_USE int buf_append_str(struct buf *b, const char *text);
MUST_USE int buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
/** lib0 varUint: 7 bits a byte, low bits first. */
MUST_USE int buf_append_varuint(struct buf *b, uint64_t value);
void buf_consume(struct buf *b, size_t len); /* drops the first len bytes */

/** Immutable bytes shared by reference; not thread-safe (one loop thread). */
struct blob {
  size_t refs;
  size_t len;
  uint8_t data[];
};

/** A new blob with one reference, or NULL when out of memory. @data may be NULL: bytes are then the caller's to fill
 * before sharing. */
struct blob *blob_create(const void *data, size_t len);
struct blob *blob_ref(struct blob *blob);
void blob_unref(struct blob *blob); /* NULL accepted */

#endif
