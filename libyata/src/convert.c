/* SPDX-License-Identifier: MIT */
/* Updates from one version to the other, as Y.convertUpdateFormatV1ToV2 and V2ToV1. */
#include "edit.h"
#include "encode.h"
#include "v2.h"

/* ---- deletions ------------------------------------------------------------------------------ */

struct deletions {
  struct yata_mem *mem;
  struct yata_ranges ranges;
};

static int add_range(struct deletions *d, uint64_t client, uint64_t clock, uint64_t len) {
  struct yata_ranges *r = &d->ranges;
  if (len == 0) return 0;
  YATA_TRY(yata_mem_grow(d->mem, &r->v, &r->cap, (size_t)r->n + 1, sizeof(*r->v)));
  r->v[r->n++] = (struct yata_range){client, clock, len};
  return 0;
}

/* Yjs orders the clients and joins nothing; what is in no order is joined here, too. */
static void order(struct yata_ranges *r) {
  for (uint32_t i = 1; i < r->n; i++) {
    const struct yata_range *a = &r->v[i - 1], *b = &r->v[i];
    if (a->client < b->client || (a->client == b->client && a->clock + a->len > b->clock)) {
      yata_ranges_sort(r);
      return;
    }
  }
}

/* ---- version 1 to 2 --------------------------------------------------------------------------- */

struct to_v2 {
  struct yata_v2_out out;
  struct deletions deleted;
  uint64_t client, structs, sections;
  bool fresh; /* the section's head is still to be written */
};

static int v1_count(void *user, uint64_t client, uint64_t structs) {
  struct to_v2 *t = user;
  (void)client;
  t->sections += structs > 0;
  return 0;
}

static int v1_deleted(void *user, uint64_t client, uint64_t clock, uint64_t len) {
  return add_range(&((struct to_v2 *)user)->deleted, client, clock, len);
}

static int v1_section(void *user, uint64_t client, uint64_t structs) {
  struct to_v2 *t = user;
  t->client = client;
  t->structs = structs;
  t->fresh = true;
  return 0;
}

static int v1_struct(void *user, const struct yata_struct *st, size_t offset) {
  struct to_v2 *t = user;
  (void)offset;
  if (t->fresh) YATA_TRY(yata_v2_put_section(&t->out, t->structs, t->client, st->id.clock));
  t->fresh = false;
  return yata_v2_put_struct(&t->out, st, 0);
}

static int write_v2(struct to_v2 *t, const uint8_t *update, size_t len, yata_buf *out) {
  const struct yata_walk first = {v1_count, NULL, NULL, v1_deleted, t};
  const struct yata_walk second = {v1_section, v1_struct, NULL, NULL, t};
  YATA_TRY(yata_update_walk(update, len, YATA_NESTING_MAX, &first, NULL));
  YATA_TRY(yata_buf_put_uint(&t->out.rest, t->sections));
  YATA_TRY(yata_update_walk(update, len, YATA_NESTING_MAX, &second, NULL));
  order(&t->deleted.ranges);
  YATA_TRY(yata_v2_put_ranges(&t->out, &t->deleted.ranges));
  return yata_v2_out_finish(&t->out, out);
}

int yata_update_v1_to_v2(const uint8_t *update, size_t len, yata_buf *out) {
  struct yata_mem mem = {.alloc = out->alloc};
  struct to_v2 t = {.deleted = {.mem = &mem}};
  size_t at = out->len;
  yata_v2_out_init(&t.out, out->alloc);
  int err = write_v2(&t, update, len, out);
  yata_v2_out_deinit(&t.out);
  yata_mem_drop(&mem, &t.deleted.ranges.v, &t.deleted.ranges.cap, sizeof(struct yata_range));
  if (err < 0) out->len = at;
  return err;
}

/* ---- version 2 to 1 --------------------------------------------------------------------------- */

struct to_v1 {
  struct yata_mem mem;
  struct deletions deleted;
  yata_buf *out;
  yata_buf json; /* scratch */
  uint64_t client, structs, sections;
  bool fresh;
};

static int put_bytes(yata_buf *out, const uint8_t *data, size_t len) {
  YATA_TRY(yata_buf_put_uint(out, len));
  return yata_buf_put(out, data, len);
}

static int put_string(yata_buf *out, const struct yata_v2_str *s) {
  static const uint8_t replacement[] = {0xef, 0xbf, 0xbd};
  YATA_TRY(yata_buf_reserve(out, s->s.len + 16));
  uint8_t *p = yata_uint_write(out->data + out->len, s->s.len + (s->head ? 3 : 0) + (s->tail ? 3 : 0));
  out->len = (size_t)(p - out->data);
  if (s->head) YATA_TRY(yata_buf_put(out, replacement, 3));
  YATA_TRY(yata_buf_put(out, s->s.data, s->s.len));
  return s->tail ? yata_buf_put(out, replacement, 3) : 0;
}

/* What version 1 writes as JSON. */
static int put_json(struct to_v1 *t, yata_slice any) {
  struct yata_rd rd = yata_rd_of(any.data, any.len);
  yata_buf_clear(&t->json);
  YATA_TRY(yata_any_to_json(&rd, &t->json));
  return put_bytes(t->out, t->json.data, t->json.len);
}

static int put_json_values(yata_buf *out, const struct yata_v2_struct *vs) {
  struct yata_v2_strings strings = vs->json;
  struct yata_v2_str s;
  YATA_TRY(yata_buf_put_uint(out, vs->st.len));
  for (uint32_t i = 0; i < vs->st.len; i++) {
    YATA_TRY(yata_v2_next_string(&strings, &s));
    YATA_TRY(put_string(out, &s));
  }
  return 0;
}

static int put_content(struct to_v1 *t, const struct yata_v2_struct *vs) {
  yata_slice content = vs->st.content;
  switch (vs->st.kind) {
  case YATA_WIRE_DELETED: return yata_buf_put_uint(t->out, vs->st.len);
  case YATA_WIRE_JSON: return put_json_values(t->out, vs);
  case YATA_WIRE_STRING: return put_string(t->out, &vs->text);
  case YATA_WIRE_EMBED: return put_json(t, content);
  case YATA_WIRE_FORMAT: YATA_TRY(put_string(t->out, &vs->text)); return put_json(t, content);
  case YATA_WIRE_TYPE:
    YATA_TRY(yata_buf_put_u8(t->out, vs->type));
    return vs->type == 3 || vs->type == 5 ? put_string(t->out, &vs->text) : 0;
  case YATA_WIRE_ANY: YATA_TRY(yata_buf_put_uint(t->out, vs->st.len)); break;
  case YATA_WIRE_DOC: YATA_TRY(put_string(t->out, &vs->text)); break;
  default: break;
  }
  return yata_buf_put(t->out, content.data, content.len);
}

/* Most of an item is numbers: they are written with room for all of them made once. */
#define HEAD_MAX 48

static uint8_t *write_id(uint8_t *p, const struct yata_wid *id) {
  p = yata_uint_write(p, id->client);
  return yata_uint_write(p, id->clock);
}

static int put_head(struct to_v1 *t, const struct yata_struct *st) {
  YATA_TRY(yata_buf_reserve(t->out, HEAD_MAX));
  uint8_t *p = t->out->data + t->out->len;
  *p++ = (uint8_t)(st->kind | (st->has_left ? YATA_INFO_LEFT : 0) | (st->has_right ? YATA_INFO_RIGHT : 0) |
                   (st->has_sub ? YATA_INFO_SUB : 0));
  if (st->has_left) p = write_id(p, &st->left);
  if (st->has_right) p = write_id(p, &st->right);
  if (st->kind == YATA_WIRE_DELETED && (st->has_left || st->has_right)) p = yata_uint_write(p, st->len);
  t->out->len = (size_t)(p - t->out->data);
  return 0;
}

static int put_item(struct to_v1 *t, const struct yata_v2_struct *vs) {
  const struct yata_struct *st = &vs->st;
  YATA_TRY(put_head(t, st));
  if (st->has_left || st->has_right) return st->kind == YATA_WIRE_DELETED ? 0 : put_content(t, vs);
  bool named = st->parent == YATA_PARENT_NAME;
  YATA_TRY(yata_buf_put_u8(t->out, named));
  if (named) YATA_TRY(put_string(t->out, &vs->name));
  if (!named) {
    YATA_TRY(yata_buf_reserve(t->out, HEAD_MAX));
    t->out->len = (size_t)(write_id(t->out->data + t->out->len, &st->parent_id) - t->out->data);
  }
  if (st->has_sub) YATA_TRY(put_string(t->out, &vs->sub));
  return put_content(t, vs);
}

static int v2_section(void *user, uint64_t client, uint64_t structs) {
  struct to_v1 *t = user;
  t->client = client;
  t->structs = structs;
  t->fresh = true;
  return 0;
}

static int v2_struct(void *user, const struct yata_v2_struct *vs) {
  struct to_v1 *t = user;
  if (t->fresh) {
    t->fresh = false;
    t->sections++;
    YATA_TRY(yata_buf_put_uint(t->out, t->structs));
    YATA_TRY(yata_buf_put_uint(t->out, t->client));
    YATA_TRY(yata_buf_put_uint(t->out, vs->st.id.clock));
  }
  if (vs->st.kind != YATA_WIRE_GC && vs->st.kind != YATA_WIRE_SKIP) return put_item(t, vs);
  YATA_TRY(yata_buf_put_u8(t->out, vs->st.kind));
  return yata_buf_put_uint(t->out, vs->st.len);
}

static int v2_deleted(void *user, uint64_t client, uint64_t clock, uint64_t len) {
  return add_range(&((struct to_v1 *)user)->deleted, client, clock, len);
}

/* Put the number of sections in front of them. */
static int write_count(struct to_v1 *t, size_t at) {
  uint8_t head[10];
  size_t n = (size_t)(yata_uint_write(head, t->sections) - head);
  YATA_TRY(yata_buf_reserve(t->out, n));
  memmove(t->out->data + at + n, t->out->data + at, t->out->len - at);
  memcpy(t->out->data + at, head, n);
  t->out->len += n;
  return 0;
}

static int write_v1(struct to_v1 *t, const uint8_t *update, size_t len, size_t *error_offset) {
  const struct yata_v2_walk walk = {v2_section, v2_struct, v2_deleted, t};
  size_t at = t->out->len;
  YATA_TRY(yata_v2_walk(update, len, YATA_NESTING_MAX, &t->mem, &walk, error_offset, NULL));
  YATA_TRY(write_count(t, at));
  order(&t->deleted.ranges);
  return yata_encode_ranges(&t->deleted.ranges, t->out);
}

int yata_update_to_v1(const uint8_t *update, size_t len, yata_buf *out, size_t *error_offset) {
  struct to_v1 t = {.mem = {.alloc = out->alloc}, .out = out};
  size_t at = out->len;
  t.deleted.mem = &t.mem;
  yata_buf_init(&t.json, out->alloc);
  int err = write_v1(&t, update, len, error_offset);
  yata_buf_deinit(&t.json);
  yata_mem_drop(&t.mem, &t.deleted.ranges.v, &t.deleted.ranges.cap, sizeof(struct yata_range));
  if (err < 0) out->len = at;
  return err;
}

int yata_update_v2_to_v1(const uint8_t *update, size_t len, yata_buf *out) {
  return yata_update_to_v1(update, len, out, NULL);
}
