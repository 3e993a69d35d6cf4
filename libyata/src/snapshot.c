/* SPDX-License-Identifier: MIT */
/* Snapshots: what was known and what was deleted at one moment. Spec: Yjs' Snapshot.js. */
#include "delete_set.h"

void yata_snapshot_deinit(yata_snapshot *s) {
  yata_state_vector_deinit(&s->sv);
  yata_delete_set_deinit(&s->ds);
}

/* Put a new snapshot in place of the old one, or drop it. */
static int finish(yata_snapshot *s, yata_snapshot *fresh, int err) {
  if (err == 0) {
    yata_snapshot_deinit(s);
    *s = *fresh;
  } else {
    yata_snapshot_deinit(fresh);
  }
  return err;
}

static yata_snapshot empty_like(const yata_snapshot *s) {
  return (yata_snapshot){{.alloc = s->sv.alloc}, {.alloc = s->ds.alloc}};
}

int yata_snapshot_take(yata_snapshot *s, const yata_doc *doc) {
  yata_snapshot fresh = empty_like(s);
  int err = yata_state_vector_of_doc(&fresh.sv, doc);
  if (err == 0) err = yata_delete_set_of_doc(&fresh.ds, doc);
  return finish(s, &fresh, err);
}

/* ---- of updates --------------------------------------------------------------------------- */

/* Deletions of what is not known would be pending. */
static void cut_to_known(yata_snapshot *s) {
  uint32_t n = 0;
  for (uint32_t i = 0; i < s->ds.len; i++) {
    yata_range r = s->ds.v[i];
    uint64_t known = yata_state_vector_get(&s->sv, r.client);
    if (r.clock >= known) continue;
    if (r.len > known - r.clock) r.len = known - r.clock;
    s->ds.v[n++] = r;
  }
  s->ds.len = n;
}

struct deletion {
  yata_delete_set *ds;
  struct yata_mem mem;
};

/* What arrives as deleted needs no entry in the update's delete set. */
static int on_struct(void *user, const struct yata_struct *st, size_t offset) {
  struct deletion *d = user;
  (void)offset;
  if (st->kind != YATA_WIRE_GC && st->kind != YATA_WIRE_DELETED) return 0;
  YATA_TRY(yata_mem_grow(&d->mem, &d->ds->v, &d->ds->cap, (size_t)d->ds->len + 1, sizeof(*d->ds->v)));
  d->ds->v[d->ds->len++] = (yata_range){st->id.client, st->id.clock, st->len};
  return 0;
}

static int of_update(yata_snapshot *s, yata_slice update) {
  yata_delete_set arrived = {.alloc = s->ds.alloc};
  struct deletion d = {&arrived, {.alloc = s->ds.alloc}};
  struct yata_walk walk = {.on_struct = on_struct, .user = &d};
  yata_buf sv = {.alloc = s->sv.alloc};
  int err = yata_update_state_vector(update.data, update.len, &sv);
  if (err == 0) err = yata_state_vector_decode(&s->sv, sv.data, sv.len);
  if (err == 0) err = yata_delete_set_of_update(&s->ds, update.data, update.len);
  if (err == 0) err = yata_update_walk(update.data, update.len, YATA_NESTING_MAX, &walk, NULL);
  if (err == 0) err = yata_delete_set_merge(&s->ds, &arrived);
  if (err == 0) cut_to_known(s);
  yata_delete_set_deinit(&arrived);
  yata_buf_deinit(&sv);
  return err;
}

int yata_snapshot_of_updates(yata_snapshot *s, const yata_slice *updates, size_t count) {
  yata_snapshot fresh = empty_like(s);
  yata_buf merged = {.alloc = s->sv.alloc};
  int err = 0;
  if (count > 0) err = yata_merge_updates(updates, count, &merged);
  if (count > 0 && err == 0) err = of_update(&fresh, (yata_slice){merged.data, merged.len});
  yata_buf_deinit(&merged);
  return finish(s, &fresh, err);
}

/* ---- bytes -------------------------------------------------------------------------------- */

static int decode(yata_snapshot *s, const uint8_t *bytes, size_t len, bool v2) {
  struct yata_rd rd = yata_rd_of(bytes, len);
  yata_snapshot fresh = empty_like(s);
  int err = yata_delete_set_read(&rd, v2, &fresh.ds);
  if (err == 0) err = yata_state_vector_read(&rd, &fresh.sv);
  if (err == 0 && rd.p != rd.end) err = YATA_ERR_MALFORMED;
  return finish(s, &fresh, err);
}

int yata_snapshot_decode(yata_snapshot *s, const uint8_t *bytes, size_t len) {
  return decode(s, bytes, len, false);
}

int yata_snapshot_decode_v2(yata_snapshot *s, const uint8_t *bytes, size_t len) {
  return decode(s, bytes, len, true);
}

static int encode(const yata_snapshot *s, yata_buf *out, bool v2) {
  size_t at = out->len;
  int err = v2 ? yata_delete_set_encode_v2(&s->ds, out) : yata_delete_set_encode(&s->ds, out);
  if (err == 0) err = yata_state_vector_encode(&s->sv, out);
  if (err < 0) out->len = at;
  return err;
}

int yata_snapshot_encode(const yata_snapshot *s, yata_buf *out) {
  return encode(s, out, false);
}

int yata_snapshot_encode_v2(const yata_snapshot *s, yata_buf *out) {
  return encode(s, out, true);
}

/* ---- questions ---------------------------------------------------------------------------- */

bool yata_snapshot_equal(const yata_snapshot *a, const yata_snapshot *b) {
  return yata_state_vector_compare(&a->sv, &b->sv) == YATA_ORDER_EQUAL && yata_delete_set_equal(&a->ds, &b->ds);
}

struct containment {
  const yata_snapshot *s;
  bool lacks;
};

static int known(void *user, const struct yata_struct *st, size_t offset) {
  struct containment *c = user;
  (void)offset;
  if (yata_state_vector_get(&c->s->sv, st->id.client) < (uint64_t)st->id.clock + st->len) c->lacks = true;
  return 0;
}

static int deleted(void *user, uint64_t client, uint64_t clock, uint64_t len) {
  struct containment *c = user;
  yata_range r = {client, clock, len};
  const yata_delete_set part = {&r, 1, 1, NULL};
  if (len > 0 && !yata_delete_set_covers(&c->s->ds, &part)) c->lacks = true;
  return 0;
}

int yata_snapshot_contains_update(const yata_snapshot *s, const uint8_t *update, size_t len, bool *out) {
  struct containment c = {s, false};
  struct yata_walk walk = {.on_struct = known, .on_deleted = deleted, .user = &c};
  YATA_TRY(yata_update_walk(update, len, YATA_NESTING_MAX, &walk, NULL));
  *out = !c.lacks;
  return 0;
}

int yata_snapshot_contains_update_v2(const yata_snapshot *s, const uint8_t *update, size_t len, bool *out) {
  yata_buf v1 = {.alloc = s->sv.alloc};
  int err = yata_update_v2_to_v1(update, len, &v1);
  if (err == 0) err = yata_snapshot_contains_update(s, v1.data, v1.len, out);
  yata_buf_deinit(&v1);
  return err;
}
