/* SPDX-License-Identifier: MIT */
#include "mem.h"

#include <stdlib.h>

#include "pages.h"

#define LARGE ((size_t)256 << 10)

static void *resize(const yata_allocator *alloc, void *ptr, size_t old_size, size_t new_size) {
  if (alloc != NULL) return alloc->resize(alloc->user, ptr, old_size, new_size);
  if (new_size == 0) {
    free(ptr);
    return NULL;
  }
  return realloc(ptr, new_size);
}

/* Between the two kinds of memory. */
static void *transfer(void *ptr, size_t old_size, size_t new_size) {
  bool from = old_size >= YATA_PAGES_MIN, to = new_size >= YATA_PAGES_MIN;
  void *p = to ? yata_pages_resize(NULL, 0, new_size) : new_size > 0 ? malloc(new_size) : NULL;
  if (p == NULL && new_size > 0) return NULL;
  if (old_size > 0 && new_size > 0) memcpy(p, ptr, old_size < new_size ? old_size : new_size);
  if (from)
    yata_pages_resize(ptr, old_size, 0);
  else
    free(ptr);
  return p;
}

/* Memory of a document, which is nobody else's to free. */
static void *resize_own(const yata_allocator *alloc, void *ptr, size_t old_size, size_t new_size) {
  bool from = old_size >= YATA_PAGES_MIN, to = new_size >= YATA_PAGES_MIN;
  if (alloc != NULL || (!from && !to)) return resize(alloc, ptr, old_size, new_size);
  return from && to ? yata_pages_resize(ptr, old_size, new_size) : transfer(ptr, old_size, new_size);
}

void *yata_mem_resize(struct yata_mem *mem, void *ptr, size_t old_size, size_t new_size) {
  if (ptr == NULL && new_size == 0) return NULL;
  void *p = resize_own(mem->alloc, ptr, old_size, new_size);
  if (p != NULL || new_size == 0) mem->live += new_size - (ptr != NULL ? old_size : 0);
  return p;
}

static int grow_to(struct yata_mem *mem, void *ptr, uint32_t *cap, size_t want, size_t size) {
  if (want > UINT32_MAX || want > SIZE_MAX / size) return YATA_ERR_LIMIT;
  void *old;
  memcpy(&old, ptr, sizeof(old));
  void *p = yata_mem_resize(mem, old, *cap * size, want * size);
  if (p == NULL) return YATA_ERR_NOMEM;
  memcpy(ptr, &p, sizeof(p));
  *cap = (uint32_t)want;
  return 0;
}

int yata_mem_grow_slow(struct yata_mem *mem, void *ptr, uint32_t *cap, size_t need, size_t size) {
  /* Large arrays grow by less: what they have to spare counts, and moving them is rare all the same. */
  size_t want = (size_t)*cap + (*cap * size > LARGE ? *cap / 16 : *cap / 2);
  if (want < need) want = need;
  return grow_to(mem, ptr, cap, want < 4 ? 4 : want, size);
}

int yata_mem_double(struct yata_mem *mem, void *ptr, uint32_t *cap, size_t need, size_t size) {
  size_t want = 2 * (size_t)*cap;
  if (want < need) want = need;
  return need <= *cap ? 0 : grow_to(mem, ptr, cap, want < 4 ? 4 : want, size);
}

void yata_mem_drop(struct yata_mem *mem, void *ptr, uint32_t *cap, size_t size) {
  void *old;
  memcpy(&old, ptr, sizeof(old));
  yata_mem_resize(mem, old, *cap * size, 0);
  old = NULL;
  memcpy(ptr, &old, sizeof(old));
  *cap = 0;
}

void yata_buf_init(yata_buf *buf, const yata_allocator *alloc) {
  *buf = (yata_buf){NULL, 0, 0, alloc};
}

void yata_buf_clear(yata_buf *buf) {
  buf->len = 0;
}

void yata_buf_deinit(yata_buf *buf) {
  if (buf->data != NULL) resize(buf->alloc, buf->data, buf->cap, 0);
  buf->data = NULL;
  buf->len = buf->cap = 0;
}

int yata_buf_reserve_slow(yata_buf *buf, size_t more) {
  if (more > SIZE_MAX / 2 - buf->len) return YATA_ERR_NOMEM;
  size_t want = buf->cap + buf->cap / 2;
  if (want < buf->len + more) want = buf->len + more;
  if (want < 64) want = 64;
  uint8_t *p = resize(buf->alloc, buf->data, buf->cap, want);
  if (p == NULL) return YATA_ERR_NOMEM;
  buf->data = p;
  buf->cap = want;
  return 0;
}

void yata_buf_restore(yata_buf *buf, size_t len, size_t cap) {
  buf->len = len;
  if (buf->cap == cap) return;
  uint8_t *p = resize(buf->alloc, buf->data, buf->cap, cap);
  if (p == NULL && cap > 0) return; /* it has more then */
  buf->data = p;
  buf->cap = cap;
}

int yata_buf_put(yata_buf *buf, const void *data, size_t len) {
  if (len == 0) return 0;
  YATA_TRY(yata_buf_reserve(buf, len));
  memcpy(buf->data + buf->len, data, len);
  buf->len += len;
  return 0;
}

int yata_buf_put_u8(yata_buf *buf, uint8_t byte) {
  YATA_TRY(yata_buf_reserve(buf, 1));
  buf->data[buf->len++] = byte;
  return 0;
}

int yata_buf_put_uint(yata_buf *buf, uint64_t value) {
  YATA_TRY(yata_buf_reserve(buf, 10));
  buf->len = (size_t)(yata_uint_write(buf->data + buf->len, value) - buf->data);
  return 0;
}

const char *yata_strerror(int error) {
  switch (error) {
  case YATA_OK: return "no error";
  case YATA_ERR_NOMEM: return "out of memory";
  case YATA_ERR_MALFORMED: return "malformed bytes";
  case YATA_ERR_LIMIT: return "beyond a limit";
  case YATA_ERR_RANGE: return "past the end";
  case YATA_ERR_KIND: return "of another kind";
  case YATA_ERR_GONE: return "deleted shared type";
  case YATA_ERR_NOT_FOUND: return "not found";
  case YATA_ERR_STATE: return "not allowed in this state of the transaction";
  case YATA_ERR_INVALID: return "invalid argument";
  case YATA_ERR_CORRUPT: return "broken invariant";
  case YATA_ERR_ERASED: return "erased by garbage collection";
  default: return "unknown error";
  }
}
