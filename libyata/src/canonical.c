/* SPDX-License-Identifier: MIT */
#include "canonical.h"

#include <stdlib.h>

#include "held.h"
#include "number.h"

uint32_t yata_key_index(yata_slice key) {
  uint64_t v = 0;
  if (key.len == 0 || key.len > 10 || (key.len > 1 && key.data[0] == '0')) return YATA_NO_INDEX;
  for (size_t i = 0; i < key.len; i++) {
    if (key.data[i] < '0' || key.data[i] > '9') return YATA_NO_INDEX;
    v = v * 10 + (uint64_t)(key.data[i] - '0');
  }
  return v < YATA_NO_INDEX ? (uint32_t)v : YATA_NO_INDEX;
}

/* ---- is it? an `any` ---------------------------------------------------------------------- */

/* `rd` is behind the tag. */
static bool is_canonical_number(struct yata_rd *rd, uint8_t tag) {
  const uint8_t *at = rd->p;
  yata_any any;
  if (tag == 125 && *at < 0x80) {
    rd->p++; /* one byte, as most are */
    return true;
  }
  if (yata_any_read_number(rd, tag, &any) < 0 || yata_number_tag(any.u.number) != tag) return false;
  return tag != 125 || rd->p[-1] != 0; /* no bytes that add nothing */
}

static bool is_canonical_any(struct yata_rd *rd);

static bool are_canonical_members(struct yata_rd *rd, bool object) {
  uint64_t n;
  yata_slice key;
  bool canonical = yata_rd_uint(rd, &n) == 0;
  for (int64_t last = -1; canonical && n > 0; n--) {
    if (object) {
      canonical = yata_rd_bytes(rd, &key) == 0;
      uint32_t index = yata_key_index(key); /* the highest number for a name: names are in any order */
      if (index != YATA_NO_INDEX && index <= last) return false;
      last = index;
    }
    canonical = canonical && is_canonical_any(rd);
  }
  return canonical;
}

/* Recursion is bounded by the nesting that was verified. */
static bool is_canonical_any(struct yata_rd *rd) {
  yata_slice s;
  const uint8_t tag = *rd->p++;
  switch (tag) {
  case 116:
  case 119: return yata_rd_bytes(rd, &s) == 0;
  case 117: return are_canonical_members(rd, false);
  case 118: return are_canonical_members(rd, true);
  case 122: rd->p += 8; return true;
  case 123:
  case 124:
  case 125: return is_canonical_number(rd, tag);
  default: return true;
  }
}

/* ---- is it? JSON -------------------------------------------------------------------------- */

enum writing { CANONICAL, FOREIGN, KEPT };

static uint32_t hex4(const uint8_t *p) {
  uint32_t v = 0;
  for (int i = 0; i < 4; i++) v = v << 4 | (uint32_t)(p[i] <= '9' ? p[i] - '0' : (p[i] | 0x20) - 'a' + 10);
  return v;
}

/* \uXXXX, `p` behind the u, in verified JSON: for control characters alone that have no letter, in lower case. */
static enum writing writing_of_code(const uint8_t **p) {
  static const char letters[] = "\b\t\n\f\r";
  const uint8_t *at = *p;
  uint32_t code = hex4(at);
  *p += 4;
  if (code >= 0xd800 && code <= 0xdbff && at[4] == '\\' && at[5] == 'u') {
    uint32_t low = hex4(at + 6);
    if (low < 0xdc00 || low > 0xdfff) return KEPT;
    *p += 6;
    return FOREIGN;
  }
  if (code >= 0xd800 && code <= 0xdfff) return KEPT;
  if (code >= 0x20 || memchr(letters, (int)code, 5) != NULL) return FOREIGN;
  return at[3] >= 'A' && at[3] <= 'F' ? FOREIGN : CANONICAL;
}

static enum writing worse(enum writing a, enum writing b) {
  return a > b ? a : b;
}

/* A string, *from at its quote. As a key it must be no index. */
static enum writing writing_of_string(const uint8_t **from, const uint8_t *end) {
  enum writing all = CANONICAL;
  const uint8_t *at = *from + 1, *p = at;
  for (; *p != '"'; p++) {
    if (*p != '\\') continue;
    p++;
    if (*p == 'u') {
      p++;
      all = worse(all, writing_of_code(&p));
      p--;
    } else if (*p == '/') {
      all = worse(all, FOREIGN);
    }
  }
  *from = p + 1;
  if (*from < end && **from == ':' && yata_key_index((yata_slice){at, (size_t)(p - at)}) != YATA_NO_INDEX)
    return worse(all, FOREIGN);
  return all;
}

/* JSON.stringify writes -0, and what is above all doubles, in another way than it is read: an embed or a format that
 * has such a number is no longer held as JSON. */
static enum writing writing_of_number(const uint8_t **p, const uint8_t *end, bool held) {
  char again[YATA_NUMBER_MAX];
  const uint8_t *from = *p;
  while (*p < end && strchr("+-.eE0123456789", **p) != NULL && **p != 0) ++*p;
  size_t n = (size_t)(*p - from);
  double value = yata_number_read(from, n);
  if (value - value != 0 || (value == 0 && *from == '-')) return held ? FOREIGN : KEPT;
  return yata_number_write(again, value) == n && memcmp(again, from, n) == 0 ? CANONICAL : FOREIGN;
}

/* Verified JSON, and "undefined", which is none. */
static enum writing writing_of_json(yata_slice json, bool held) {
  enum writing all = CANONICAL;
  const uint8_t *p = json.data, *end = p + json.len;
  while (p < end && all != KEPT) {
    switch (*p) {
    case '"': all = worse(all, writing_of_string(&p, end)); break;
    case ' ':
    case '\t':
    case '\n':
    case '\r':
      all = FOREIGN;
      p++;
      break;
    default:
      if (*p == '-' || (*p >= '0' && *p <= '9'))
        all = worse(all, writing_of_number(&p, end, held));
      else
        p++;
    }
  }
  return all;
}

static bool has_json(uint8_t kind) {
  return kind == YATA_WIRE_JSON || kind == YATA_WIRE_EMBED || kind == YATA_WIRE_FORMAT;
}

bool yata_is_canonical(uint8_t kind, yata_slice value) {
  yata_slice before, json;
  struct yata_rd rd = yata_rd_of(value.data, value.len);
  if (kind == YATA_WIRE_ANY) return is_canonical_any(&rd);
  if (!has_json(kind)) return true;
  yata_held_split(kind, value, &before, &json);
  if (!yata_held_is_any(json)) return writing_of_json(json, kind != YATA_WIRE_JSON) != FOREIGN;
  rd = yata_rd_of(json.data + 1, json.len - 1);
  return is_canonical_any(&rd);
}

/* ---- making it so ------------------------------------------------------------------------- */

/* Indices first; what has none stays in its order: that of the keys in the bytes that were read. */
static int compare(const void *a, const void *b) {
  const yata_any_entry *x = a, *y = b;
  uint32_t i = yata_key_index(x->key), j = yata_key_index(y->key);
  if (i != j) return i < j ? -1 : 1;
  return (x->key.data > y->key.data) - (x->key.data < y->key.data);
}

/* The nodes are those of a value that was just read: ours to change. */
static void sort_members(yata_any *any) {
  if (any->kind == YATA_ANY_ARRAY)
    for (size_t i = 0; i < any->u.array.len; i++) sort_members((yata_any *)&any->u.array.items[i]);
  if (any->kind != YATA_ANY_OBJECT) return;
  yata_any_entry *entries = (yata_any_entry *)any->u.object.entries;
  for (size_t i = 0; i < any->u.object.len; i++) sort_members(&entries[i].value);
  if (any->u.object.len > 1) qsort(entries, any->u.object.len, sizeof(*entries), compare);
}

static int rewrite(const struct yata_doc *doc, yata_slice any, int (*write)(yata_buf *, const yata_any *, uint32_t),
                   yata_buf *out) {
  yata_value value = {0};
  int err = yata_any_read(doc, any, &value);
  if (err == 0) {
    sort_members(&value.any);
    err = write(out, &value.any, YATA_NESTING_MAX);
  }
  yata_value_deinit(&value);
  return err;
}

/* JSON, or what an embed or a format holds. */
static int rewrite_held(const struct yata_doc *doc, uint8_t kind, yata_slice held, yata_buf *out) {
  yata_buf any, text;
  yata_buf_init(&any, &doc->alloc);
  yata_buf_init(&text, &doc->alloc);
  int err = yata_held_put_any(held, &any);
  if (err == 0)
    err = rewrite(doc, (yata_slice){any.data, any.len}, kind == YATA_WIRE_JSON ? yata_any_stringify : yata_held_write,
                  &text);
  if (err == 0) err = yata_buf_put_uint(out, text.len);
  if (err == 0) err = yata_buf_put(out, text.data, text.len);
  yata_buf_deinit(&any);
  yata_buf_deinit(&text);
  return err;
}

int yata_canonical_write(const struct yata_doc *doc, uint8_t kind, yata_slice value, yata_buf *out) {
  yata_slice before, held;
  if (!has_json(kind)) return rewrite(doc, value, yata_any_write, out);
  yata_held_split(kind, value, &before, &held);
  if (before.len > 0) YATA_TRY(yata_buf_put(out, before.data, before.len));
  return rewrite_held(doc, kind, held, out);
}
