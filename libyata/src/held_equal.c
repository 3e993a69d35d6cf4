/* SPDX-License-Identifier: MIT */
/* Comparing what formats hold, as Yjs compares values of attributes: objects one level deep. */
#include "held.h"
#include "number.h"

/* Members that stand in another order are looked for: no more of them than this. */
#define UNORDERED_MAX 256

static bool is_space(uint8_t c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static struct yata_rd begin(yata_slice held) {
  struct yata_rd rd = yata_rd_of(held.data, held.len);
  if (yata_held_is_any(held)) rd.p++;
  while (rd.p < rd.end && is_space(*rd.p)) rd.p++;
  return rd;
}

bool yata_held_is_object(yata_slice held) {
  struct yata_rd rd = begin(held);
  if (rd.p == rd.end) return false;
  if (yata_held_is_any(held)) return *rd.p >= 116 && *rd.p <= 118;
  return *rd.p == '{' || *rd.p == '[';
}

bool yata_held_is_undefined(yata_slice held) {
  return yata_held_is_any(held) && held.data[1] == 127;
}

/* ---- values that are no objects ----------------------------------------------------------- */

/* As yata_any, but a string of JSON is of the kind JSON, as it stands between its quotes. */

static yata_slice json_string(struct yata_rd *rd) {
  const uint8_t *at = ++rd->p;
  while (*rd->p != '"') rd->p += *rd->p == '\\' ? 2 : 1;
  return (yata_slice){at, (size_t)(rd->p++ - at)};
}

static yata_any text_of(enum yata_any_kind kind, yata_slice s) {
  yata_any any = {.kind = kind};
  any.u.bytes.data = s.data;
  any.u.bytes.len = s.len;
  return any;
}

/* Most are short and whole. */
static double json_number(const uint8_t *p, size_t len) {
  uint64_t whole = 0;
  if (len > 15) return yata_number_read(p, len);
  for (size_t i = 0; i < len; i++) {
    if (p[i] < '0' || p[i] > '9') return yata_number_read(p, len);
    whole = whole * 10 + (uint64_t)(p[i] - '0');
  }
  return (double)whole;
}

static yata_any json_scalar(struct yata_rd *rd) {
  const uint8_t *at = rd->p;
  if (*at == '"') return text_of(YATA_ANY_JSON, json_string(rd));
  while (rd->p < rd->end && strchr(",}] \t\n\r", *rd->p) == NULL) rd->p++;
  if (*at == 'n') return yata_any_null();
  if (*at == 't' || *at == 'f') return yata_any_bool(*at == 't');
  return yata_any_number(json_number(at, (size_t)(rd->p - at)));
}

/* Of a verified `any` that is no object. */
static yata_any any_scalar(struct yata_rd *rd) {
  yata_any out = {0};
  yata_slice s = {NULL, 0};
  const uint8_t tag = *rd->p++;
  int err = 0;
  switch (tag) {
  case 119: err = yata_rd_bytes(rd, &s); return text_of(YATA_ANY_STRING, s);
  case 120:
  case 121: return yata_any_bool(tag == 120);
  case 122:
    out.kind = YATA_ANY_BIGINT;
    memcpy(&out.u.bigint, rd->p, sizeof(out.u.bigint)); /* in any order: it is compared alone */
    rd->p += sizeof(out.u.bigint);
    return out;
  case 126: return yata_any_null();
  case 127: return out;
  default: err = yata_any_read_number(rd, tag, &out);
  }
  (void)err; /* verified when it came */
  return out;
}

static uint32_t next_char(const yata_any *text, const uint8_t **p) {
  const uint8_t *end = text->u.bytes.data + text->u.bytes.len;
  if (text->kind == YATA_ANY_STRING || **p != '\\') return yata_utf8_next(p);
  ++*p;
  return yata_json_unescape(p, end);
}

static bool is_text(const yata_any *any) {
  return any->kind == YATA_ANY_STRING || any->kind == YATA_ANY_JSON;
}

static bool same_text(const yata_any *a, const yata_any *b) {
  const uint8_t *p = a->u.bytes.data, *q = b->u.bytes.data;
  size_t n = a->u.bytes.len, m = b->u.bytes.len;
  if (a->kind == b->kind && n == m && (n == 0 || memcmp(p, q, n) == 0)) return true;
  const uint8_t *p_end = n > 0 ? p + n : p, *q_end = m > 0 ? q + m : q;
  while (p < p_end && q < q_end)
    if (next_char(a, &p) != next_char(b, &q)) return false;
  return p == p_end && q == q_end;
}

static bool same(const yata_any *a, const yata_any *b) {
  if (is_text(a) && is_text(b)) return same_text(a, b);
  if (a->kind != b->kind) return false;
  switch (a->kind) {
  case YATA_ANY_BOOL: return a->u.boolean == b->u.boolean;
  case YATA_ANY_NUMBER: return a->u.number == b->u.number; /* NaN is none, 0 is -0 */
  case YATA_ANY_BIGINT: return a->u.bigint == b->u.bigint;
  default: return true; /* null, undefined */
  }
}

/* Where a string ends need not be looked for: nothing stands behind it. */
static yata_any scalar_of(yata_slice held) {
  struct yata_rd rd = begin(held);
  const uint8_t *end = rd.end;
  if (*rd.p == '"') {
    while (is_space(end[-1])) end--;
    return text_of(YATA_ANY_JSON, (yata_slice){rd.p + 1, (size_t)(end - rd.p) - 2});
  }
  return yata_held_is_any(held) ? any_scalar(&rd) : json_scalar(&rd);
}

bool yata_held_is_nan(yata_slice held) {
  if (!yata_held_is_any(held) || held.data[1] != 123) return false;
  const yata_any any = scalar_of(held);
  return any.u.number != any.u.number;
}

bool yata_held_same(yata_slice a, yata_slice b) {
  bool as_written = a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
  if (as_written) return !yata_held_is_nan(a);
  const yata_any x = scalar_of(a), y = scalar_of(b);
  return same(&x, &y);
}

/* ---- members ------------------------------------------------------------------------------ */

/* Walks the members of an object, the elements of an array, or bytes. */
struct members {
  struct yata_rd rd;
  uint8_t tag;        /* of an `any`; 0: JSON */
  bool named, nested; /* nested: it stopped at a member that is an object itself */
  uint64_t left;      /* of an `any` */
  uint32_t index;
};

struct member {
  yata_any key; /* a text; or undefined: the index */
  uint32_t index;
  yata_any value;
};

static struct members open_members(yata_slice held) {
  struct members m = {.rd = begin(held)};
  m.tag = yata_held_is_any(held) ? *m.rd.p : 0;
  m.named = m.tag == 0 ? *m.rd.p == '{' : m.tag == 118;
  m.rd.p++;
  if (m.tag != 0 && yata_rd_uint(&m.rd, &m.left) < 0) m.left = 0;
  return m;
}

static void space(struct members *m) {
  while (is_space(*m->rd.p)) m->rd.p++;
}

/* False at the end, and at what is nested. */
static bool next_of_json(struct members *m, struct member *out) {
  space(m);
  if (*m->rd.p == ',') m->rd.p++;
  space(m);
  if (*m->rd.p == '}' || *m->rd.p == ']') return false;
  if (m->named) {
    out->key = text_of(YATA_ANY_JSON, json_string(&m->rd));
    space(m);
    m->rd.p++;
    space(m);
  }
  m->nested = *m->rd.p == '{' || *m->rd.p == '[';
  if (!m->nested) out->value = json_scalar(&m->rd);
  return !m->nested;
}

static bool next_of_any(struct members *m, struct member *out) {
  yata_slice key;
  if (m->left == 0) return false;
  m->left--;
  if (m->tag == 116) {
    out->value = yata_any_number(*m->rd.p++);
    return true;
  }
  if (m->named) {
    if (yata_rd_bytes(&m->rd, &key) < 0) return false; /* verified when it came */
    out->key = text_of(YATA_ANY_STRING, key);
  }
  m->nested = *m->rd.p >= 116 && *m->rd.p <= 118;
  if (!m->nested) out->value = any_scalar(&m->rd);
  return !m->nested;
}

static bool next(struct members *m, struct member *out) {
  *out = (struct member){.index = m->index++};
  return m->tag == 0 ? next_of_json(m, out) : next_of_any(m, out);
}

/* An index is a key, too: its digits. */
static yata_any key_of(const struct member *m, char digits[YATA_NUMBER_MAX]) {
  if (m->key.kind != YATA_ANY_UNDEFINED) return m->key;
  return yata_any_string_n(digits, yata_number_write(digits, m->index));
}

static bool same_key(const struct member *a, const struct member *b) {
  char x[YATA_NUMBER_MAX], y[YATA_NUMBER_MAX];
  if (a->key.kind == YATA_ANY_UNDEFINED && b->key.kind == YATA_ANY_UNDEFINED) return a->index == b->index;
  const yata_any k = key_of(a, x), l = key_of(b, y);
  return same_text(&k, &l);
}

static bool same_member(const struct member *a, const struct member *b) {
  return same_key(a, b) && same(&a->value, &b->value);
}

/* At most UNORDERED_MAX members each. */
static bool equal_unordered(yata_slice a, yata_slice b) {
  struct member all[UNORDERED_MAX], at;
  struct members m = open_members(b);
  uint32_t n = 0, i;
  while (n < UNORDERED_MAX && next(&m, &all[n])) n++;
  m = open_members(a);
  while (next(&m, &at)) {
    for (i = 0; i < n && !same_member(&all[i], &at);) i++;
    if (i == n) return false;
  }
  return true;
}

bool yata_held_equal_flat(yata_slice a, yata_slice b) {
  struct members ma = open_members(a), mb = open_members(b);
  struct member x, y;
  bool ordered = true;
  uint32_t n = 0;
  for (;; n++) {
    bool more = next(&ma, &x);
    if (next(&mb, &y) != more || ma.nested || mb.nested) return false;
    if (!more) break;
    ordered = ordered && same_member(&x, &y);
  }
  return ordered || (n <= UNORDERED_MAX && equal_unordered(a, b));
}
