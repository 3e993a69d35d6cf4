/* SPDX-License-Identifier: MIT */
/* JSON as a lib0 `any`: what version 2 writes where version 1 writes JSON. */
#include "edit.h"
#include "number.h"

static void space(struct yata_rd *rd) {
  while (rd->p < rd->end && (*rd->p == ' ' || *rd->p == '\t' || *rd->p == '\n' || *rd->p == '\r')) rd->p++;
}

static uint32_t hex4(const uint8_t *p) {
  uint32_t v = 0;
  for (int i = 0; i < 4; i++) v = v << 4 | (uint32_t)(p[i] <= '9' ? p[i] - '0' : (p[i] | 0x20) - 'a' + 10);
  return v;
}

/* The code point of \uXXXX, of two of them when they are a pair; `p` is behind the u. */
static uint32_t code_point(const uint8_t **p, const uint8_t *end) {
  uint32_t code = hex4(*p);
  *p += 4;
  if (code < 0xd800 || code > 0xdbff || end - *p < 6 || (*p)[0] != '\\' || (*p)[1] != 'u') return code;
  uint32_t low = hex4(*p + 2);
  if (low < 0xdc00 || low > 0xdfff) return code;
  *p += 6;
  return 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
}

uint32_t yata_json_unescape(const uint8_t **p, const uint8_t *end) {
  const uint8_t c = *(*p)++;
  switch (c) {
  case 'b': return '\b';
  case 'f': return '\f';
  case 'n': return '\n';
  case 'r': return '\r';
  case 't': return '\t';
  case 'u': return code_point(p, end);
  default: return c;
  }
}

static uint8_t *unescape(uint8_t *to, const uint8_t *p, const uint8_t *end) {
  while (p < end) {
    if (*p != '\\') {
      *to++ = *p++;
      continue;
    }
    p++;
    to += yata_utf8_put(to, yata_json_unescape(&p, end));
  }
  return to;
}

/* A string, `rd` at its opening quote, behind its length. Unescaping never makes it longer. */
static int put_string(struct yata_rd *rd, yata_buf *out) {
  const uint8_t *from = ++rd->p;
  while (*rd->p != '"') rd->p += *rd->p == '\\' ? 2 : 1;
  const uint8_t *end = rd->p++;
  size_t at = out->len, most = (size_t)(end - from);
  uint8_t head[10];
  YATA_TRY(yata_buf_reserve(out, most + sizeof(head)));
  uint8_t *body = out->data + at + sizeof(head);
  size_t n = (size_t)(unescape(body, from, end) - body);
  size_t head_len = (size_t)(yata_uint_write(head, n) - head);
  memmove(out->data + at + head_len, body, n);
  memcpy(out->data + at, head, head_len);
  out->len = at + head_len + n;
  return 0;
}

/* Put a count before what was written from `at` on. */
static int insert_count(yata_buf *out, size_t at, uint64_t count) {
  uint8_t head[10];
  size_t n = (size_t)(yata_uint_write(head, count) - head);
  YATA_TRY(yata_buf_reserve(out, n));
  memmove(out->data + at + n, out->data + at, out->len - at);
  memcpy(out->data + at, head, n);
  out->len += n;
  return 0;
}

static int put_members(struct yata_rd *rd, bool object, yata_buf *out) {
  uint64_t count = 0;
  rd->p++;
  YATA_TRY(yata_buf_put_u8(out, object ? 118 : 117));
  size_t at = out->len;
  for (space(rd); *rd->p != ']' && *rd->p != '}'; space(rd)) {
    if (*rd->p == ',') rd->p++;
    if (object) {
      space(rd);
      YATA_TRY(put_string(rd, out));
      space(rd);
      rd->p++; /* the colon */
    }
    YATA_TRY(yata_json_to_any(rd, out));
    count++;
  }
  rd->p++;
  return insert_count(out, at, count);
}

static int put_word(struct yata_rd *rd, size_t len, uint8_t tag, yata_buf *out) {
  rd->p += len;
  return yata_buf_put_u8(out, tag);
}

static int put_number(struct yata_rd *rd, yata_buf *out) {
  const uint8_t *from = rd->p;
  while (rd->p < rd->end && (strchr("+-.eE", *rd->p) != NULL || (*rd->p >= '0' && *rd->p <= '9'))) rd->p++;
  yata_any any = yata_any_number(yata_number_read(from, (size_t)(rd->p - from)));
  return yata_any_write(out, &any, 0);
}

/* Recursion is bounded by the nesting that was verified. */
int yata_json_to_any(struct yata_rd *rd, yata_buf *out) {
  space(rd);
  switch (*rd->p) {
  case '{': return put_members(rd, true, out);
  case '[': return put_members(rd, false, out);
  case '"': YATA_TRY(yata_buf_put_u8(out, 119)); return put_string(rd, out);
  case 't': return put_word(rd, 4, 120, out);
  case 'f': return put_word(rd, 5, 121, out);
  case 'n': return put_word(rd, 4, 126, out);
  default: return put_number(rd, out);
  }
}
