/* SPDX-License-Identifier: MIT */
#include "store.h"

static int chunk_reserve(struct yata_doc *doc, struct yata_store *st, uint32_t shift, uint32_t width, uint32_t pos,
                         uint32_t want, struct yata_chunk **out) {
  uint32_t at = pos >> shift, max = 1u << shift;
  if (at >= st->count) {
    YATA_TRY(yata_mem_grow(&doc->mem, &st->chunks, &st->cap, at + 1, sizeof(*st->chunks)));
    st->chunks[st->count++] = (struct yata_chunk){.width = width};
  }
  struct yata_chunk *c = &st->chunks[at];
  uint32_t need = (pos & (max - 1)) + want;
  if (need > max) need = max;
  if (need > c->cap) {
    uint32_t cap = c->cap * 2 > need ? c->cap * 2 : need;
    if (cap < 8) cap = 8;
    if (cap > max) cap = max;
    size_t w = c->width;
    void *p = yata_mem_resize(&doc->mem, c->data, c->cap * w, cap * w);
    if (p == NULL) return YATA_ERR_NOMEM;
    c->data = p;
    c->cap = cap;
  }
  *out = c;
  return 0;
}

static int widen(struct yata_doc *doc, struct yata_chunk *c) {
  if (c->width == 2) return 0;
  uint16_t *wide = yata_mem_resize(&doc->mem, NULL, 0, (size_t)c->cap * 2);
  if (wide == NULL) return YATA_ERR_NOMEM;
  for (uint32_t i = 0; i < c->cap; i++) wide[i] = c->data[i];
  yata_mem_resize(&doc->mem, c->data, c->cap, 0);
  c->data = (uint8_t *)wide;
  c->width = 2;
  return 0;
}

static void put_unit(struct yata_chunk *c, uint32_t slot, uint16_t unit) {
  if (c->width == 1)
    c->data[slot] = (uint8_t)unit;
  else
    ((uint16_t *)(void *)c->data)[slot] = unit;
}

static int append_unit(struct yata_doc *doc, struct yata_store *text, uint32_t want, uint16_t unit) {
  struct yata_chunk *c;
  YATA_TRY(chunk_reserve(doc, text, YATA_TEXT_SHIFT, 1, text->len, want, &c));
  if (unit > 0x7f) YATA_TRY(widen(doc, c));
  put_unit(c, text->len & ((1u << YATA_TEXT_SHIFT) - 1), unit);
  c->live++;
  text->len++;
  return 0;
}

/* As much of an ASCII run as fits the current chunk, at once. */
static int append_ascii(struct yata_doc *doc, struct yata_store *text, const uint8_t *p, size_t n, size_t *taken) {
  struct yata_chunk *c;
  uint32_t max = 1u << YATA_TEXT_SHIFT, slot = text->len & (max - 1);
  uint32_t fit = n < max - slot ? (uint32_t)n : max - slot;
  YATA_TRY(chunk_reserve(doc, text, YATA_TEXT_SHIFT, 1, text->len, fit, &c));
  if (c->width == 1)
    memcpy(c->data + slot, p, fit);
  else
    for (uint32_t i = 0; i < fit; i++) put_unit(c, slot + i, p[i]);
  c->live += fit;
  text->len += fit;
  *taken = fit;
  return 0;
}

int yata_text_append_ascii(struct yata_doc *doc, uint32_t client, const uint8_t *p, uint32_t len, uint32_t *pos) {
  struct yata_store *text = &doc->clients[client].text;
  size_t taken;
  *pos = text->len;
  for (size_t left = len; left > 0; left -= taken, p += taken) YATA_TRY(append_ascii(doc, text, p, left, &taken));
  return 0;
}

int yata_text_append(struct yata_doc *doc, uint32_t client, yata_slice utf8, uint32_t *pos) {
  struct yata_store *text = &doc->clients[client].text;
  const uint8_t *p = utf8.data, *end = p + utf8.len;
  *pos = text->len;
  while (p < end) {
    const uint8_t *q = p;
    while (q < end && *q < 0x80) q++;
    while (p < q) {
      size_t taken;
      YATA_TRY(append_ascii(doc, text, p, (size_t)(q - p), &taken));
      p += taken;
    }
    if (p == end) break;
    uint32_t want = (uint32_t)(end - p);
    uint32_t code = yata_utf8_next(&p);
    if (code >= 0x10000) {
      YATA_TRY(append_unit(doc, text, want, (uint16_t)(0xd800 + ((code - 0x10000) >> 10))));
      code = 0xdc00 + ((code - 0x10000) & 0x3ff);
      doc->paired = true;
    }
    YATA_TRY(append_unit(doc, text, want, (uint16_t)code));
  }
  return 0;
}

uint16_t yata_text_unit(const struct yata_store *text, uint32_t pos) {
  const struct yata_chunk *c = &text->chunks[pos >> YATA_TEXT_SHIFT];
  uint32_t slot = pos & ((1u << YATA_TEXT_SHIFT) - 1);
  return c->width == 1 ? c->data[slot] : ((const uint16_t *)(const void *)c->data)[slot];
}

int yata_text_patch(struct yata_doc *doc, struct yata_store *text, uint32_t pos, uint16_t unit) {
  struct yata_chunk *c = &text->chunks[pos >> YATA_TEXT_SHIFT];
  if (unit > 0x7f) YATA_TRY(widen(doc, c));
  put_unit(c, pos & ((1u << YATA_TEXT_SHIFT) - 1), unit);
  return 0;
}

/* Units of one wide chunk as UTF-8; `carry` is a high surrogate whose low half may follow. */
static size_t encode_wide(const uint16_t *u, uint32_t n, uint8_t *p, uint16_t *carry) {
  uint8_t *at = p;
  for (uint32_t i = 0; i < n; i++) {
    uint32_t c = u[i];
    if (*carry != 0) {
      uint16_t high = *carry;
      *carry = 0;
      if (c >= 0xdc00 && c <= 0xdfff) {
        p += yata_utf8_put(p, 0x10000 + ((uint32_t)(high - 0xd800) << 10) + (c - 0xdc00));
        continue;
      }
      p += yata_utf8_put(p, 0xfffd);
    }
    if (c >= 0xd800 && c <= 0xdbff)
      *carry = (uint16_t)c;
    else
      p += yata_utf8_put(p, c);
  }
  return (size_t)(p - at);
}

static int encode_units(const struct yata_store *text, uint32_t pos, uint32_t len, yata_buf *out) {
  uint16_t carry = 0;
  while (len > 0) {
    const struct yata_chunk *c = &text->chunks[pos >> YATA_TEXT_SHIFT];
    uint32_t slot = pos & ((1u << YATA_TEXT_SHIFT) - 1);
    uint32_t n = (1u << YATA_TEXT_SHIFT) - slot;
    if (n > len) n = len;
    YATA_TRY(yata_buf_reserve(out, (size_t)n * 3 + 3));
    uint8_t *p = out->data + out->len;
    if (c->width == 2) {
      out->len += encode_wide((const uint16_t *)(const void *)c->data + slot, n, p, &carry);
    } else {
      if (carry != 0) p += yata_utf8_put(p, 0xfffd);
      carry = 0;
      memcpy(p, c->data + slot, n);
      out->len = (size_t)(p + n - out->data);
    }
    pos += n;
    len -= n;
  }
  return carry != 0 ? yata_buf_put(out, "\xef\xbf\xbd", 3) : 0;
}

int yata_text_encode(const struct yata_store *text, uint32_t pos, uint32_t len, bool prefix, yata_buf *out) {
  if (!prefix) return encode_units(text, pos, len, out);
  /* Guess that it is ASCII; if not, move the text to make room for a longer prefix. */
  size_t at = out->len;
  YATA_TRY(yata_buf_put_uint(out, len));
  size_t body = out->len;
  YATA_TRY(encode_units(text, pos, len, out));
  size_t n = out->len - body;
  if (n == len) return 0;
  uint8_t head[10];
  size_t head_len = (size_t)(yata_uint_write(head, n) - head);
  YATA_TRY(yata_buf_reserve(out, head_len));
  memmove(out->data + at + head_len, out->data + body, n);
  memcpy(out->data + at, head, head_len);
  out->len = at + head_len + n;
  return 0;
}

/* As encode_wide, counting: a pair takes 4 bytes, other surrogates 3. */
static size_t wide_bytes(const uint16_t *u, uint32_t n, uint16_t *carry) {
  size_t bytes = 0;
  for (uint32_t i = 0; i < n; i++) {
    uint16_t c = u[i];
    bytes += c < 0x80 ? 1 : c < 0x800 ? 2 : 3;
    if (*carry != 0 && c >= 0xdc00 && c <= 0xdfff) bytes -= 2;
    *carry = c >= 0xd800 && c <= 0xdbff ? c : 0;
  }
  return bytes;
}

size_t yata_text_bytes(const struct yata_store *text, uint32_t pos, uint32_t len) {
  size_t bytes = 0;
  uint16_t carry = 0;
  while (len > 0) {
    const struct yata_chunk *c = &text->chunks[pos >> YATA_TEXT_SHIFT];
    uint32_t slot = pos & ((1u << YATA_TEXT_SHIFT) - 1);
    uint32_t n = (1u << YATA_TEXT_SHIFT) - slot;
    if (n > len) n = len;
    if (c->width == 2) {
      bytes += wide_bytes((const uint16_t *)(const void *)c->data + slot, n, &carry);
    } else {
      bytes += n;
      carry = 0;
    }
    pos += n;
    len -= n;
  }
  return bytes;
}

int yata_value_append(struct yata_doc *doc, uint32_t client, yata_slice bytes, uint32_t *pos) {
  struct yata_store *values = &doc->clients[client].values;
  struct yata_chunk *c;
  if (bytes.len > UINT32_MAX) return YATA_ERR_LIMIT;
  YATA_TRY(chunk_reserve(doc, values, YATA_VALUE_SHIFT, sizeof(struct yata_val), values->len, 1, &c));
  struct yata_val *v = (struct yata_val *)(void *)c->data + (values->len & ((1u << YATA_VALUE_SHIFT) - 1));
  v->len = (uint32_t)bytes.len;
  if (bytes.len <= YATA_VALUE_INLINE) {
    memcpy(v->in, bytes.data, bytes.len);
  } else {
    void *copy = yata_mem_resize(&doc->mem, NULL, 0, bytes.len);
    if (copy == NULL) return YATA_ERR_NOMEM;
    memcpy(copy, bytes.data, bytes.len);
    memcpy(v->in, &copy, sizeof(copy));
  }
  c->live++;
  *pos = values->len++;
  return 0;
}

static struct yata_val *value_at(const struct yata_store *values, uint32_t pos) {
  const struct yata_chunk *c = &values->chunks[pos >> YATA_VALUE_SHIFT];
  return (struct yata_val *)(void *)c->data + (pos & ((1u << YATA_VALUE_SHIFT) - 1));
}

yata_slice yata_value_bytes(const struct yata_store *values, uint32_t pos) {
  const struct yata_val *v = value_at(values, pos);
  if (v->len <= YATA_VALUE_INLINE) return (yata_slice){v->in, v->len};
  void *p;
  memcpy(&p, v->in, sizeof(p));
  return (yata_slice){p, v->len};
}

static void value_clear(struct yata_doc *doc, struct yata_val *v) {
  if (v->len > YATA_VALUE_INLINE) {
    void *p;
    memcpy(&p, v->in, sizeof(p));
    yata_mem_resize(&doc->mem, p, v->len, 0);
  }
  v->len = 0;
}

/* `n` units of chunk `at` died: free it when it is full and nothing in it lives. */
static void chunk_release(struct yata_doc *doc, struct yata_store *st, uint32_t at, uint32_t shift, uint32_t n) {
  struct yata_chunk *c = &st->chunks[at];
  c->live -= n;
  if (c->live > 0 || (at + 1) > st->len >> shift) return;
  yata_mem_resize(&doc->mem, c->data, (size_t)c->cap * c->width, 0);
  c->data = NULL;
  c->cap = 0;
}

void yata_text_release_slow(struct yata_doc *doc, struct yata_store *text, uint32_t pos, uint32_t len) {
  while (len > 0) {
    uint32_t n = (1u << YATA_TEXT_SHIFT) - (pos & ((1u << YATA_TEXT_SHIFT) - 1));
    if (n > len) n = len;
    chunk_release(doc, text, pos >> YATA_TEXT_SHIFT, YATA_TEXT_SHIFT, n);
    pos += n;
    len -= n;
  }
}

void yata_values_release(struct yata_doc *doc, uint32_t client, uint32_t pos, uint32_t len) {
  struct yata_store *values = &doc->clients[client].values;
  for (; len > 0; len--, pos++) {
    value_clear(doc, value_at(values, pos));
    chunk_release(doc, values, pos >> YATA_VALUE_SHIFT, YATA_VALUE_SHIFT, 1);
  }
}

void yata_text_truncate(struct yata_doc *doc, struct yata_store *text, uint32_t len) {
  (void)doc;
  while (text->len > len) {
    uint32_t from = (text->len - 1) >> YATA_TEXT_SHIFT << YATA_TEXT_SHIFT;
    if (from < len) from = len;
    text->chunks[from >> YATA_TEXT_SHIFT].live -= text->len - from;
    text->len = from;
  }
}

void yata_values_truncate(struct yata_doc *doc, struct yata_store *values, uint32_t len) {
  while (values->len > len) {
    values->len--;
    value_clear(doc, value_at(values, values->len));
    values->chunks[values->len >> YATA_VALUE_SHIFT].live--;
  }
}

void yata_store_deinit(struct yata_doc *doc, struct yata_store *st, bool values) {
  if (values) {
    for (uint32_t i = 0; i < st->len; i++)
      if (st->chunks[i >> YATA_VALUE_SHIFT].data != NULL) value_clear(doc, value_at(st, i));
  }
  for (uint32_t i = 0; i < st->count; i++)
    yata_mem_resize(&doc->mem, st->chunks[i].data, (size_t)st->chunks[i].cap * st->chunks[i].width, 0);
  yata_mem_drop(&doc->mem, &st->chunks, &st->cap, sizeof(*st->chunks));
  st->count = st->len = 0;
}
