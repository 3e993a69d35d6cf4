/* SPDX-License-Identifier: MIT */
#include "held.h"
#include "v2.h"

#define COLUMNS 9

/* In the order in which they stand in an update. */
static void columns_of(struct yata_v2_out *v, struct yata_col_out *columns[COLUMNS]) {
  struct yata_col_out *const all[COLUMNS] = {&v->key,    &v->client, &v->left, &v->right, &v->info,
                                             &v->string, &v->parent, &v->type, &v->len};
  memcpy(columns, all, sizeof(all));
}

void yata_v2_out_init(struct yata_v2_out *v, const yata_allocator *alloc) {
  struct yata_col_out *columns[COLUMNS];
  *v = (struct yata_v2_out){0};
  columns_of(v, columns);
  for (int i = 0; i < COLUMNS; i++) yata_buf_init(&columns[i]->buf, alloc);
  yata_buf_init(&v->text, alloc);
  yata_buf_init(&v->rest, alloc);
}

void yata_v2_out_deinit(struct yata_v2_out *v) {
  struct yata_col_out *columns[COLUMNS];
  columns_of(v, columns);
  for (int i = 0; i < COLUMNS; i++) yata_buf_deinit(&columns[i]->buf);
  yata_buf_deinit(&v->text);
  yata_buf_deinit(&v->rest);
}

int yata_v2_out_restart(struct yata_v2_out *v, yata_buf *out) {
  struct yata_col_out *columns[COLUMNS];
  size_t total = 3 * v->text.len + v->rest.len + 256;
  v->len.puts += v->info.puts; /* whatever is collected becomes a length */
  columns_of(v, columns);
  for (int i = 0; i < COLUMNS; i++) {
    YATA_TRY(yata_col_reserve(columns[i]));
    total += columns[i]->buf.cap;
    yata_col_reset(columns[i]);
  }
  /* Text is written with room for three bytes a unit. */
  YATA_TRY(yata_buf_reserve(&v->text, 2 * v->text.len + 64));
  YATA_TRY(yata_buf_reserve(&v->rest, 64));
  YATA_TRY(yata_buf_reserve(out, total));
  v->keys = 0;
  yata_buf_clear(&v->text);
  yata_buf_clear(&v->rest);
  return 0;
}

static int flush(struct yata_v2_out *v) {
  struct yata_col_out *const sums[] = {&v->key, &v->left, &v->right};
  struct yata_col_out *const uints[] = {&v->client, &v->string, &v->type, &v->len};
  for (size_t i = 0; i < sizeof(sums) / sizeof(*sums); i++) YATA_TRY(yata_col_flush_sum(sums[i]));
  for (size_t i = 0; i < sizeof(uints) / sizeof(*uints); i++) YATA_TRY(yata_col_flush_uint(uints[i]));
  return 0;
}

static size_t uint_size(uint64_t value) {
  uint8_t bytes[10];
  return (size_t)(yata_uint_write(bytes, value) - bytes);
}

int yata_v2_out_finish(struct yata_v2_out *v, yata_buf *out) {
  struct yata_col_out *columns[COLUMNS];
  size_t total = v->rest.len + v->text.len + (COLUMNS + 2) * (size_t)10;
  columns_of(v, columns);
  YATA_TRY(flush(v));
  for (int i = 0; i < COLUMNS; i++) total += columns[i]->buf.len;
  YATA_TRY(yata_buf_reserve(out, total));
  YATA_TRY(yata_buf_put_u8(out, 0)); /* a flag for later versions */
  for (int i = 0; i < COLUMNS; i++) {
    const yata_buf *column = &columns[i]->buf;
    bool strings = columns[i] == &v->string;
    YATA_TRY(yata_buf_put_uint(out, column->len + (strings ? uint_size(v->text.len) + v->text.len : 0)));
    if (strings) {
      YATA_TRY(yata_buf_put_uint(out, v->text.len));
      YATA_TRY(yata_buf_put(out, v->text.data, v->text.len));
    }
    YATA_TRY(yata_buf_put(out, column->data, column->len));
  }
  return yata_buf_put(out, v->rest.data, v->rest.len);
}

/* ---- parts of a struct ---------------------------------------------------------------------- */

static int put_units(struct yata_v2_out *v, yata_slice s, uint32_t units) {
  YATA_TRY(yata_buf_put(&v->text, s.data, s.len));
  return yata_col_put_uint(&v->string, units);
}

/* Every string was verified to be UTF-8. */
static int put_string(struct yata_v2_out *v, yata_slice s) {
  uint32_t units = 0;
  if (!yata_utf8_check(s.data, s.len, &units)) return YATA_ERR_MALFORMED;
  return put_units(v, s, units);
}

static int put_key(struct yata_v2_out *v, yata_slice key) {
  YATA_TRY(yata_col_put_sum(&v->key, v->keys++));
  return put_string(v, key);
}

static int put_left(struct yata_v2_out *v, const struct yata_wid *id) {
  YATA_TRY(yata_col_put_uint(&v->client, id->client));
  return yata_col_put_sum(&v->left, id->clock);
}

int yata_v2_put_section(struct yata_v2_out *v, uint64_t structs, uint64_t client, uint32_t clock) {
  YATA_TRY(yata_buf_put_uint(&v->rest, structs));
  YATA_TRY(yata_col_put_uint(&v->client, client));
  return yata_buf_put_uint(&v->rest, clock);
}

int yata_v2_put_gap(struct yata_v2_out *v, uint8_t kind, uint32_t len) {
  YATA_TRY(yata_col_put_byte(&v->info, kind));
  return kind == YATA_WIRE_SKIP ? yata_buf_put_uint(&v->rest, len) : yata_col_put_uint(&v->len, len);
}

int yata_v2_put_head(struct yata_v2_out *v, const struct yata_head *h) {
  uint8_t info = (uint8_t)(h->kind | (h->has_left ? YATA_INFO_LEFT : 0) | (h->has_right ? YATA_INFO_RIGHT : 0) |
                           (h->has_sub ? YATA_INFO_SUB : 0));
  YATA_TRY(yata_col_put_byte(&v->info, info));
  if (h->has_left) YATA_TRY(put_left(v, &h->left));
  if (h->has_right) {
    YATA_TRY(yata_col_put_uint(&v->client, h->right.client));
    YATA_TRY(yata_col_put_sum(&v->right, h->right.clock));
  }
  if (h->has_left || h->has_right) return 0;
  bool named = h->parent == YATA_PARENT_NAME;
  YATA_TRY(yata_col_put_byte(&v->parent, named));
  YATA_TRY(named ? put_string(v, h->name) : put_left(v, &h->parent_id));
  return h->has_sub ? put_string(v, h->sub) : 0;
}

static int put_held(struct yata_v2_out *v, struct yata_rd *rd) {
  yata_slice held;
  YATA_TRY(yata_rd_bytes(rd, &held));
  return yata_held_put_any(held, &v->rest);
}

int yata_v2_put_type(struct yata_v2_out *v, uint64_t ref, yata_slice name) {
  YATA_TRY(yata_col_put_uint(&v->type, ref));
  return ref == 3 || ref == 5 ? put_key(v, name) : 0;
}

static int put_type(struct yata_v2_out *v, struct yata_rd *rd) {
  uint64_t ref;
  yata_slice name = {NULL, 0};
  YATA_TRY(yata_rd_uint(rd, &ref));
  if (rd->p < rd->end) YATA_TRY(yata_rd_bytes(rd, &name));
  return yata_v2_put_type(v, ref, name);
}

/* Its values are strings, as they are in version 1. */
static int put_json_values(struct yata_v2_out *v, struct yata_rd *rd) {
  yata_slice s;
  while (rd->p < rd->end) {
    YATA_TRY(yata_rd_bytes(rd, &s));
    YATA_TRY(put_string(v, s));
  }
  return 0;
}

int yata_v2_put_json_value(struct yata_v2_out *v, yata_slice value) {
  struct yata_rd rd = yata_rd_of(value.data, value.len);
  return put_json_values(v, &rd);
}

int yata_v2_put_content(struct yata_v2_out *v, uint8_t kind, uint32_t len, yata_slice content) {
  struct yata_rd rd = yata_rd_of(content.data, content.len);
  yata_slice s;
  switch (kind) {
  case YATA_WIRE_DELETED: return yata_col_put_uint(&v->len, len);
  case YATA_WIRE_JSON: YATA_TRY(yata_col_put_uint(&v->len, len)); return put_json_values(v, &rd);
  case YATA_WIRE_ANY: YATA_TRY(yata_col_put_uint(&v->len, len)); break;
  case YATA_WIRE_STRING: return put_units(v, content, len);
  case YATA_WIRE_EMBED: return put_held(v, &rd);
  case YATA_WIRE_FORMAT:
    YATA_TRY(yata_rd_bytes(&rd, &s));
    YATA_TRY(put_key(v, s));
    return put_held(v, &rd);
  case YATA_WIRE_TYPE: return put_type(v, &rd);
  case YATA_WIRE_DOC:
    YATA_TRY(yata_rd_bytes(&rd, &s));
    YATA_TRY(put_string(v, s));
    break;
  default: break;
  }
  return yata_buf_put(&v->rest, rd.p, (size_t)(rd.end - rd.p));
}

/* ---- whole structs ---------------------------------------------------------------------------- */

/* Half of a pair that is cut becomes U+FFFD, which is one unit, too. */
static int put_string_from(struct yata_v2_out *v, const struct yata_struct *st, uint32_t offset) {
  const uint8_t *p = st->content.data;
  uint32_t units = 0;
  while (units < offset) units += yata_utf8_next(&p) >= 0x10000 ? 2 : 1;
  if (units > offset) YATA_TRY(yata_buf_put(&v->text, "\xef\xbf\xbd", 3));
  size_t rest = (size_t)(st->content.data + st->content.len - p);
  return put_units(v, (yata_slice){p, rest}, st->len - offset);
}

static int put_values_from(struct yata_v2_out *v, const struct yata_struct *st, uint32_t offset) {
  struct yata_rd rd = yata_rd_of(st->content.data, st->content.len);
  yata_slice s;
  for (uint32_t i = 0; i < offset; i++)
    YATA_TRY(st->kind == YATA_WIRE_ANY ? yata_rd_any_skip(&rd, YATA_NESTING_MAX) : yata_rd_bytes(&rd, &s));
  return yata_v2_put_content(v, st->kind, st->len - offset, (yata_slice){rd.p, (size_t)(rd.end - rd.p)});
}

int yata_v2_put_struct(struct yata_v2_out *v, const struct yata_struct *st, uint32_t offset) {
  if (st->kind == YATA_WIRE_GC || st->kind == YATA_WIRE_SKIP) return yata_v2_put_gap(v, st->kind, st->len - offset);
  const struct yata_head head = yata_struct_head(st, offset);
  YATA_TRY(yata_v2_put_head(v, &head));
  if (st->kind == YATA_WIRE_STRING) return put_string_from(v, st, offset);
  if (st->kind == YATA_WIRE_JSON || st->kind == YATA_WIRE_ANY) return put_values_from(v, st, offset);
  return yata_v2_put_content(v, st->kind, st->len - offset, st->content);
}

int yata_v2_put_ranges(struct yata_v2_out *v, const struct yata_ranges *r) {
  uint32_t clients = 0;
  for (uint32_t i = 0; i < r->n; i++) clients += i == 0 || r->v[i].client != r->v[i - 1].client;
  YATA_TRY(yata_buf_put_uint(&v->rest, clients));
  for (uint32_t i = 0, end; i < r->n; i = end) {
    uint64_t at = 0;
    for (end = i; end < r->n && r->v[end].client == r->v[i].client;) end++;
    YATA_TRY(yata_buf_put_uint(&v->rest, r->v[i].client));
    YATA_TRY(yata_buf_put_uint(&v->rest, end - i));
    for (uint32_t j = i; j < end; j++) {
      YATA_TRY(yata_buf_put_uint(&v->rest, r->v[j].clock - at));
      YATA_TRY(yata_buf_put_uint(&v->rest, r->v[j].len - 1));
      at = r->v[j].clock + r->v[j].len;
    }
  }
  return 0;
}
