/* SPDX-License-Identifier: MIT */
/* Applying an update: integrate what can be, keep the rest as pending, delete. */
#include "apply.h"

#include "events.h"
#include "quick.h"
#include "tidy.h"
#include "txn.h"

/* ---- deletions ------------------------------------------------------------------------------ */

/* Both ends may be inside of items; an item that was deleted before is left whole. */
static int apply_range(struct yata_doc *doc, uint32_t client, uint32_t clock, uint32_t end) {
  struct yata_client *c = &doc->clients[client];
  struct yata_pos pos = yata_index_find(c, clock);
  const struct yata_item *it = &doc->items[yata_index_at(c, pos)];
  uint32_t h, behind;
  if (it->clock < clock && !(it->flags & YATA_ITEM_DELETED)) {
    YATA_TRY(yata_clean_start(doc, client, clock, &h));
    pos = yata_index_find(c, clock);
  }
  do {
    c->hint = pos;
    h = yata_index_at(c, pos);
    it = &doc->items[h];
    behind = it->clock + it->len;
    if (it->flags & YATA_ITEM_DELETED) continue;
    if (behind > end) YATA_TRY(yata_clean_end(doc, client, end - 1, &h));
    YATA_TRY(yata_delete(doc, h));
  } while (behind < end && yata_index_next(c, &pos));
  return 0;
}

/* Delete what is there; the rest of the ranges goes to *rest. */
static int apply_ranges(struct yata_doc *doc, const struct yata_ranges *r, struct yata_ranges *rest) {
  for (uint32_t i = 0; i < r->n; i++) {
    const struct yata_range *x = &r->v[i];
    uint64_t state = yata_client_state(doc, x->client), end = x->clock + x->len;
    uint64_t from = x->clock > state ? x->clock : state;
    if (end > state) YATA_TRY(yata_ranges_add(doc, rest, x->client, from, end - from));
    if (x->clock < state)
      YATA_TRY(apply_range(doc, yata_client_find(doc, x->client), (uint32_t)x->clock,
                           (uint32_t)(end < state ? end : state)));
  }
  return 0;
}

/* The deletions of an update are applied as they are read, while they are in the order that Yjs writes: no place is
 * gone over twice. The rest is sorted first. */
struct deleting {
  struct yata_doc *doc;
  struct yata_ranges rest;   /* of what is not there yet */
  struct yata_ranges others; /* to be sorted */
  bool in_order;
};

static int read_client(struct deleting *d, struct yata_source *source, uint64_t client, uint64_t ranges) {
  uint64_t end = 0;
  for (uint64_t i = 0; i < ranges; i++) {
    struct yata_range r = {.client = client};
    YATA_TRY(yata_source_range(source, &r.clock, &r.len));
    if (r.len == 0) continue;
    d->in_order &= r.clock >= end;
    end = r.clock + r.len;
    const struct yata_ranges one = {&r, 1, 1};
    YATA_TRY(d->in_order ? apply_ranges(d->doc, &one, &d->rest)
                         : yata_ranges_add(d->doc, &d->others, client, r.clock, r.len));
  }
  return 0;
}

static int read_deletions(struct deleting *d, struct yata_source *source) {
  uint64_t clients, client, ranges, before = UINT64_MAX;
  YATA_TRY(yata_source_count(source, true, &clients));
  for (uint64_t i = 0; i < clients; i++, before = client) {
    YATA_TRY(yata_source_client(source, &client, &ranges));
    d->in_order &= client < before;
    YATA_TRY(read_client(d, source, client, ranges));
  }
  yata_ranges_sort(&d->others);
  YATA_TRY(apply_ranges(d->doc, &d->others, &d->rest));
  return yata_source_end(source);
}

/* Apply new deletions and those that were pending; what remains is joined. */
static int apply_deletions(struct yata_doc *doc, struct yata_source *source, struct yata_ranges *pending) {
  struct deleting d = {.doc = doc, .in_order = true};
  int err = read_deletions(&d, source);
  if (err == 0) err = apply_ranges(doc, pending, &d.rest);
  yata_mem_drop(&doc->mem, &d.others.v, &d.others.cap, sizeof(*d.others.v));
  struct yata_ranges *gone = err < 0 ? &d.rest : pending;
  yata_mem_drop(&doc->mem, &gone->v, &gone->cap, sizeof(*gone->v));
  if (err < 0) return err;
  yata_ranges_sort(&d.rest);
  *pending = d.rest;
  return 0;
}

/* ---- an update ------------------------------------------------------------------------------ */

/* The pending state while an update is applied; replaces the document's in the
 * end. Structs that are pending stay where they are until they are tried again,
 * for most updates have nothing to do with them. */
struct work {
  struct yata_pending pending;
  struct yata_ranges ds;
  bool lent;                /* `pending` is not used: the document's counts, and … */
  struct yata_addition add; /* … what is to be added to it */
};

static struct yata_pending *pending_of(struct yata_doc *doc, struct work *w) {
  return w->lent ? &doc->pending : &w->pending;
}

static bool should_retry(struct yata_doc *doc, const struct yata_pending *p) {
  if (p->update.len == 0) return false;
  for (uint32_t i = 0; i < p->n; i++)
    if (p->missing[i].clock < yata_client_state(doc, p->missing[i].client)) return true;
  return false;
}

/* `all`, *unordered: as for yata_apply_structs. */
static int apply_source(struct yata_doc *doc, struct yata_source *source, bool all, struct work *w, bool *retry,
                        bool *unordered) {
  struct yata_left left = {0};
  struct yata_later later;
  yata_later_init(&later, source, &doc->alloc);
  int err = yata_apply_structs(doc, source, all, &later, &left, unordered);
  *retry = should_retry(doc, pending_of(doc, w));
  bool go_on = err == 0 && !*unordered;
  if (go_on && left.n_sections > 0) err = yata_pending_prepare(doc, &later, &left, pending_of(doc, w), &w->add);
  yata_mem_drop(&doc->mem, &left.missing, &left.cap_missing, sizeof(*left.missing));
  yata_later_deinit(&doc->mem, &later);
  if (go_on && err == 0) err = apply_deletions(doc, source, &w->ds);
  if (err == 0 && w->ds.n * sizeof(*w->ds.v) > doc->max_pending) err = YATA_ERR_LIMIT;
  return err;
}

static void drop_addition(struct yata_doc *doc, struct work *w) {
  yata_addition_deinit(doc, &w->add);
  w->add = (struct yata_addition){0};
}

/* Try again what is pending, with what this update adds to it; what is left
 * then is w->pending. */
static int retry_pending(struct yata_doc *doc, struct work *w) {
  struct yata_source source;
  bool ignored;
  yata_buf all;
  yata_buf_init(&all, &doc->alloc);
  int err = yata_pending_write(doc, &doc->pending, (yata_slice){w->add.update.data, w->add.update.len}, &all);
  drop_addition(doc, w);
  w->lent = false;
  yata_buf_init(&w->pending.update, &doc->alloc);
  yata_buf_init(&w->pending.more, &doc->alloc);
  if (err == 0) {
    const yata_slice update = {all.data, all.len};
    err = yata_source_open(&source, false, update, YATA_NESTING_MAX, 0, &doc->mem, &doc->alloc);
    source.rd.held = true;
    if (err == 0) err = apply_source(doc, &source, true, w, &ignored, &ignored);
    yata_source_close(&source, &doc->mem);
  }
  if (err == 0) yata_pending_add(&w->pending, &w->add);
  drop_addition(doc, w);
  yata_buf_deinit(&all);
  return err;
}

static int work_init(struct yata_doc *doc, struct work *w) {
  *w = (struct work){.lent = true};
  const struct yata_ranges *ds = &doc->pending_ds;
  YATA_TRY(yata_mem_grow(&doc->mem, &w->ds.v, &w->ds.cap, ds->n, sizeof(*ds->v)));
  if (ds->n > 0) memcpy(w->ds.v, ds->v, ds->n * sizeof(*ds->v));
  w->ds.n = ds->n;
  return 0;
}

static void work_deinit(struct yata_doc *doc, struct work *w) {
  yata_pending_deinit(doc, &w->pending);
  drop_addition(doc, w);
  yata_mem_drop(&doc->mem, &w->ds.v, &w->ds.cap, sizeof(*w->ds.v));
}

static bool same_pending(const struct yata_doc *doc, const struct work *w) {
  bool same = w->lent ? !w->add.is_new : yata_pending_same(&doc->pending, &w->pending);
  return same && doc->pending_ds.n == w->ds.n &&
         (w->ds.n == 0 || memcmp(doc->pending_ds.v, w->ds.v, w->ds.n * sizeof(*w->ds.v)) == 0);
}

static bool grew(const struct yata_doc *doc) {
  const struct yata_txn *txn = &doc->txn;
  for (uint32_t i = 0; i < txn->n_touched; i++)
    if (doc->clients[txn->touched[i].client].state != txn->touched[i].before) return true;
  return txn->deleted.n > 0;
}

/* Everything worked: from here on nothing fails. */
static void finish(struct yata_doc *doc, struct work *w, yata_applied *out) {
  out->changed = grew(doc) || !same_pending(doc, w);
  if (w->lent) {
    yata_pending_add(&doc->pending, &w->add);
  } else {
    struct yata_pending old = doc->pending;
    doc->pending = w->pending;
    w->pending = old;
  }
  struct yata_ranges old_ds = doc->pending_ds;
  doc->pending_ds = w->ds;
  w->ds = old_ds;
  out->pending = doc->pending.update.len > 0 || doc->pending_ds.n > 0;
  if (grew(doc)) doc->mark_epoch++;
  if (doc->events != NULL) yata_events_deliver(doc);
  yata_tidy_perform(doc);
  out->tidied = doc->txn.tidied.n > 0;
  if (grew(doc) || doc->txn.n_splits > 0) yata_cleanup(doc);
  if (doc->events != NULL) yata_events_encode(doc);
}

static void undo(struct yata_doc *doc, struct work *w) {
  yata_tidy_drop(doc);
  yata_txn_undo(doc);
  work_deinit(doc, w);
}

/* An update as bytes, or what is found out about it. */
struct attempt {
  yata_slice update;
  bool v2, held;       /* held: an update of our own */
  bool all, unordered; /* as for yata_apply_structs */
  const yata_cause *cause;
  yata_applied *out;
};

static int attempt_source(struct yata_doc *doc, struct attempt *a, struct yata_source *source) {
  struct work w;
  bool retry = false;
  YATA_TRY(work_init(doc, &w));
  yata_txn_open(doc, false, a->cause);
  int err = apply_source(doc, source, a->all, &w, &retry, &a->unordered);
  if (a->unordered && !a->all) {
    undo(doc, &w);
    return 0;
  }
  if (err == 0 && retry) err = retry_pending(doc, &w);
  if (err == 0) err = yata_tidy_plan(doc);
  if (err == 0 && doc->events != NULL) err = yata_events_prepare(doc);
  if (err < 0) {
    undo(doc, &w);
    return err;
  }
  finish(doc, &w, a->out);
  yata_txn_close(doc);
  if (doc->events != NULL) yata_events_finish(doc);
  yata_tidy_commit(doc);
  if (doc->events != NULL) yata_events_end(doc);
  work_deinit(doc, &w);
  return 0;
}

static int attempt(struct yata_doc *doc, struct attempt *a) {
  struct yata_source source;
  uint64_t structs = doc->max_steps < YATA_V2_STRUCTS ? doc->max_steps : YATA_V2_STRUCTS;
  int err = yata_source_open(&source, a->v2, a->update, doc->max_nesting, structs, &doc->mem, &doc->alloc);
  source.rd.held = a->held;
  if (err == 0) err = attempt_source(doc, a, &source);
  if (err == YATA_ERR_MALFORMED || err == YATA_ERR_LIMIT) a->out->error_offset = yata_source_offset(&source);
  yata_source_close(&source, &doc->mem);
  return err;
}

static int apply_update(struct yata_doc *doc, struct attempt a) {
  YATA_TRY(attempt(doc, &a));
  if (!a.unordered) return 0;
  a.all = true;
  return attempt(doc, &a);
}

static int apply_v1(yata_doc *doc, const uint8_t *update, size_t len, bool held, const yata_cause *cause,
                    yata_applied *out) {
  yata_applied ignored;
  if (out == NULL) out = &ignored;
  *out = (yata_applied){0};
  if (doc->txn.open || doc->busy) return YATA_ERR_STATE;
  doc->txn.tidied.n = 0;
  if (yata_apply_quick(doc, update, len)) {
    out->changed = true;
    return 0;
  }
  return apply_update(doc, (struct attempt){.update = {update, len}, .held = held, .cause = cause, .out = out});
}

int yata_apply_update_as(yata_doc *doc, const uint8_t *update, size_t len, const yata_cause *cause, yata_applied *out) {
  return apply_v1(doc, update, len, false, cause, out);
}

int yata_apply_held(struct yata_doc *doc, yata_slice update) {
  return apply_v1(doc, update.data, update.len, true, NULL, NULL);
}

/* What people type goes by way of version 1: its short path is worth more. */
#define SMALL 128

static int apply_small_v2(struct yata_doc *doc, const struct attempt *a) {
  yata_buf v1;
  yata_buf_init(&v1, &doc->alloc);
  int err = yata_update_to_v1(a->update.data, a->update.len, 0, &v1, &a->out->error_offset);
  if (err == 0) err = apply_v1(doc, v1.data, v1.len, true, a->cause, a->out);
  yata_buf_deinit(&v1);
  return err;
}

int yata_apply_update_v2_as(yata_doc *doc, const uint8_t *update, size_t len, const yata_cause *cause,
                            yata_applied *out) {
  yata_applied ignored;
  if (out == NULL) out = &ignored;
  *out = (yata_applied){0};
  if (doc->txn.open || doc->busy) return YATA_ERR_STATE;
  doc->txn.tidied.n = 0;
  const struct attempt a = {.update = {update, len}, .v2 = true, .cause = cause, .out = out};
  if (len < SMALL && doc->events == NULL) {
    int err = apply_small_v2(doc, &a);
    if (err != YATA_ERR_LIMIT) return err;
  }
  return apply_update(doc, a);
}

int yata_apply_update(yata_doc *doc, const uint8_t *update, size_t len, yata_applied *out) {
  return yata_apply_update_as(doc, update, len, NULL, out);
}

int yata_apply_update_v2(yata_doc *doc, const uint8_t *update, size_t len, yata_applied *out) {
  return yata_apply_update_v2_as(doc, update, len, NULL, out);
}
