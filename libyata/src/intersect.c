/* SPDX-License-Identifier: MIT */
/* What of an update lies in a set of ids. */
#include "encode.h"
#include "integrate.h"
#include "update.h"
#include "v2.h"

struct cutter {
  struct yata_mem mem;
  struct yata_ranges ids, deleted; /* ids: sorted, joined */
  yata_buf set;                    /* scratch: the set as an update, which is how it is read */
  yata_buf text;                   /* scratch: a string that is cut within a pair */
  yata_buf section, all;
  uint64_t sections, written, client;
  uint32_t from, next; /* clocks of what was written of the section: first, and behind the last */
};

static int add(struct cutter *c, struct yata_ranges *r, uint64_t client, uint64_t clock, uint64_t len) {
  if (len == 0) return 0;
  YATA_TRY(yata_mem_grow(&c->mem, &r->v, &r->cap, (size_t)r->n + 1, sizeof(*r->v)));
  r->v[r->n++] = (struct yata_range){client, clock, len};
  return 0;
}

/* The first range that does not end before a client's clock: they are sorted, the highest client first. */
static uint32_t find(const struct yata_ranges *ids, uint64_t client, uint64_t clock) {
  uint32_t lo = 0, hi = ids->n;
  while (lo < hi) {
    uint32_t mid = lo + (hi - lo) / 2;
    const struct yata_range *r = &ids->v[mid];
    if (r->client > client || (r->client == client && r->clock + r->len <= clock))
      lo = mid + 1;
    else
      hi = mid;
  }
  return lo;
}

/* The part of [clock, end) that lies in a range; false: none, nor in those behind it. */
static bool overlap(const struct yata_ranges *ids, uint32_t i, uint64_t client, uint64_t *clock, uint64_t *end) {
  if (i == ids->n || ids->v[i].client != client || ids->v[i].clock >= *end) return false;
  const struct yata_range *r = &ids->v[i];
  if (r->clock > *clock) *clock = r->clock;
  if (r->clock + r->len < *end) *end = r->clock + r->len;
  return true;
}

/* ---- structs ------------------------------------------------------------------------------ */

/* Drop what is behind the first `len` units of a string; half of a pair becomes U+FFFD. */
static int cut_string(struct cutter *c, struct yata_struct *st, uint32_t len) {
  const uint8_t *p = st->content.data;
  uint32_t units = 0;
  while (units < len) units += yata_utf8_next(&p) >= 0x10000 ? 2 : 1;
  st->content.len = (size_t)(p - st->content.data);
  if (units == len) return 0;
  yata_buf_clear(&c->text);
  YATA_TRY(yata_buf_put(&c->text, st->content.data, st->content.len - 4));
  YATA_TRY(yata_buf_put(&c->text, "\xef\xbf\xbd", 3));
  st->content = (yata_slice){c->text.data, c->text.len};
  return 0;
}

static int cut_values(struct yata_struct *st, uint32_t len) {
  struct yata_rd rd = yata_rd_of(st->content.data, st->content.len);
  yata_slice s;
  for (uint32_t i = 0; i < len; i++)
    YATA_TRY(st->kind == YATA_WIRE_ANY ? yata_rd_any_skip(&rd, YATA_NESTING_MAX) : yata_rd_bytes(&rd, &s));
  st->content.len = (size_t)(rd.p - rd.base);
  return 0;
}

/* Write the units of a struct from `offset` to `end`. */
static int put_part(struct cutter *c, const struct yata_struct *whole, uint32_t offset, uint32_t end) {
  struct yata_struct st = *whole;
  uint32_t clock = st.id.clock + offset;
  if (end < st.len && st.kind == YATA_WIRE_STRING) YATA_TRY(cut_string(c, &st, end));
  if (end < st.len && (st.kind == YATA_WIRE_ANY || st.kind == YATA_WIRE_JSON)) YATA_TRY(cut_values(&st, end));
  st.len = end;
  if (c->written == 0) c->from = c->next = clock;
  if (c->next < clock) {
    const struct yata_struct gap = {.kind = YATA_WIRE_SKIP, .len = clock - c->next};
    YATA_TRY(yata_struct_write(&c->section, &gap, 0));
    c->written++;
  }
  YATA_TRY(yata_struct_write(&c->section, &st, offset));
  c->written++;
  c->next = st.id.clock + end;
  return 0;
}

static int on_struct(void *user, const struct yata_struct *st, size_t where) {
  struct cutter *c = user;
  (void)where;
  if (st->kind == YATA_WIRE_SKIP) return 0;
  for (uint32_t i = find(&c->ids, st->id.client, st->id.clock);; i++) {
    uint64_t clock = st->id.clock, end = clock + st->len;
    if (!overlap(&c->ids, i, st->id.client, &clock, &end)) return 0;
    YATA_TRY(put_part(c, st, (uint32_t)clock - st->id.clock, (uint32_t)end - st->id.clock));
  }
}

static int end_section(struct cutter *c) {
  if (c->written == 0) return 0;
  YATA_TRY(yata_buf_put_uint(&c->all, c->written));
  YATA_TRY(yata_buf_put_uint(&c->all, c->client));
  YATA_TRY(yata_buf_put_uint(&c->all, c->from));
  YATA_TRY(yata_buf_put(&c->all, c->section.data, c->section.len));
  yata_buf_clear(&c->section);
  c->sections++;
  c->written = 0;
  return 0;
}

static int on_section(void *user, uint64_t client, uint64_t structs) {
  struct cutter *c = user;
  (void)structs;
  YATA_TRY(end_section(c));
  c->client = client;
  return 0;
}

/* ---- deletions ------------------------------------------------------------------------------ */

static int on_id(void *user, uint64_t client, uint64_t clock, uint64_t len) {
  struct cutter *c = user;
  return add(c, &c->ids, client, clock, len);
}

static int on_deleted(void *user, uint64_t client, uint64_t clock, uint64_t len) {
  struct cutter *c = user;
  for (uint32_t i = find(&c->ids, client, clock);; i++) {
    uint64_t from = clock, end = clock + len;
    if (!overlap(&c->ids, i, client, &from, &end)) return 0;
    YATA_TRY(add(c, &c->deleted, client, from, end - from));
  }
}

static int read_ids(struct cutter *c, const uint8_t *ids, size_t len) {
  const struct yata_walk walk = {.on_deleted = on_id, .user = c};
  YATA_TRY(yata_buf_put_u8(&c->set, 0)); /* no structs */
  YATA_TRY(yata_buf_put(&c->set, ids, len));
  YATA_TRY(yata_update_walk(c->set.data, c->set.len, YATA_NESTING_MAX, &walk, NULL));
  yata_ranges_sort(&c->ids);
  return 0;
}

static int write_parts(struct cutter *c, yata_slice update, bool held, yata_slice ids, yata_buf *out) {
  const struct yata_walk walk = {on_section, on_struct, NULL, on_deleted, c, held};
  YATA_TRY(read_ids(c, ids.data, ids.len));
  YATA_TRY(yata_update_walk(update.data, update.len, YATA_NESTING_MAX, &walk, NULL));
  YATA_TRY(end_section(c));
  yata_ranges_sort(&c->deleted);
  YATA_TRY(yata_buf_put_uint(out, c->sections));
  YATA_TRY(yata_buf_put(out, c->all.data, c->all.len));
  return yata_encode_ranges(&c->deleted, out);
}

/* `held`: of an update of our own. */
static int intersect(yata_slice update, bool held, yata_slice ids, yata_buf *out) {
  const yata_buf empty = {.alloc = out->alloc};
  struct cutter c = {.mem = {.alloc = out->alloc}, .set = empty, .text = empty, .section = empty, .all = empty};
  size_t at = out->len;
  int err = write_parts(&c, update, held, ids, out);
  yata_mem_drop(&c.mem, &c.ids.v, &c.ids.cap, sizeof(*c.ids.v));
  yata_mem_drop(&c.mem, &c.deleted.v, &c.deleted.cap, sizeof(*c.deleted.v));
  yata_buf_deinit(&c.set);
  yata_buf_deinit(&c.text);
  yata_buf_deinit(&c.section);
  yata_buf_deinit(&c.all);
  if (err < 0) out->len = at;
  return err;
}

int yata_intersect_update(const uint8_t *update, size_t len, const uint8_t *ids, size_t ids_len, yata_buf *out) {
  return intersect((yata_slice){update, len}, false, (yata_slice){ids, ids_len}, out);
}

int yata_intersect_update_v2(const uint8_t *update, size_t len, const uint8_t *ids, size_t ids_len, yata_buf *out) {
  yata_buf v1, cut;
  yata_buf_init(&v1, out->alloc);
  yata_buf_init(&cut, out->alloc);
  int err = yata_update_to_v1(update, len, YATA_V2_STRUCTS, &v1, NULL);
  if (err == 0) err = intersect((yata_slice){v1.data, v1.len}, true, (yata_slice){ids, ids_len}, &cut);
  if (err == 0) err = yata_update_to_v2(cut.data, cut.len, out);
  yata_buf_deinit(&v1);
  yata_buf_deinit(&cut);
  return err;
}
