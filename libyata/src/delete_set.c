/* SPDX-License-Identifier: MIT */
/* Delete sets as values: ranges, highest client first, then by clock, joined where they touch. */
#include "delete_set.h"

#include "encode.h"
#include "integrate.h"

void yata_delete_set_deinit(yata_delete_set *ds) {
  struct yata_mem mem = {.alloc = ds->alloc};
  yata_mem_drop(&mem, &ds->v, &ds->cap, sizeof(*ds->v));
  ds->len = 0;
}

static int append(yata_delete_set *ds, uint64_t client, uint64_t clock, uint64_t len) {
  struct yata_mem mem = {.alloc = ds->alloc};
  if (len == 0) return 0;
  YATA_TRY(yata_mem_grow(&mem, &ds->v, &ds->cap, (size_t)ds->len + 1, sizeof(*ds->v)));
  ds->v[ds->len++] = (yata_range){client, clock, len};
  return 0;
}

static void tidy(yata_delete_set *ds) {
  struct yata_ranges r = {ds->v, ds->len, ds->cap};
  yata_ranges_sort(&r);
  ds->len = r.n;
}

/* Put a new set, still to be sorted, in place of the old one, or drop it. */
static int finish(yata_delete_set *ds, yata_delete_set *fresh, int err) {
  if (err < 0) {
    yata_delete_set_deinit(fresh);
    return err;
  }
  tidy(fresh);
  yata_delete_set_deinit(ds);
  *ds = *fresh;
  return 0;
}

/* ---- bytes -------------------------------------------------------------------------------- */

/* In version 2 a clock is the distance to the end of the range before it, and a length one less. */
static int read_range(struct yata_rd *rd, bool v2, uint64_t *at, uint64_t *clock, uint64_t *len) {
  YATA_TRY(yata_rd_uint(rd, clock));
  YATA_TRY(yata_rd_uint(rd, len));
  if (*clock > YATA_CLOCK_MAX || *len > YATA_CLOCK_MAX) return YATA_ERR_LIMIT;
  if (v2) {
    *clock += *at;
    ++*len;
  }
  *at = *clock + *len;
  return *at > YATA_CLOCK_MAX ? YATA_ERR_LIMIT : 0;
}

static int read_client(struct yata_rd *rd, bool v2, yata_delete_set *out) {
  uint64_t client, n, clock, len, at = 0;
  YATA_TRY(yata_rd_uint(rd, &client));
  YATA_TRY(yata_rd_uint(rd, &n));
  if (n > (size_t)(rd->end - rd->p) / 2) return YATA_ERR_MALFORMED;
  for (uint64_t i = 0; i < n; i++) {
    YATA_TRY(read_range(rd, v2, &at, &clock, &len));
    YATA_TRY(append(out, client, clock, len));
  }
  return 0;
}

static int read_clients(struct yata_rd *rd, bool v2, yata_delete_set *out) {
  uint64_t n;
  YATA_TRY(yata_rd_uint(rd, &n));
  if (n > (size_t)(rd->end - rd->p) / 2) return YATA_ERR_MALFORMED;
  for (uint64_t i = 0; i < n; i++) YATA_TRY(read_client(rd, v2, out));
  return 0;
}

int yata_delete_set_read(struct yata_rd *rd, bool v2, yata_delete_set *ds) {
  yata_delete_set fresh = {.alloc = ds->alloc};
  return finish(ds, &fresh, read_clients(rd, v2, &fresh));
}

static int decode(yata_delete_set *ds, const uint8_t *bytes, size_t len, bool v2) {
  struct yata_rd rd = yata_rd_of(bytes, len);
  yata_delete_set fresh = {.alloc = ds->alloc};
  int err = read_clients(&rd, v2, &fresh);
  if (err == 0 && rd.p != rd.end) err = YATA_ERR_MALFORMED;
  return finish(ds, &fresh, err);
}

int yata_delete_set_decode(yata_delete_set *ds, const uint8_t *bytes, size_t len) {
  return decode(ds, bytes, len, false);
}

int yata_delete_set_decode_v2(yata_delete_set *ds, const uint8_t *bytes, size_t len) {
  return decode(ds, bytes, len, true);
}

int yata_delete_set_encode(const yata_delete_set *ds, yata_buf *out) {
  const struct yata_ranges r = {ds->v, ds->len, ds->cap};
  size_t at = out->len;
  int err = yata_encode_ranges(&r, out);
  if (err < 0) out->len = at;
  return err;
}

static int encode_v2(const yata_delete_set *ds, yata_buf *out) {
  uint32_t clients = 0;
  uint64_t at = 0;
  for (uint32_t i = 0; i < ds->len; i++) clients += i == 0 || ds->v[i].client != ds->v[i - 1].client;
  YATA_TRY(yata_buf_put_uint(out, clients));
  for (uint32_t i = 0; i < ds->len; i++) {
    const yata_range *r = &ds->v[i];
    if (i == 0 || r->client != ds->v[i - 1].client) {
      uint32_t end = i;
      while (end < ds->len && ds->v[end].client == r->client) end++;
      YATA_TRY(yata_buf_put_uint(out, r->client));
      YATA_TRY(yata_buf_put_uint(out, end - i));
      at = 0;
    }
    YATA_TRY(yata_buf_put_uint(out, r->clock - at));
    YATA_TRY(yata_buf_put_uint(out, r->len - 1));
    at = r->clock + r->len;
  }
  return 0;
}

int yata_delete_set_encode_v2(const yata_delete_set *ds, yata_buf *out) {
  size_t at = out->len;
  int err = encode_v2(ds, out);
  if (err < 0) out->len = at;
  return err;
}

/* ---- from a document or an update -------------------------------------------------------------- */

static int add_client(yata_delete_set *out, const yata_doc *doc, const struct yata_client *c) {
  struct yata_pos pos = {0, 0};
  if (c->n_blocks == 0) return 0;
  do {
    const struct yata_item *it = yata_item_at(doc, yata_index_at(c, pos));
    if (!(it->flags & YATA_ITEM_DELETED)) continue;
    yata_range *last = out->len > 0 ? &out->v[out->len - 1] : NULL;
    if (last != NULL && last->client == c->id && last->clock + last->len == it->clock)
      last->len += it->len;
    else
      YATA_TRY(append(out, c->id, it->clock, it->len));
  } while (yata_index_next(c, &pos));
  return 0;
}

int yata_delete_set_of_doc(yata_delete_set *ds, const yata_doc *doc) {
  yata_delete_set fresh = {.alloc = ds->alloc};
  int err = doc->txn.open ? YATA_ERR_STATE : 0;
  for (uint32_t i = 0; i < doc->n_clients && err == 0; i++) err = add_client(&fresh, doc, &doc->clients[i]);
  return finish(ds, &fresh, err);
}

static int on_deleted(void *user, uint64_t client, uint64_t clock, uint64_t len) {
  return append(user, client, clock, len);
}

int yata_delete_set_of_update(yata_delete_set *ds, const uint8_t *update, size_t len) {
  yata_delete_set fresh = {.alloc = ds->alloc};
  struct yata_walk walk = {.on_deleted = on_deleted, .user = &fresh};
  return finish(ds, &fresh, yata_update_walk(update, len, YATA_NESTING_MAX, &walk, NULL));
}

/* ---- questions ---------------------------------------------------------------------------- */

uint32_t yata_delete_set_find(const yata_delete_set *ds, uint64_t client, uint64_t clock) {
  uint32_t lo = 0, hi = ds->len;
  while (lo < hi) {
    uint32_t mid = lo + (hi - lo) / 2;
    const yata_range *r = &ds->v[mid];
    if (r->client > client || (r->client == client && r->clock + r->len <= clock))
      lo = mid + 1;
    else
      hi = mid;
  }
  return lo;
}

/* How many units from the clock on are in it, one after the other. */
static uint64_t run_at(const yata_delete_set *ds, uint64_t client, uint64_t clock) {
  uint32_t i = yata_delete_set_find(ds, client, clock);
  if (i == ds->len || ds->v[i].client != client || ds->v[i].clock > clock) return 0;
  return ds->v[i].clock + ds->v[i].len - clock;
}

bool yata_delete_set_has(const yata_delete_set *ds, uint64_t client, uint64_t clock) {
  return run_at(ds, client, clock) > 0;
}

bool yata_delete_set_covers(const yata_delete_set *ds, const yata_delete_set *part) {
  for (uint32_t i = 0; i < part->len; i++)
    if (run_at(ds, part->v[i].client, part->v[i].clock) < part->v[i].len) return false;
  return true;
}

bool yata_delete_set_equal(const yata_delete_set *a, const yata_delete_set *b) {
  if (a->len != b->len) return false;
  for (uint32_t i = 0; i < a->len; i++) {
    const yata_range *x = &a->v[i], *y = &b->v[i];
    if (x->client != y->client || x->clock != y->clock || x->len != y->len) return false;
  }
  return true;
}

int yata_delete_set_merge(yata_delete_set *into, const yata_delete_set *from) {
  yata_delete_set fresh = {.alloc = into->alloc};
  int err = 0;
  for (uint32_t i = 0; i < into->len && err == 0; i++)
    err = append(&fresh, into->v[i].client, into->v[i].clock, into->v[i].len);
  for (uint32_t i = 0; i < from->len && err == 0; i++)
    err = append(&fresh, from->v[i].client, from->v[i].clock, from->v[i].len);
  return finish(into, &fresh, err);
}
