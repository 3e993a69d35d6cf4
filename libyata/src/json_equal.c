/* SPDX-License-Identifier: MIT */
/* Comparing two JSON objects or arrays one level deep, as Yjs compares values of attributes. */
#include "formats.h"

/* Members that stand in another order are looked for: no more of them than this. */
#define UNORDERED_MAX 256

/* Walks the members of verified JSON. */
struct members {
  const uint8_t *p, *end;
  bool object;
};

struct member {
  yata_slice key, value; /* as they stand in the JSON */
};

static void space(struct members *m) {
  while (m->p < m->end && (*m->p == ' ' || *m->p == '\t' || *m->p == '\n' || *m->p == '\r')) m->p++;
}

static struct members open_json(yata_slice json) {
  return (struct members){json.data + 1, json.data + json.len, json.data[0] == '{'};
}

static yata_slice string(struct members *m) {
  const uint8_t *at = m->p++;
  while (*m->p != '"') m->p += *m->p == '\\' ? 2 : 1;
  m->p++;
  return (yata_slice){at, (size_t)(m->p - at)};
}

/* False at the end, and at a member that is an object itself: `nested` then. */
static bool next(struct members *m, struct member *out, bool *nested) {
  space(m);
  if (*m->p == ',') m->p++;
  space(m);
  if (*m->p == '}' || *m->p == ']') return false;
  out->key = (yata_slice){NULL, 0};
  if (m->object) {
    out->key = string(m);
    space(m);
    m->p++;
    space(m);
  }
  if (*m->p == '{' || *m->p == '[') {
    *nested = true;
    return false;
  }
  const uint8_t *at = m->p;
  if (*m->p == '"')
    out->value = string(m);
  else
    while (strchr(",}] \t\n\r", *m->p) == NULL) m->p++;
  out->value = (yata_slice){at, (size_t)(m->p - at)};
  return true;
}

static bool slice_eq(yata_slice a, yata_slice b) {
  return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

static bool same_member(const struct member *a, const struct member *b) {
  return slice_eq(a->key, b->key) && slice_eq(a->value, b->value);
}

static bool has(yata_slice json, const struct member *wanted) {
  struct members m = open_json(json);
  struct member at;
  bool nested = false;
  while (next(&m, &at, &nested))
    if (same_member(&at, wanted)) return true;
  return false;
}

static bool equal_unordered(yata_slice a, yata_slice b) {
  struct members m = open_json(a);
  struct member at;
  bool nested = false;
  while (next(&m, &at, &nested))
    if (!has(b, &at)) return false;
  return true;
}

bool yata_json_equal_flat(yata_slice a, yata_slice b) {
  struct members ma = open_json(a), mb = open_json(b);
  struct member x, y;
  bool nested = false, ordered = true;
  uint32_t n = 0;
  if (ma.object != mb.object) return false;
  for (;; n++) {
    bool more = next(&ma, &x, &nested);
    if (next(&mb, &y, &nested) != more || nested) return false;
    if (!more) break;
    ordered = ordered && same_member(&x, &y);
  }
  return ordered || (ma.object && n <= UNORDERED_MAX && equal_unordered(a, b));
}
