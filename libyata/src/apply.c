/* SPDX-License-Identifier: MIT */
/* Applying an update: integrate what can be, keep the rest as pending, delete. */
#include "apply.h"

#include "events.h"
#include "quick.h"
#include "tidy.h"
#include "txn.h"

/* ---- deletions ------------------------------------------------------------------------------ */

static int apply_range(struct yata_doc *doc, uint32_t client, uint32_t clock, uint32_t end) {
  const struct yata_item *it = &doc->items[yata_index_lookup(doc, client, clock)];
  uint32_t h;
  if (it->clock < clock && !(it->flags & YATA_ITEM_DELETED)) YATA_TRY(yata_clean_start(doc, client, clock, &h));
  for (uint32_t at = clock; at < end;) {
    h = yata_index_lookup(doc, client, at);
    it = &doc->items[h];
    at = it->clock + it->len;
    if (it->flags & YATA_ITEM_DELETED) continue;
    if (at > end) YATA_TRY(yata_clean_end(doc, client, end - 1, &h));
    YATA_TRY(yata_delete(doc, h));
  }
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

/* Apply new deletions and those that were pending; what remains is joined. */
static int apply_deletions(struct yata_doc *doc, const struct yata_ranges *fresh, struct yata_ranges *pending) {
  struct yata_ranges rest = {0};
  int err = apply_ranges(doc, fresh, &rest);
  if (err == 0) err = apply_ranges(doc, pending, &rest);
  if (err < 0) {
    yata_mem_drop(&doc->mem, &rest.v, &rest.cap, sizeof(*rest.v));
    return err;
  }
  yata_ranges_sort(&rest);
  yata_mem_drop(&doc->mem, &pending->v, &pending->cap, sizeof(*pending->v));
  *pending = rest;
  return 0;
}

/* ---- an update ------------------------------------------------------------------------------ */

/* The pending state while an update is applied; replaces the document's in the end. What is pending is the
 * document's own until it has to change, for most updates have nothing to do with it. */
struct work {
  struct yata_pending pending;
  struct yata_ranges ds;
  bool lent; /* pending is the document's */
};

static int own_pending(struct yata_doc *doc, struct work *w) {
  if (!w->lent) return 0;
  YATA_TRY(yata_pending_copy(doc, &doc->pending, &w->pending));
  w->lent = false;
  return 0;
}

static void drop_pending(struct yata_doc *doc, struct work *w) {
  if (!w->lent) yata_pending_deinit(doc, &w->pending);
}

static bool should_retry(struct yata_doc *doc, const struct yata_pending *p) {
  for (uint32_t i = 0; i < p->n; i++)
    if (p->missing[i].clock < yata_client_state(doc, p->missing[i].client)) return true;
  return false;
}

static int apply_parsed(struct yata_doc *doc, const struct yata_parsed *p, struct work *w, bool *retry) {
  struct yata_left left = {0};
  int err = yata_apply_structs(doc, p, &left);
  *retry = w->pending.update.len > 0 && should_retry(doc, &w->pending);
  if (err == 0 && left.n_sections > 0) err = own_pending(doc, w);
  if (err == 0 && left.n_sections > 0) err = yata_pending_add(doc, p, &left, &w->pending);
  yata_mem_drop(&doc->mem, &left.missing, &left.cap_missing, sizeof(*left.missing));
  if (err == 0) err = apply_deletions(doc, &p->deleted, &w->ds);
  if (err == 0 && w->ds.n * sizeof(*w->ds.v) > doc->max_pending) err = YATA_ERR_LIMIT;
  return err;
}

static int retry_pending(struct yata_doc *doc, struct work *w) {
  struct work old = *w;
  struct yata_parsed p;
  bool ignored;
  w->pending = (struct yata_pending){0};
  w->lent = false;
  yata_buf_init(&w->pending.update, &doc->alloc);
  int err = yata_update_parse(&doc->mem, old.pending.update.data, old.pending.update.len, YATA_NESTING_MAX, &p, NULL);
  if (err == 0) {
    err = apply_parsed(doc, &p, w, &ignored);
    yata_parsed_deinit(&doc->mem, &p);
  }
  drop_pending(doc, &old);
  return err;
}

static int work_init(struct yata_doc *doc, struct work *w) {
  *w = (struct work){.pending = doc->pending, .lent = true};
  const struct yata_ranges *ds = &doc->pending_ds;
  YATA_TRY(yata_mem_grow(&doc->mem, &w->ds.v, &w->ds.cap, ds->n, sizeof(*ds->v)));
  if (ds->n > 0) memcpy(w->ds.v, ds->v, ds->n * sizeof(*ds->v));
  w->ds.n = ds->n;
  return 0;
}

static void work_deinit(struct yata_doc *doc, struct work *w) {
  drop_pending(doc, w);
  yata_mem_drop(&doc->mem, &w->ds.v, &w->ds.cap, sizeof(*w->ds.v));
}

static bool same_pending(const struct yata_doc *doc, const struct work *w) {
  const yata_buf *a = &doc->pending.update, *b = &w->pending.update;
  bool same = w->lent || (a->len == b->len && (a->len == 0 || memcmp(a->data, b->data, a->len) == 0));
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
  struct work old = {.pending = doc->pending, .ds = doc->pending_ds, .lent = w->lent};
  doc->pending = w->pending;
  doc->pending_ds = w->ds;
  *w = old;
  out->pending = doc->pending.update.len > 0 || doc->pending_ds.n > 0;
  if (grew(doc)) doc->mark_epoch++;
  if (doc->events != NULL) yata_events_deliver(doc);
  yata_tidy_perform(doc);
  out->tidied = doc->txn.tidied.n > 0;
  if (grew(doc)) yata_cleanup(doc);
  if (doc->events != NULL) yata_events_encode(doc);
}

int yata_apply_update_as(yata_doc *doc, const uint8_t *update, size_t len, const yata_cause *cause, yata_applied *out) {
  yata_applied ignored;
  struct yata_parsed p;
  struct work w;
  bool retry;
  if (out == NULL) out = &ignored;
  *out = (yata_applied){0};
  if (doc->txn.open || doc->busy) return YATA_ERR_STATE;
  doc->txn.tidied.n = 0;
  if (yata_apply_quick(doc, update, len)) {
    out->changed = true;
    return 0;
  }
  YATA_TRY(yata_update_parse(&doc->mem, update, len, doc->max_nesting, &p, &out->error_offset));
  int err = work_init(doc, &w);
  if (err < 0) {
    yata_parsed_deinit(&doc->mem, &p);
    return err;
  }
  yata_txn_open(doc, false, cause);
  err = apply_parsed(doc, &p, &w, &retry);
  if (err == 0 && retry) err = retry_pending(doc, &w);
  if (err == 0) err = yata_tidy_plan(doc);
  if (err == 0 && doc->events != NULL) err = yata_events_prepare(doc);
  if (err == 0) {
    finish(doc, &w, out);
    yata_txn_close(doc);
    if (doc->events != NULL) yata_events_finish(doc);
    yata_tidy_commit(doc);
  } else {
    yata_tidy_drop(doc);
    yata_txn_undo(doc);
  }
  work_deinit(doc, &w);
  yata_parsed_deinit(&doc->mem, &p);
  return err;
}

int yata_apply_update(yata_doc *doc, const uint8_t *update, size_t len, yata_applied *out) {
  return yata_apply_update_as(doc, update, len, NULL, out);
}
