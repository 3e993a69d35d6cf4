/* SPDX-License-Identifier: MIT */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BUF_LEAST_CAP = 64, VARUINT_MAX_BYTES = 10 };

void buf_deinit(struct buf *b) {
  free(b->data);
  *b = BUF_INIT;
}

void buf_clear(struct buf *b) {
  b->len = 0;
}

int buf_reserve(struct buf *b, size_t more) {
  if (more <= b->cap - b->len) return 0;
  if (more > SIZE_MAX - b->len) return ERR_NOMEM;
  size_t cap = b->len + more;
  if (b->cap <= SIZE_MAX / 2 && cap < b->cap * 2) cap = b->cap * 2;
  if (cap < BUF_LEAST_CAP) cap = BUF_LEAST_CAP;
  uint8_t *data = realloc(b->data, cap);
  if (!data) return ERR_NOMEM;
  b->data = data;
  b->cap = cap;
  return 0;
}

int buf_append(struct buf *b, const void *data, size_t len) {
  if (len == 0) return 0;
  int err = buf_reserve(b, len);
  if (err) return err;
  memcpy(b->data + b->len, data, len);
  b->len += len;
  return 0;
}

int buf_append_byte(struct buf *b, uint8_t byte) {
  int err = buf_reserve(b, 1);
  if (err) return err;
  b->data[b->len++] = byte;
  return 0;
}

int buf_append_str(struct buf *b, const char *text) {
  return buf_append(b, text, strlen(text));
}

int buf_printf(struct buf *b, const char *format, ...) {
  va_list args;
  va_start(args, format);
  int need = vsnprintf(NULL, 0, format, args);
  va_end(args);
  if (need < 0) return ERR_INVALID;
  int err = buf_reserve(b, (size_t)need + 1); /* vsnprintf writes a NUL past the text */
  if (err) return err;
  va_start(args, format);
  vsnprintf((char *)b->data + b->len, (size_t)need + 1, format, args);
  va_end(args);
  b->len += (size_t)need;
  return 0;
}

int buf_append_varuint(struct buf *b, uint64_t value) {
  uint8_t bytes[VARUINT_MAX_BYTES];
  size_t len = 0;
  while (value > 0x7f) {
    bytes[len++] = (uint8_t)(0x80 | (value & 0x7f));
    value >>= 7;
  }
  bytes[len++] = (uint8_t)value;
  return buf_append(b, bytes, len);
}

void buf_consume(struct buf *b, size_t len) {
  if (len >= b->len) {
    b->len = 0;
    return;
  }
  if (len == 0) return;
  memmove(b->data, b->data + len, b->len - len);
  b->len -= len;
}

struct blob *blob_create(const void *data, size_t len) {
  if (len > SIZE_MAX - sizeof(struct blob)) return NULL;
  struct blob *blob = malloc(sizeof(*blob) + len);
  if (!blob) return NULL;
  blob->refs = 1;
  blob->len = len;
  if (data && len > 0) memcpy(blob->data, data, len);
  return blob;
}

struct blob *blob_ref(struct blob *blob) {
  blob->refs++;
  return blob;
}

void blob_unref(struct blob *blob) {
  if (blob && --blob->refs == 0) free(blob);
}
