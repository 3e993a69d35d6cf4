/* SPDX-License-Identifier: MIT */
/* Updates in version 2, read by writing them anew in version 1: so that what verifies and integrates
 * version 1 is all there is. Spec: Yjs' UpdateDecoderV2. The fields of all structs stand in columns,
 * each run-length encoded, which is why few bytes may state many structs: the output is bounded by
 * the input's length. */
#include "edit.h"

#define GROWTH_MAX 256
#define GROWTH_BASE 65536

/* A column: of unsigned integers, of sums of differences, or of bytes. */
struct column {
  struct yata_rd rd;
  int64_t value, diff;
  uint64_t count; /* of further times that the value stands here */
};

struct key {
  size_t at, len; /* in the output */
};

struct v2 {
  struct yata_rd rest;
  struct column key, client, left, right, info, string, parent, type, len;
  struct yata_rd text; /* of all strings */
  bool half;           /* the last string ended with the first half of a pair */
  struct yata_mem mem;
  struct key *keys;
  uint32_t n_keys, cap_keys;
  yata_buf json; /* scratch */
  yata_buf *out;
  size_t most; /* length of out */
};

/* ---- columns ------------------------------------------------------------------------------ */

static int read_int(struct yata_rd *rd, bool *negative, int64_t *out) {
  double d;
  if (rd->p == rd->end) return YATA_ERR_MALFORMED;
  *negative = *rd->p & 0x40; /* of zero, too */
  YATA_TRY(yata_rd_int(rd, &d));
  if (d > (double)YATA_CLIENT_MAX || d < -(double)YATA_CLIENT_MAX) return YATA_ERR_MALFORMED;
  *out = (int64_t)d;
  return 0;
}

/* The count behind a value; a huge one is as good as any that the output has no room for. */
static int read_count(struct column *c) {
  return yata_rd_uint(&c->rd, &c->count);
}

static int next_uint(struct column *c, uint64_t *out) {
  bool repeated;
  if (c->count > 0) {
    c->count--;
  } else {
    YATA_TRY(read_int(&c->rd, &repeated, &c->value));
    if (repeated) {
      c->value = -c->value;
      YATA_TRY(read_count(c));
      c->count++;
    }
  }
  *out = (uint64_t)c->value;
  return 0;
}

static int next_sum(struct column *c, uint64_t *out) {
  bool negative;
  if (c->count > 0) {
    c->count--;
  } else {
    int64_t v;
    YATA_TRY(read_int(&c->rd, &negative, &v));
    bool repeated = v % 2 != 0;
    c->diff = (v - repeated) / 2;
    if (repeated) {
      YATA_TRY(read_count(c));
      c->count++;
    }
  }
  c->value += c->diff;
  if (c->value < 0 || c->value > (int64_t)YATA_CLOCK_MAX) return YATA_ERR_MALFORMED;
  *out = (uint64_t)c->value;
  return 0;
}

/* The last value of such a column stands for all that follow. */
static int next_byte(struct column *c, uint8_t *out) {
  if (c->count > 0) {
    c->count--;
  } else {
    if (c->rd.p == c->rd.end) return YATA_ERR_MALFORMED;
    c->value = *c->rd.p++;
    if (c->rd.p < c->rd.end)
      YATA_TRY(read_count(c));
    else
      c->count = UINT64_MAX;
  }
  *out = (uint8_t)c->value;
  return 0;
}

/* ---- parts of a struct ---------------------------------------------------------------------- */

static int bounded(const struct v2 *v) {
  return v->out->len > v->most ? YATA_ERR_LIMIT : 0;
}

static int put_slice(yata_buf *out, const uint8_t *data, size_t len) {
  YATA_TRY(yata_buf_put_uint(out, len));
  return yata_buf_put(out, data, len);
}

/* Copy the next string; halves of a pair that is cut become U+FFFD. */
static int copy_string(struct v2 *v) {
  static const uint8_t replacement[] = {0xef, 0xbf, 0xbd};
  uint64_t units, n = 0;
  YATA_TRY(next_uint(&v->string, &units));
  bool head = v->half && units > 0, tail = false;
  const uint8_t *from = v->text.p, *p = from;
  n += head;
  while (n < units && !tail) {
    if (p == v->text.end) return YATA_ERR_MALFORMED;
    const uint8_t *next = p;
    uint32_t width = yata_utf8_next(&next) >= 0x10000 ? 2 : 1;
    tail = width > units - n;
    n += width;
    p = next;
  }
  size_t len = (size_t)(p - from) - (tail ? 4 : 0);
  if (units > 0) v->half = tail;
  v->text.p = p;
  YATA_TRY(yata_buf_put_uint(v->out, len + (head ? 3 : 0) + (tail ? 3 : 0)));
  if (head) YATA_TRY(yata_buf_put(v->out, replacement, 3));
  YATA_TRY(yata_buf_put(v->out, from, len));
  if (tail) YATA_TRY(yata_buf_put(v->out, replacement, 3));
  return bounded(v);
}

static int copy_uint(struct v2 *v, struct column *c, int (*next)(struct column *, uint64_t *)) {
  uint64_t value;
  YATA_TRY(next(c, &value));
  return yata_buf_put_uint(v->out, value);
}

static int copy_id(struct v2 *v, struct column *clocks) {
  YATA_TRY(copy_uint(v, &v->client, next_uint));
  return copy_uint(v, clocks, next_sum);
}

/* A key that was there before stands as its number. */
static int copy_key(struct v2 *v) {
  uint64_t number;
  YATA_TRY(next_sum(&v->key, &number));
  if (number < v->n_keys) {
    struct key k = v->keys[number];
    YATA_TRY(yata_buf_reserve(v->out, k.len));
    YATA_TRY(yata_buf_put(v->out, v->out->data + k.at, k.len));
    return bounded(v);
  }
  YATA_TRY(yata_mem_grow(&v->mem, &v->keys, &v->cap_keys, (size_t)v->n_keys + 1, sizeof(*v->keys)));
  struct key k = {.at = v->out->len};
  YATA_TRY(copy_string(v));
  k.len = v->out->len - k.at;
  v->keys[v->n_keys++] = k;
  return 0;
}

static int copy_any(struct v2 *v) {
  const uint8_t *from = v->rest.p;
  YATA_TRY(yata_rd_any_skip(&v->rest, YATA_NESTING_MAX));
  return yata_buf_put(v->out, from, (size_t)(v->rest.p - from));
}

/* What version 1 writes as JSON. */
static int copy_any_as_json(struct v2 *v) {
  struct yata_rd rd = v->rest;
  YATA_TRY(yata_rd_any_skip(&v->rest, YATA_NESTING_MAX));
  yata_buf_clear(&v->json);
  YATA_TRY(yata_any_to_json(&rd, &v->json));
  return put_slice(v->out, v->json.data, v->json.len);
}

static int copy_values(struct v2 *v, uint8_t kind) {
  uint64_t count;
  YATA_TRY(next_uint(&v->len, &count));
  YATA_TRY(yata_buf_put_uint(v->out, count));
  for (uint64_t i = 0; i < count; i++) YATA_TRY(kind == YATA_WIRE_ANY ? copy_any(v) : copy_string(v));
  return 0;
}

static int copy_type(struct v2 *v) {
  uint64_t ref;
  YATA_TRY(next_uint(&v->type, &ref));
  YATA_TRY(yata_buf_put_uint(v->out, ref));
  return ref == 3 || ref == 5 ? copy_key(v) : 0;
}

static int copy_content(struct v2 *v, uint8_t kind) {
  yata_slice s;
  switch (kind) {
  case YATA_WIRE_DELETED: return copy_uint(v, &v->len, next_uint);
  case YATA_WIRE_JSON:
  case YATA_WIRE_ANY: return copy_values(v, kind);
  case YATA_WIRE_BINARY: YATA_TRY(yata_rd_bytes(&v->rest, &s)); return put_slice(v->out, s.data, s.len);
  case YATA_WIRE_STRING: return copy_string(v);
  case YATA_WIRE_EMBED: return copy_any_as_json(v);
  case YATA_WIRE_FORMAT: YATA_TRY(copy_key(v)); return copy_any_as_json(v);
  case YATA_WIRE_TYPE: return copy_type(v);
  case YATA_WIRE_DOC: YATA_TRY(copy_string(v)); return copy_any(v);
  default: return YATA_ERR_MALFORMED;
  }
}

static int copy_parent(struct v2 *v, uint8_t info) {
  uint8_t named;
  YATA_TRY(next_byte(&v->parent, &named));
  YATA_TRY(yata_buf_put_u8(v->out, named == 1));
  YATA_TRY(named == 1 ? copy_string(v) : copy_id(v, &v->left));
  return info & YATA_INFO_SUB ? copy_string(v) : 0;
}

static int copy_struct(struct v2 *v) {
  uint8_t info;
  uint64_t len;
  YATA_TRY(next_byte(&v->info, &info));
  YATA_TRY(yata_buf_put_u8(v->out, info));
  YATA_TRY(bounded(v));
  uint8_t kind = info & 0x1f;
  if (kind == YATA_WIRE_GC) return copy_uint(v, &v->len, next_uint);
  if (kind == YATA_WIRE_SKIP) {
    YATA_TRY(yata_rd_uint(&v->rest, &len));
    return yata_buf_put_uint(v->out, len);
  }
  if (info & YATA_INFO_LEFT) YATA_TRY(copy_id(v, &v->left));
  if (info & YATA_INFO_RIGHT) YATA_TRY(copy_id(v, &v->right));
  if (!(info & (YATA_INFO_LEFT | YATA_INFO_RIGHT))) YATA_TRY(copy_parent(v, info));
  return copy_content(v, kind);
}

/* ---- the update --------------------------------------------------------------------------- */

static int copy_rest_uint(struct v2 *v, uint64_t *out) {
  YATA_TRY(yata_rd_uint(&v->rest, out));
  return yata_buf_put_uint(v->out, *out);
}

static int copy_section(struct v2 *v) {
  uint64_t structs, clock;
  YATA_TRY(copy_rest_uint(v, &structs));
  YATA_TRY(copy_uint(v, &v->client, next_uint));
  YATA_TRY(copy_rest_uint(v, &clock));
  for (uint64_t i = 0; i < structs; i++) YATA_TRY(copy_struct(v));
  return bounded(v);
}

static int copy_deleted(struct v2 *v) {
  uint64_t client, ranges, from, more, at = 0;
  YATA_TRY(copy_rest_uint(v, &client));
  YATA_TRY(copy_rest_uint(v, &ranges));
  for (uint64_t i = 0; i < ranges; i++) {
    YATA_TRY(yata_rd_uint(&v->rest, &from));
    YATA_TRY(yata_rd_uint(&v->rest, &more));
    if (from > YATA_CLOCK_MAX || more > YATA_CLOCK_MAX || (at += from + more + 1) > YATA_CLOCK_MAX)
      return YATA_ERR_LIMIT;
    YATA_TRY(yata_buf_put_uint(v->out, at - more - 1));
    YATA_TRY(yata_buf_put_uint(v->out, more + 1));
  }
  return 0;
}

static int open_column(struct v2 *v, struct column *c) {
  yata_slice s;
  YATA_TRY(yata_rd_bytes(&v->rest, &s));
  *c = (struct column){.rd = yata_rd_of(s.data, s.len)};
  return 0;
}

static int open_columns(struct v2 *v) {
  struct column *const columns[] = {&v->key,    &v->client, &v->left, &v->right, &v->info,
                                    &v->string, &v->parent, &v->type, &v->len};
  uint64_t flags;
  yata_slice text = {NULL, 0};
  YATA_TRY(yata_rd_uint(&v->rest, &flags));
  for (size_t i = 0; i < sizeof(columns) / sizeof(*columns); i++) YATA_TRY(open_column(v, columns[i]));
  if (v->string.rd.p < v->string.rd.end) YATA_TRY(yata_rd_string(&v->string.rd, &text, NULL));
  v->text = yata_rd_of(text.data, text.len);
  return 0;
}

static int copy_all(struct v2 *v) {
  uint64_t n;
  YATA_TRY(open_columns(v));
  YATA_TRY(copy_rest_uint(v, &n));
  for (uint64_t i = 0; i < n; i++) YATA_TRY(copy_section(v));
  YATA_TRY(copy_rest_uint(v, &n));
  for (uint64_t i = 0; i < n; i++) YATA_TRY(copy_deleted(v));
  return v->rest.p == v->rest.end ? 0 : YATA_ERR_MALFORMED;
}

int yata_update_v2_to_v1(const uint8_t *update, size_t len, yata_buf *out) {
  size_t at = out->len;
  if (update == NULL || len == 0) return YATA_ERR_MALFORMED;
  if (len > UINT32_MAX / GROWTH_MAX) return YATA_ERR_LIMIT;
  struct v2 v = {.rest = yata_rd_of(update, len), .mem = {.alloc = out->alloc}, .out = out};
  v.most = at + len * GROWTH_MAX + GROWTH_BASE;
  yata_buf_init(&v.json, out->alloc);
  int err = copy_all(&v);
  yata_buf_deinit(&v.json);
  yata_mem_drop(&v.mem, &v.keys, &v.cap_keys, sizeof(*v.keys));
  if (err == 0) err = yata_update_validate(out->data + at, out->len - at, NULL);
  if (err < 0) out->len = at;
  return err;
}

int yata_apply_update_v2_as(yata_doc *doc, const uint8_t *update, size_t len, const yata_cause *cause,
                            yata_applied *out) {
  yata_buf v1;
  if (out != NULL) *out = (yata_applied){0};
  if (doc->txn.open || doc->busy) return YATA_ERR_STATE;
  yata_buf_init(&v1, &doc->alloc);
  int err = yata_update_v2_to_v1(update, len, &v1);
  if (err == 0) err = yata_apply_update_as(doc, v1.data, v1.len, cause, out);
  yata_buf_deinit(&v1);
  return err;
}

int yata_apply_update_v2(yata_doc *doc, const uint8_t *update, size_t len, yata_applied *out) {
  return yata_apply_update_v2_as(doc, update, len, NULL, out);
}
