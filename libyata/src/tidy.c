/* SPDX-License-Identifier: MIT */
#include "tidy.h"

#include <stdlib.h>

#include "encode.h"
#include "events.h"
#include "formats.h"
#include "txn.h"

/* A deleted range and when its client first deleted something: the order in which Yjs looks at them. */
struct turn {
  uint32_t rank;
  struct yata_range range;
};

struct plan {
  struct yata_doc *doc;
  struct turn *turns;
  uint32_t n_turns, cap_turns;
  uint64_t *clients; /* in the order of their first deletion */
  uint32_t n_clients, cap_clients;
  uint32_t *grown; /* clients with new units, by number: the order in which Yjs looks at them */
  uint32_t n_grown, cap_grown;
  uint32_t *types; /* whose beginning is tidied */
  uint32_t n_types, cap_types;
  uint32_t *gaps; /* the last item of each gap that was looked at */
  uint32_t n_gaps, cap_gaps;
  struct yata_formats seen;
};

static int charge(struct yata_doc *doc, uint64_t steps) {
  doc->txn.steps += steps;
  return doc->txn.steps > doc->max_steps ? YATA_ERR_LIMIT : 0;
}

/* ---- does anything need it? --------------------------------------------------------------------- */

/* Would an observer of the type be called, and is it formatted text? */
static bool is_touched_text(const struct yata_doc *doc, uint32_t type) {
  const struct yata_typ *t = &doc->types[type];
  if (!(t->flags & YATA_TYPE_FORMATTED) || (t->kind != YATA_KIND_TEXT && t->kind != YATA_KIND_XML_TEXT)) return false;
  if (t->item == 0) return true;
  const struct yata_item *it = &doc->items[t->item];
  return !(it->flags & YATA_ITEM_DELETED) && it->clock < yata_client_before(doc, it->client);
}

/* Calls `each` for the items that a range of a client's clocks begins in, until it returns something. */
static int for_items(struct plan *p, uint32_t client, uint64_t clock, uint64_t end,
                     int (*each)(struct plan *, uint32_t)) {
  const struct yata_client *c = &p->doc->clients[client];
  if (clock >= c->state) return 0;
  struct yata_pos pos = yata_index_find(c, (uint32_t)clock);
  do {
    uint32_t h = yata_index_at(c, pos);
    if (p->doc->items[h].clock >= end) break;
    if (p->doc->items[h].kind == YATA_WIRE_GC) continue;
    int r = each(p, h);
    if (r != 0) return r;
  } while (yata_index_next(c, &pos));
  return 0;
}

static int touches_text(struct plan *p, uint32_t h) {
  return is_touched_text(p->doc, p->doc->items[h].parent);
}

static bool is_needed(struct plan *p) {
  const struct yata_txn *txn = &p->doc->txn;
  const struct yata_ranges *deleted = &txn->deleted;
  for (uint32_t i = 0; i < txn->n_touched; i++) {
    const struct yata_touched *t = &txn->touched[i];
    if (for_items(p, t->client, t->before, UINT64_MAX, touches_text) != 0) return true;
  }
  for (uint32_t i = 0; i < deleted->n; i++) {
    const struct yata_range *r = &deleted->v[i];
    if (for_items(p, yata_client_find(p->doc, r->client), r->clock, r->clock + r->len, touches_text) != 0) return true;
  }
  return false;
}

/* ---- finding ------------------------------------------------------------------------------------ */

static int add_type(struct plan *p, uint32_t type) {
  struct yata_doc *doc = p->doc;
  if (doc->types[type].flags & YATA_TYPE_TIDY) return 0;
  YATA_TRY(yata_mem_grow(&doc->mem, &p->types, &p->cap_types, (size_t)p->n_types + 1, sizeof(*p->types)));
  p->types[p->n_types++] = type;
  doc->types[type].flags |= YATA_TYPE_TIDY;
  return 0;
}

static int note_format(struct plan *p, uint32_t h) {
  const struct yata_item *it = &p->doc->items[h];
  return it->kind == YATA_WIRE_FORMAT && !(it->flags & YATA_ITEM_DELETED) ? add_type(p, it->parent) : 0;
}

static int doom(struct yata_doc *doc, uint32_t h) {
  struct yata_txn *txn = &doc->txn;
  YATA_TRY(yata_mem_grow(&doc->mem, &txn->doomed, &txn->cap_doomed, (size_t)txn->n_doomed + 1, sizeof(*txn->doomed)));
  txn->doomed[txn->n_doomed++] = h;
  doc->items[h].flags |= YATA_ITEM_DOOMED;
  return 0;
}

static bool in_gap(const struct yata_doc *doc, uint32_t h) {
  return h != 0 && !yata_item_counts(&doc->items[h]);
}

/* Of a gap between visible units, from its last item on leftwards: of each key the last format stays. At the start of
 * a text what sets nothing goes, too. */
static int find_in_gap(struct plan *p, uint32_t last, bool at_start) {
  struct yata_doc *doc = p->doc;
  p->seen.n = 0;
  for (uint32_t h = last; in_gap(doc, h); h = doc->items[h].left) {
    struct yata_item *it = &doc->items[h];
    YATA_TRY(charge(doc, 1));
    it->flags |= YATA_ITEM_WALKED;
    if (it->kind != YATA_WIRE_FORMAT || (it->flags & (YATA_ITEM_DELETED | YATA_ITEM_DOOMED))) continue;
    uint32_t at;
    struct yata_format f = yata_format_of(doc, h);
    YATA_TRY(yata_formats_find(doc, &p->seen, f.key, &at));
    bool twice = at != YATA_NO_FORMAT;
    if (!twice) YATA_TRY(yata_formats_set(doc, &p->seen, f));
    if (twice || (at_start && yata_format_is_null(f))) YATA_TRY(doom(doc, h));
  }
  return 0;
}

static int find_around(struct plan *p, uint32_t h) {
  struct yata_doc *doc = p->doc;
  if (doc->items[h].flags & YATA_ITEM_WALKED) return 0;
  while (in_gap(doc, doc->items[h].right)) {
    YATA_TRY(charge(doc, 1));
    h = doc->items[h].right;
  }
  YATA_TRY(yata_mem_grow(&doc->mem, &p->gaps, &p->cap_gaps, (size_t)p->n_gaps + 1, sizeof(*p->gaps)));
  p->gaps[p->n_gaps++] = h;
  return find_in_gap(p, h, false);
}

static int visit_deleted(struct plan *p, uint32_t h) {
  const struct yata_item *it = &p->doc->items[h];
  const struct yata_typ *t = &p->doc->types[it->parent];
  if (!(t->flags & YATA_TYPE_FORMATTED) || (t->flags & YATA_TYPE_TIDY)) return 0;
  return it->kind == YATA_WIRE_FORMAT ? add_type(p, it->parent) : find_around(p, h);
}

/* From that place to the end. */
static void reverse_from(uint32_t *v, uint32_t from, uint32_t n) {
  for (; from + 1 < n; from++, n--) {
    uint32_t swap = v[from];
    v[from] = v[n - 1];
    v[n - 1] = swap;
  }
}

/* Yjs looks for them from the last on, but deletes them from the first on. */
static int find_at_start(struct plan *p, uint32_t type) {
  struct yata_doc *doc = p->doc;
  uint32_t h = doc->types[type].start, last = 0;
  for (; in_gap(doc, h); h = doc->items[h].right) {
    YATA_TRY(charge(doc, 1));
    last = h;
  }
  if (h == 0 || last == 0) return 0;
  YATA_TRY(yata_mem_grow(&doc->mem, &p->gaps, &p->cap_gaps, (size_t)p->n_gaps + 1, sizeof(*p->gaps)));
  p->gaps[p->n_gaps++] = last;
  uint32_t doomed = doc->txn.n_doomed;
  YATA_TRY(find_in_gap(p, last, true));
  reverse_from(doc->txn.doomed, doomed, doc->txn.n_doomed);
  return 0;
}

/* ---- the order ---------------------------------------------------------------------------------- */

static int rank_of(struct plan *p, uint64_t client, uint32_t *out) {
  for (*out = p->n_clients; *out > 0; --*out)
    if (p->clients[*out - 1] == client) return charge(p->doc, p->n_clients - *out);
  YATA_TRY(charge(p->doc, p->n_clients));
  YATA_TRY(yata_mem_grow(&p->doc->mem, &p->clients, &p->cap_clients, (size_t)p->n_clients + 1, sizeof(*p->clients)));
  p->clients[p->n_clients++] = client;
  *out = p->n_clients;
  return 0;
}

static int compare_turns(const void *a, const void *b) {
  const struct turn *x = a, *y = b;
  if (x->rank != y->rank) return x->rank < y->rank ? -1 : 1;
  return (x->range.clock > y->range.clock) - (x->range.clock < y->range.clock);
}

static int take_turns(struct plan *p) {
  const struct yata_ranges *deleted = &p->doc->txn.deleted;
  YATA_TRY(yata_mem_grow(&p->doc->mem, &p->turns, &p->cap_turns, deleted->n, sizeof(*p->turns)));
  for (uint32_t i = 0; i < deleted->n; i++) {
    struct turn t = {.range = deleted->v[i]};
    YATA_TRY(rank_of(p, t.range.client, &t.rank));
    p->turns[p->n_turns++] = t;
  }
  if (p->n_turns > 1) qsort(p->turns, p->n_turns, sizeof(*p->turns), compare_turns);
  return 0;
}

/* ---- all of it ---------------------------------------------------------------------------------- */

static int make(struct plan *p) {
  YATA_TRY(yata_clients_grown(p->doc, &p->grown, &p->n_grown, &p->cap_grown));
  for (uint32_t i = 0; i < p->n_grown; i++)
    YATA_TRY(for_items(p, p->grown[i], yata_client_before(p->doc, p->grown[i]), UINT64_MAX, note_format));
  YATA_TRY(take_turns(p));
  for (uint32_t i = 0; i < p->n_turns; i++) {
    const struct yata_range *r = &p->turns[i].range;
    YATA_TRY(for_items(p, yata_client_find(p->doc, r->client), r->clock, r->clock + r->len, visit_deleted));
  }
  for (uint32_t i = 0; i < p->n_types; i++) YATA_TRY(find_at_start(p, p->types[i]));
  struct yata_txn *txn = &p->doc->txn;
  return yata_mem_grow(&p->doc->mem, &txn->tidied.v, &txn->tidied.cap, txn->n_doomed, sizeof(*txn->tidied.v));
}

static void unmark(struct plan *p) {
  struct yata_doc *doc = p->doc;
  for (uint32_t i = 0; i < p->n_types; i++) doc->types[p->types[i]].flags &= (uint8_t)~YATA_TYPE_TIDY;
  for (uint32_t i = 0; i < p->n_gaps; i++)
    for (uint32_t h = p->gaps[i]; h != 0 && (doc->items[h].flags & YATA_ITEM_WALKED); h = doc->items[h].left)
      doc->items[h].flags &= (uint8_t)~YATA_ITEM_WALKED;
}

static void plan_deinit(struct plan *p) {
  struct yata_mem *mem = &p->doc->mem;
  yata_mem_drop(mem, &p->turns, &p->cap_turns, sizeof(*p->turns));
  yata_mem_drop(mem, &p->clients, &p->cap_clients, sizeof(*p->clients));
  yata_mem_drop(mem, &p->grown, &p->cap_grown, sizeof(*p->grown));
  yata_mem_drop(mem, &p->types, &p->cap_types, sizeof(*p->types));
  yata_mem_drop(mem, &p->gaps, &p->cap_gaps, sizeof(*p->gaps));
  yata_formats_deinit(p->doc, &p->seen);
}

int yata_tidy_plan(struct yata_doc *doc) {
  struct plan p = {.doc = doc};
  if (!doc->formatted || !is_needed(&p)) return 0;
  doc->txn.steps = 0;
  int err = make(&p);
  unmark(&p);
  plan_deinit(&p);
  if (err < 0) yata_tidy_drop(doc);
  return err == YATA_ERR_LIMIT ? 0 : err;
}

void yata_tidy_drop(struct yata_doc *doc) {
  struct yata_txn *txn = &doc->txn;
  while (txn->n_doomed > 0) doc->items[txn->doomed[--txn->n_doomed]].flags &= (uint8_t)~YATA_ITEM_DOOMED;
}

void yata_tidy_perform(struct yata_doc *doc) {
  struct yata_txn *txn = &doc->txn;
  for (uint32_t i = 0; i < txn->n_doomed; i++) {
    struct yata_item *it = &doc->items[txn->doomed[i]];
    it->flags &= (uint8_t)~YATA_ITEM_DOOMED;
    yata_item_set_deleted(doc, it);
    txn->tidied.v[txn->tidied.n++] = (struct yata_range){doc->clients[it->client].id, it->clock, it->len};
  }
  txn->n_doomed = 0;
}

void yata_tidy_commit(struct yata_doc *doc) {
  struct yata_txn *txn = &doc->txn;
  struct yata_ranges tidied = txn->tidied, spare = txn->deleted;
  if (tidied.n == 0) return;
  const yata_cause cause = {NULL, txn->cause.time_ms};
  yata_txn_open(doc, true, &cause);
  txn->deleted = tidied;
  /* Without the memory to tell observers they are not told: the formats are gone. */
  bool told = doc->events != NULL && yata_events_prepare(doc) == 0;
  if (told) yata_events_deliver(doc);
  yata_cleanup(doc);
  if (told) yata_events_encode(doc);
  txn->tidied = txn->deleted;
  txn->deleted = spare;
  yata_txn_close(doc);
  if (told) yata_events_finish(doc);
}

int yata_tidied(const yata_doc *doc, yata_buf *out) {
  size_t at = out->len;
  if (doc->txn.open) return YATA_ERR_STATE;
  if (doc->txn.tidied.n == 0) return 0;
  int err = yata_buf_put_uint(out, 0);
  if (err == 0) err = yata_encode_ranges(&doc->txn.tidied, out);
  if (err < 0) out->len = at;
  return err;
}
