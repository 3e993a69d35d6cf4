/* SPDX-License-Identifier: MIT */
/* Reading the arguments of requests and writing answers. */
#include "driver.h"

static uint64_t number(struct request *r, unsigned bytes) {
  uint64_t v = 0;
  for (unsigned i = 0; i < bytes; i++) v |= (uint64_t)driver_u8(r) << (8 * i);
  return v;
}

uint8_t driver_u8(struct request *r) {
  return r->p < r->end ? *r->p++ : 0;
}

uint32_t driver_u32(struct request *r) {
  return (uint32_t)number(r, 4);
}

uint64_t driver_u64(struct request *r) {
  return number(r, 8);
}

yata_slice driver_bytes(struct request *r) {
  size_t n = driver_u32(r);
  yata_slice s = {r->p, n};
  if (n > (size_t)(r->end - r->p)) exit(2);
  r->p += n;
  return s;
}

yata_slice driver_rest(struct request *r) {
  yata_slice s = {r->p, (size_t)(r->end - r->p)};
  r->p = r->end;
  return s;
}

const char *driver_name(struct request *r) {
  yata_slice s = driver_bytes(r);
  char *name = driver_take(s.len + 1);
  if (s.len > 0) memcpy(name, s.data, s.len);
  return name;
}

yata_type driver_type(struct request *r) {
  yata_type t;
  t.slot = driver_u32(r);
  t.generation = driver_u32(r);
  return t.slot == DRIVER_PLACE && t.generation < DRIVER_PLACES ? r->peer->places[t.generation] : t;
}

enum yata_kind driver_kind(struct request *r) {
  switch (driver_u8(r)) {
  case 't': return YATA_KIND_TEXT;
  case 'm': return YATA_KIND_MAP;
  case 'e': return YATA_KIND_XML_ELEMENT;
  case 'f': return YATA_KIND_XML_FRAGMENT;
  case 'h': return YATA_KIND_XML_HOOK;
  case 'x': return YATA_KIND_XML_TEXT;
  default: return YATA_KIND_ARRAY;
  }
}

static union {
  yata_any align;
  uint8_t bytes[1 << 20];
} arena;
static size_t arena_used;

void *driver_take(size_t size) {
  void *p = arena.bytes + arena_used;
  arena_used += (size + 15) / 16 * 16;
  if (arena_used > sizeof(arena)) exit(3);
  memset(p, 0, size);
  return p;
}

void driver_forget(void) {
  arena_used = 0;
}

static yata_any plain(char tag, struct request *r) {
  yata_any any = {0};
  uint64_t bits = number(r, tag == 'z' ? 0 : tag == 'b' ? 1 : 8);
  switch (tag) {
  case 'z': any.kind = YATA_ANY_NULL; break;
  case 'b': any = yata_any_bool(bits != 0); break;
  case 'n':
    any.kind = YATA_ANY_NUMBER;
    memcpy(&any.u.number, &bits, 8);
    break;
  default: any.kind = YATA_ANY_BIGINT; any.u.bigint = (int64_t)bits;
  }
  return any;
}

yata_any driver_any(struct request *r) {
  yata_any any = {0};
  char tag = (char)driver_u8(r);
  switch (tag) {
  case 'z':
  case 'b':
  case 'n':
  case 'i': return plain(tag, r);
  case 's':
  case 'B': {
    yata_slice s = driver_bytes(r);
    any.kind = tag == 's' ? YATA_ANY_STRING : YATA_ANY_BINARY;
    any.u.bytes.data = s.data;
    any.u.bytes.len = s.len;
    break;
  }
  case 'a': {
    uint32_t n = driver_u32(r);
    yata_any *items = driver_take(n * sizeof(*items));
    for (uint32_t i = 0; i < n; i++) items[i] = driver_any(r);
    any.kind = YATA_ANY_ARRAY;
    any.u.array.items = items;
    any.u.array.len = n;
    break;
  }
  case 'o': {
    uint32_t n = driver_u32(r);
    yata_any_entry *entries = driver_take(n * sizeof(*entries));
    for (uint32_t i = 0; i < n; i++) {
      entries[i].key = driver_bytes(r);
      entries[i].value = driver_any(r);
    }
    any.kind = YATA_ANY_OBJECT;
    any.u.object.entries = entries;
    any.u.object.len = n;
    break;
  }
  default: break;
  }
  return any;
}

int driver_put(yata_buf *out, const void *data, size_t len) {
  if (len > out->cap - out->len) {
    size_t cap = (out->len + len) * 2;
    uint8_t *grown = realloc(out->data, cap);
    if (grown == NULL) return YATA_ERR_NOMEM;
    out->data = grown;
    out->cap = cap;
  }
  if (len > 0) memcpy(out->data + out->len, data, len);
  out->len += len;
  return 0;
}

int driver_put_u32(yata_buf *out, uint32_t v) {
  const uint8_t raw[] = {(uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16), (uint8_t)(v >> 24)};
  return driver_put(out, raw, sizeof(raw));
}

int driver_put_u64(yata_buf *out, uint64_t v) {
  int err = driver_put_u32(out, (uint32_t)v);
  return err < 0 ? err : driver_put_u32(out, (uint32_t)(v >> 32));
}

int driver_put_slice(yata_buf *out, yata_slice s) {
  int err = driver_put_u32(out, (uint32_t)s.len);
  return err < 0 ? err : driver_put(out, s.data, s.len);
}

int driver_put_type(yata_buf *out, yata_type t) {
  int err = driver_put_u32(out, t.slot);
  return err < 0 ? err : driver_put_u32(out, t.generation);
}
