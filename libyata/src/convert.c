/* SPDX-License-Identifier: MIT */
/* Updates from one version to the other, as Y.convertUpdateFormatV1ToV2 and V2ToV1. */
#include "encode.h"
#include "integrate.h"
#include "source.h"

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

/* Sections without structs, which nobody writes, stay: of a client's sections the last counts. */

/* ---- version 1 to 2 --------------------------------------------------------------------------- */

struct to_v2 {
  struct yata_v2_out out;
  struct deletions deleted;
  uint64_t client, structs, sections;
  const uint8_t *own; /* the update, if it was written here: see yata_update_to_v2 */
  bool fresh;         /* the section's head is still to be written */
};

static int v1_count(void *user, uint64_t client, uint64_t structs) {
  struct to_v2 *t = user;
  (void)client;
  (void)structs;
  t->sections++;
  return 0;
}

static int v1_deleted(void *user, uint64_t client, uint64_t clock, uint64_t len) {
  return add_range(&((struct to_v2 *)user)->deleted, client, clock, len);
}

static int v1_section(void *user, uint64_t client, uint64_t structs) {
  struct to_v2 *t = user;
  t->client = client;
  t->structs = structs;
  t->fresh = structs > 0;
  return structs > 0 ? 0 : yata_v2_put_section(&t->out, 0, client, 0);
}

static int v1_struct(void *user, const struct yata_struct *st, size_t offset) {
  struct to_v2 *t = user;
  struct yata_struct same = *st;
  if (t->fresh) YATA_TRY(yata_v2_put_section(&t->out, t->structs, t->client, st->id.clock));
  t->fresh = false;
  if (t->own != NULL) same.has_sub = t->own[offset] & YATA_INFO_SUB;
  return yata_v2_put_struct(&t->out, &same, 0);
}

static int write_v2(struct to_v2 *t, const uint8_t *update, size_t len, yata_buf *out) {
  const bool held = t->own != NULL;
  const struct yata_walk first = {v1_count, NULL, NULL, v1_deleted, t, held};
  const struct yata_walk second = {v1_section, v1_struct, NULL, NULL, t, held};
  YATA_TRY(yata_update_walk(update, len, YATA_NESTING_MAX, &first, NULL));
  YATA_TRY(yata_buf_put_uint(&t->out.rest, t->sections));
  YATA_TRY(yata_update_walk(update, len, YATA_NESTING_MAX, &second, NULL));
  order(&t->deleted.ranges);
  YATA_TRY(yata_v2_put_ranges(&t->out, &t->deleted.ranges));
  return yata_v2_out_finish(&t->out, out);
}

static int to_v2(const uint8_t *update, size_t len, bool own, yata_buf *out) {
  struct yata_mem mem = {.alloc = out->alloc};
  struct to_v2 t = {.deleted = {.mem = &mem}, .own = own ? update : NULL};
  size_t at = out->len;
  yata_v2_out_init(&t.out, out->alloc);
  int err = write_v2(&t, update, len, out);
  yata_v2_out_deinit(&t.out);
  yata_mem_drop(&mem, &t.deleted.ranges.v, &t.deleted.ranges.cap, sizeof(struct yata_range));
  if (err < 0) out->len = at;
  return err;
}

int yata_update_v1_to_v2(const uint8_t *update, size_t len, yata_buf *out) {
  return to_v2(update, len, false, out);
}

int yata_update_to_v2(const uint8_t *update, size_t len, yata_buf *out) {
  return to_v2(update, len, true, out);
}

/* ---- version 2 to 1 --------------------------------------------------------------------------- */

struct to_v1 {
  struct yata_mem mem;
  struct deletions deleted;
  struct yata_source source;
  yata_buf *out;
};

static int copy_section(struct to_v1 *t) {
  uint64_t structs;
  struct yata_wid first;
  const struct yata_struct *st;
  YATA_TRY(yata_source_section(&t->source, &structs, &first));
  YATA_TRY(yata_buf_put_uint(t->out, structs));
  YATA_TRY(yata_buf_put_uint(t->out, first.client));
  YATA_TRY(yata_buf_put_uint(t->out, first.clock));
  for (uint64_t i = 0; i < structs; i++) {
    YATA_TRY(yata_source_struct(&t->source, &st));
    YATA_TRY(yata_struct_write(t->out, st, 0));
  }
  return 0;
}

static int read_client(struct to_v1 *t) {
  uint64_t client, ranges, clock, len;
  YATA_TRY(yata_source_client(&t->source, &client, &ranges));
  for (uint64_t i = 0; i < ranges; i++) {
    YATA_TRY(yata_source_range(&t->source, &clock, &len));
    YATA_TRY(add_range(&t->deleted, client, clock, len));
  }
  return 0;
}

static int write_v1(struct to_v1 *t) {
  uint64_t n;
  YATA_TRY(yata_source_count(&t->source, false, &n));
  YATA_TRY(yata_buf_put_uint(t->out, n));
  for (uint64_t i = 0; i < n; i++) YATA_TRY(copy_section(t));
  YATA_TRY(yata_source_count(&t->source, true, &n));
  for (uint64_t i = 0; i < n; i++) YATA_TRY(read_client(t));
  YATA_TRY(yata_source_end(&t->source));
  order(&t->deleted.ranges);
  return yata_encode_ranges(&t->deleted.ranges, t->out);
}

static int to_v1(yata_slice update, uint64_t structs, bool held, yata_buf *out, size_t *error_offset) {
  struct to_v1 t = {.mem = {.alloc = out->alloc}, .out = out};
  size_t at = out->len;
  t.deleted.mem = &t.mem;
  int err = yata_source_open(&t.source, true, update, YATA_NESTING_MAX, structs, &t.mem, out->alloc);
  t.source.plain = !held;
  if (err == 0) err = write_v1(&t);
  if ((err == YATA_ERR_MALFORMED || err == YATA_ERR_LIMIT) && error_offset)
    *error_offset = yata_source_offset(&t.source);
  yata_source_close(&t.source, &t.mem);
  yata_mem_drop(&t.mem, &t.deleted.ranges.v, &t.deleted.ranges.cap, sizeof(struct yata_range));
  if (err < 0) out->len = at;
  return err;
}

int yata_update_to_v1(const uint8_t *update, size_t len, uint64_t structs, yata_buf *out, size_t *error_offset) {
  return to_v1((yata_slice){update, len}, structs, true, out, error_offset);
}

int yata_update_v2_to_v1(const uint8_t *update, size_t len, yata_buf *out) {
  return to_v1((yata_slice){update, len}, YATA_V2_STRUCTS, false, out, NULL);
}
