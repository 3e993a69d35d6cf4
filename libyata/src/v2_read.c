/* SPDX-License-Identifier: MIT */
/* Reading an update in version 2 once, verifying it. The fields of all structs stand in columns, each run-length
 * encoded, which is why few bytes may rightly state many structs: a list that was filled from the front and emptied
 * takes as many bytes for ten million items as for ten. So their number is bounded by itself, and looked at before
 * any is read. Gaps (GC structs, skips) next to one another are one; so those are bounded by the number of bytes. */
#include "v2.h"

#define STRUCTS_PER_BYTE 8
#define GAPS_BASE 65536
#define KEY_BYTES_BASE 65536
#define KEY_BYTES_PER_BYTE 256

static int fail(struct yata_v2_in *in, const uint8_t *where, const char *what, int err) {
  in->where = where;
  in->what = what;
  return err;
}

/* ---- columns ------------------------------------------------------------------------------ */

static int get_uint(struct yata_v2_in *in, struct yata_col_in *c, const char *what, uint64_t *out) {
  int err = yata_col_next_uint(c, out);
  return err < 0 ? fail(in, c->rd.p, what, err) : 0;
}

static int get_clock(struct yata_v2_in *in, struct yata_col_in *c, const char *what, uint32_t *out) {
  int err = yata_col_next_sum(c, out);
  return err < 0 ? fail(in, c->rd.p, what, err) : 0;
}

static int get_length(struct yata_v2_in *in, const char *what, uint32_t *out) {
  uint64_t len;
  YATA_TRY(get_uint(in, &in->len, what, &len));
  if (len > YATA_CLOCK_MAX) return fail(in, in->len.rd.p, what, YATA_ERR_LIMIT);
  *out = (uint32_t)len;
  return 0;
}

int yata_v2_next_string(struct yata_v2_strings *strings, struct yata_v2_str *out) {
  uint64_t units, n = 0;
  struct yata_rd *text = &strings->text;
  YATA_TRY(yata_col_next_uint(&strings->lens, &units));
  if (units > YATA_CLOCK_MAX) return YATA_ERR_LIMIT;
  *out = (struct yata_v2_str){.s = {text->p, (size_t)units}, .units = (uint32_t)units};
  if (strings->ascii) {
    if (units > (size_t)(text->end - text->p)) return YATA_ERR_MALFORMED;
    text->p += units;
    return 0;
  }
  out->head = strings->half && units > 0;
  n += out->head;
  while (n < units && !out->tail) {
    if (text->p == text->end) return YATA_ERR_MALFORMED;
    uint32_t width = yata_utf8_next(&text->p) >= 0x10000 ? 2 : 1;
    out->tail = width > units - n;
    n += width;
  }
  out->s.len = (size_t)(text->p - out->s.data) - (out->tail ? 4 : 0);
  if (units > 0) strings->half = out->tail;
  return 0;
}

static int get_string(struct yata_v2_in *in, const char *what, struct yata_v2_str *out) {
  int err = yata_v2_next_string(&in->strings, out);
  return err < 0 ? fail(in, in->strings.lens.rd.p, what, err) : 0;
}

static int get_id(struct yata_v2_in *in, struct yata_col_in *clocks, const char *what, struct yata_wid *out) {
  YATA_TRY(get_uint(in, &in->client, what, &out->client));
  return get_clock(in, clocks, what, &out->clock);
}

/* A key that was there before stands as its number. */
static int get_key(struct yata_v2_in *in, const char *what, struct yata_v2_str *out) {
  uint32_t number;
  YATA_TRY(get_clock(in, &in->key, what, &number));
  if (number < in->n_keys) {
    *out = in->mem != NULL ? in->keys[number] : (struct yata_v2_str){0};
    if (in->longest_key > in->key_bytes_left) return fail(in, in->key.rd.p, "fewer repeated keys", YATA_ERR_LIMIT);
    in->key_bytes_left -= in->longest_key;
    return 0;
  }
  YATA_TRY(get_string(in, what, out));
  if (in->mem != NULL) {
    YATA_TRY(yata_mem_grow(in->mem, &in->keys, &in->cap_keys, (size_t)in->n_keys + 1, sizeof(*in->keys)));
    in->keys[in->n_keys] = *out;
  }
  in->n_keys++;
  if (out->s.len > in->longest_key) in->longest_key = out->s.len;
  return 0;
}

/* ---- content ------------------------------------------------------------------------------ */

static int get_anys(struct yata_v2_in *in, uint32_t count, const char *what, struct yata_v2_struct *vs) {
  const uint8_t *from = in->rest.p;
  for (uint32_t i = 0; i < count; i++) {
    int err = yata_rd_any_skip(&in->rest, in->nesting);
    if (err < 0) return fail(in, in->rest.p, what, err);
  }
  vs->st.content = (yata_slice){from, (size_t)(in->rest.p - from)};
  return 0;
}

static int get_json(struct yata_v2_in *in, uint32_t count, struct yata_v2_struct *vs) {
  static const char what[] = "JSON content: valid JSON texts, not nested too deep";
  struct yata_v2_str s;
  vs->json = in->strings;
  for (uint32_t i = 0; i < count; i++) {
    YATA_TRY(get_string(in, what, &s));
    if (s.s.len == 9 && memcmp(s.s.data, "undefined", 9) == 0 && !s.head && !s.tail) continue;
    int err = s.head || s.tail ? YATA_ERR_MALFORMED : yata_json_check(s.s.data, s.s.len, in->nesting);
    if (err < 0) return fail(in, s.s.data, what, err);
  }
  return 0;
}

static int get_type(struct yata_v2_in *in, struct yata_v2_struct *vs) {
  static const char what[] = "a shared type: its number, 0 to 6";
  uint64_t ref;
  YATA_TRY(get_uint(in, &in->type, what, &ref));
  if (ref > 6) return fail(in, in->type.rd.p, what, YATA_ERR_MALFORMED);
  vs->type = (uint8_t)ref;
  return ref == 3 || ref == 5 ? get_key(in, "the name of an XML element or hook", &vs->text) : 0;
}

static int get_binary(struct yata_v2_in *in, struct yata_v2_struct *vs) {
  const uint8_t *from = in->rest.p;
  yata_slice bytes;
  int err = yata_rd_bytes(&in->rest, &bytes);
  if (err < 0) return fail(in, in->rest.p, "binary content: a length and bytes", err);
  vs->st.content = (yata_slice){from, (size_t)(in->rest.p - from)};
  return 0;
}

/* All of it but text. */
static YATA_APART int get_values(struct yata_v2_in *in, struct yata_v2_struct *vs) {
  struct yata_struct *st = &vs->st;
  st->len = 1;
  vs->shaped = st->kind == YATA_WIRE_ANY || st->kind == YATA_WIRE_BINARY;
  switch (st->kind) {
  case YATA_WIRE_JSON:
    YATA_TRY(get_length(in, "JSON content: its number of values", &st->len));
    return get_json(in, st->len, vs);
  case YATA_WIRE_BINARY: return get_binary(in, vs);
  case YATA_WIRE_EMBED: return get_anys(in, 1, "an embed: a value, not nested too deep", vs);
  case YATA_WIRE_FORMAT:
    YATA_TRY(get_key(in, "the key of a format", &vs->text));
    return get_anys(in, 1, "a format: a value, not nested too deep", vs);
  case YATA_WIRE_TYPE: return get_type(in, vs);
  case YATA_WIRE_ANY:
    YATA_TRY(get_length(in, "values: their number", &st->len));
    return get_anys(in, st->len, "a value, not nested too deep", vs);
  case YATA_WIRE_DOC:
    YATA_TRY(get_string(in, "the guid of a sub-document", &vs->text));
    return get_anys(in, 1, "the options of a sub-document", vs);
  default: return fail(in, in->info.rd.p, "a struct of a known kind, 0 to 10", YATA_ERR_MALFORMED);
  }
}

static int get_text(struct yata_v2_in *in, struct yata_v2_struct *vs) {
  static const char what[] = "string content: its length, no more than there is text";
  struct yata_rd *text = &in->strings.text;
  uint64_t units;
  if (!in->strings.ascii) {
    YATA_TRY(get_string(in, what, &vs->text));
    vs->shaped = !vs->text.head && !vs->text.tail;
    vs->st.content = vs->text.s;
    vs->st.len = vs->text.units;
    return 0;
  }
  YATA_TRY(get_uint(in, &in->strings.lens, what, &units));
  if (units > YATA_CLOCK_MAX || units > (size_t)(text->end - text->p))
    return fail(in, in->strings.lens.rd.p, what, units > YATA_CLOCK_MAX ? YATA_ERR_LIMIT : YATA_ERR_MALFORMED);
  vs->st.content = (yata_slice){text->p, (size_t)units};
  vs->st.len = (uint32_t)units;
  text->p += units;
  return 0;
}

static inline int get_content(struct yata_v2_in *in, struct yata_v2_struct *vs) {
  if (vs->st.kind == YATA_WIRE_STRING) return get_text(in, vs);
  if (vs->st.kind == YATA_WIRE_DELETED) return get_length(in, "deleted content: its length", &vs->st.len);
  return get_values(in, vs);
}

/* ---- a struct ----------------------------------------------------------------------------- */

static int get_parent(struct yata_v2_in *in, uint8_t info, struct yata_v2_struct *vs) {
  static const char what[] = "a parent: 1 and a root's name, or 0 and an id";
  uint8_t named;
  int err = yata_col_next_byte(&in->parent, &named);
  if (err < 0) return fail(in, in->parent.rd.p, what, err);
  vs->st.parent = named == 1 ? YATA_PARENT_NAME : YATA_PARENT_ID;
  YATA_TRY(named == 1 ? get_string(in, what, &vs->name) : get_id(in, &in->left, what, &vs->st.parent_id));
  vs->st.has_sub = info & YATA_INFO_SUB;
  return vs->st.has_sub ? get_string(in, "a map key", &vs->sub) : 0;
}

static bool is_ahead(const struct yata_wid *ref, const struct yata_wid *id) {
  return ref->client == id->client && ref->clock >= id->clock;
}

static int get_item(struct yata_v2_in *in, uint8_t info, struct yata_v2_struct *vs) {
  struct yata_struct *st = &vs->st;
  bool ahead = false;
  st->has_left = info & YATA_INFO_LEFT;
  st->has_right = info & YATA_INFO_RIGHT;
  if (st->has_left) {
    YATA_TRY(get_id(in, &in->left, "an origin: client id and clock", &st->left));
    ahead = is_ahead(&st->left, &st->id);
  }
  if (st->has_right) {
    YATA_TRY(get_id(in, &in->right, "a right origin: client id and clock", &st->right));
    ahead |= is_ahead(&st->right, &st->id);
  }
  if (!st->has_left && !st->has_right) {
    YATA_TRY(get_parent(in, info, vs));
    ahead = st->parent == YATA_PARENT_ID && is_ahead(&st->parent_id, &st->id);
  }
  YATA_TRY(get_content(in, vs));
  if (ahead)
    return fail(in, in->info.rd.p, "a struct that depends on what its client wrote before", YATA_ERR_MALFORMED);
  return 0;
}

/* What version 1 is held to, too. */
static int verify_length(struct yata_v2_in *in, const struct yata_struct *st) {
  const uint8_t *at = in->info.rd.p;
  if (st->len == 0 && st->kind != YATA_WIRE_SKIP)
    return fail(in, at, "a struct with a length above 0", YATA_ERR_MALFORMED);
  if (st->len > YATA_CLOCK_MAX - st->id.clock)
    return fail(in, at, "a struct that ends below the greatest clock", YATA_ERR_LIMIT);
  return 0;
}

static YATA_APART int get_gap(struct yata_v2_in *in, struct yata_struct *st) {
  if (in->gaps_left-- == 0) return fail(in, in->info.rd.p, "fewer gaps in so few bytes", YATA_ERR_LIMIT);
  if (st->kind == YATA_WIRE_GC) return get_length(in, "a length", &st->len);
  int err = yata_rd_clock(&in->rest, &st->len);
  return err < 0 ? fail(in, in->rest.p, "the length of a gap", err) : 0;
}

int yata_v2_struct(struct yata_v2_in *in, struct yata_v2_struct *vs) {
  struct yata_struct *st = &vs->st;
  uint8_t info;
  int err = yata_col_next_byte(&in->info, &info);
  if (err < 0) return fail(in, in->info.rd.p, "a struct: its info byte", err);
  st->kind = info & 0x1f;
  st->has_left = st->has_right = st->has_sub = false;
  st->parent = YATA_PARENT_COPY;
  st->content = (yata_slice){NULL, 0};
  vs->shaped = true;
  if (st->kind == YATA_WIRE_GC || st->kind == YATA_WIRE_SKIP)
    YATA_TRY(get_gap(in, st));
  else
    YATA_TRY(get_item(in, info, vs));
  return verify_length(in, st);
}

/* ---- the update --------------------------------------------------------------------------- */

static int get_rest(struct yata_v2_in *in, const char *what, uint64_t *out) {
  int err = yata_rd_uint(&in->rest, out);
  return err < 0 ? fail(in, in->rest.p, what, err) : 0;
}

int yata_v2_section(struct yata_v2_in *in, uint64_t *structs, struct yata_wid *first) {
  const uint8_t *at = in->rest.p;
  YATA_TRY(get_rest(in, "the number of a client's structs", structs));
  if (*structs > in->structs_left) return fail(in, at, "fewer structs in so few bytes", YATA_ERR_LIMIT);
  in->structs_left -= *structs;
  YATA_TRY(get_uint(in, &in->client, "a client id below 2^53", &first->client));
  int err = yata_rd_clock(&in->rest, &first->clock);
  return err < 0 ? fail(in, in->rest.p, "a clock below 2^31", err) : 0;
}

int yata_v2_client(struct yata_v2_in *in, uint64_t *client, uint64_t *ranges) {
  YATA_TRY(get_rest(in, "the delete set: a client id below 2^53", client));
  return get_rest(in, "the delete set: a client's number of ranges", ranges);
}

int yata_v2_range(struct yata_v2_in *in, uint64_t *at, uint64_t *clock, uint64_t *len) {
  static const char what[] = "the delete set: a range's distance and length";
  uint64_t from, more;
  const uint8_t *where = in->rest.p;
  YATA_TRY(get_rest(in, what, &from));
  YATA_TRY(get_rest(in, what, &more));
  if (from > YATA_CLOCK_MAX || more >= YATA_CLOCK_MAX || *at + from + more + 1 > YATA_CLOCK_MAX)
    return fail(in, where, "the delete set: a range that ends below the greatest clock", YATA_ERR_LIMIT);
  *clock = *at + from;
  *len = more + 1;
  *at = *clock + *len;
  return 0;
}

static int walk_section(struct yata_v2_in *in, const struct yata_v2_walk *w) {
  struct yata_v2_struct vs = {0};
  uint64_t structs;
  YATA_TRY(yata_v2_section(in, &structs, &vs.st.id));
  if (w->on_section) YATA_TRY(w->on_section(w->user, vs.st.id.client, structs));
  for (uint64_t i = 0; i < structs; i++) {
    YATA_TRY(yata_v2_struct(in, &vs));
    if (w->on_struct) YATA_TRY(w->on_struct(w->user, &vs));
    vs.st.id.clock += vs.st.len;
  }
  return 0;
}

static int walk_deleted(struct yata_v2_in *in, const struct yata_v2_walk *w) {
  uint64_t client, ranges, at = 0, clock, len;
  YATA_TRY(yata_v2_client(in, &client, &ranges));
  for (uint64_t i = 0; i < ranges; i++) {
    YATA_TRY(yata_v2_range(in, &at, &clock, &len));
    if (w->on_deleted) YATA_TRY(w->on_deleted(w->user, client, clock, len));
  }
  return 0;
}

static int open_column(struct yata_v2_in *in, const char *what, struct yata_rd *out) {
  yata_slice s;
  int err = yata_rd_bytes(&in->rest, &s);
  if (err < 0) return fail(in, in->rest.p, what, err);
  *out = yata_rd_of(s.data, s.len);
  return 0;
}

static int open_columns(struct yata_v2_in *in) {
  static const char *const names[] = {
      "the column of key numbers",     "the column of client ids",         "the column of origins' clocks",
      "the column of right origins'",  "the column of info bytes",         "the column of strings",
      "the column of kinds of parent", "the column of shared types' kind", "the column of lengths",
  };
  struct yata_rd *const columns[] = {&in->key.rd,          &in->client.rd, &in->left.rd, &in->right.rd, &in->info.rd,
                                     &in->strings.lens.rd, &in->parent.rd, &in->type.rd, &in->len.rd};
  uint64_t flags;
  uint32_t units = 0;
  yata_slice text = {NULL, 0};
  struct yata_rd *lens = &in->strings.lens.rd;
  YATA_TRY(get_rest(in, "a flag", &flags));
  for (size_t i = 0; i < sizeof(columns) / sizeof(*columns); i++) YATA_TRY(open_column(in, names[i], columns[i]));
  if (lens->p < lens->end) {
    int err = yata_rd_string(lens, &text, &units);
    if (err < 0) return fail(in, lens->p, "the text of all strings: a length and valid UTF-8", err);
  }
  in->strings.text = yata_rd_of(text.data, text.len);
  in->strings.ascii = units == text.len;
  return 0;
}

int yata_v2_open(struct yata_v2_in *in, const uint8_t *data, size_t len, uint32_t nesting, uint64_t structs,
                 struct yata_mem *mem) {
  static const uint8_t nothing;
  if (data == NULL) data = &nothing;
  *in = (struct yata_v2_in){
      .base = data,
      .rest = yata_rd_of(data, len),
      .mem = mem,
      .structs_left = (uint64_t)len * STRUCTS_PER_BYTE + structs,
      .gaps_left = (uint64_t)len * STRUCTS_PER_BYTE + GAPS_BASE,
      .key_bytes_left = (uint64_t)len * KEY_BYTES_PER_BYTE + KEY_BYTES_BASE,
      .nesting = nesting,
      .what = "an update of less than 4 GiB",
      .where = data,
  };
  return len > UINT32_MAX ? YATA_ERR_LIMIT : open_columns(in);
}

void yata_v2_close(struct yata_v2_in *in, struct yata_mem *mem) {
  if (mem != NULL) yata_mem_drop(mem, &in->keys, &in->cap_keys, sizeof(*in->keys));
}

int yata_v2_count(struct yata_v2_in *in, bool deletions, uint64_t *out) {
  return get_rest(in, deletions ? "the delete set: its number of clients" : "the number of clients", out);
}

int yata_v2_end(struct yata_v2_in *in) {
  return in->rest.p == in->rest.end ? 0 : fail(in, in->rest.p, "the end", YATA_ERR_MALFORMED);
}

static int walk_all(struct yata_v2_in *in, const struct yata_v2_walk *w) {
  uint64_t n;
  YATA_TRY(yata_v2_count(in, false, &n));
  for (uint64_t i = 0; i < n; i++) YATA_TRY(walk_section(in, w));
  YATA_TRY(yata_v2_count(in, true, &n));
  for (uint64_t i = 0; i < n; i++) YATA_TRY(walk_deleted(in, w));
  return yata_v2_end(in);
}

int yata_v2_walk(const uint8_t *data, size_t len, uint32_t nesting, struct yata_mem *mem,
                 const struct yata_v2_walk *walk, size_t *error_offset, const char **what) {
  struct yata_v2_in in;
  int err = yata_v2_open(&in, data, len, nesting, YATA_V2_STRUCTS, mem);
  if (err == 0) err = walk_all(&in, walk);
  yata_v2_close(&in, mem);
  if (err < 0 && error_offset != NULL) *error_offset = (size_t)(in.where - in.base);
  if (what != NULL) *what = err < 0 ? in.what : NULL;
  return err;
}
