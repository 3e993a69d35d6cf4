/* SPDX-License-Identifier: MIT */
/* Which types and keys the open transaction changed: found afterwards, from its new structs and its
 * delete set, so that making changes costs nothing. */
#include "events.h"
#include "integrate.h"

uint32_t yata_units_before(const struct yata_doc *doc, const struct yata_item *it) {
  uint32_t before = yata_client_before(doc, it->client);
  if (before <= it->clock) return 0;
  return before - it->clock < it->len ? before - it->clock : it->len;
}

bool yata_txn_deletes(const struct yata_doc *doc, uint32_t client, uint32_t clock) {
  const struct yata_ranges *r = &doc->txn.deleted;
  uint64_t id = doc->clients[client].id;
  uint32_t lo = 0, hi = r->n;
  while (lo < hi) { /* highest client first */
    uint32_t mid = lo + (hi - lo) / 2;
    if (r->v[mid].client > id || (r->v[mid].client == id && r->v[mid].clock <= clock))
      lo = mid + 1;
    else
      hi = mid;
  }
  return lo > 0 && r->v[lo - 1].client == id && clock < r->v[lo - 1].clock + r->v[lo - 1].len;
}

/* ---- changed types ---------------------------------------------------------------------------- */

static uint32_t slot_of(const struct yata_events *ev, uint32_t type) {
  return (type * 2654435761u) & (ev->cap_hash - 1);
}

static int grow_hash(struct yata_doc *doc) {
  struct yata_events *ev = doc->events;
  if (ev->n_changed < ev->cap_hash) return 0;
  uint32_t cap = ev->cap_hash ? ev->cap_hash * 2 : 16;
  uint32_t *hash = yata_mem_resize(&doc->mem, ev->hash, ev->cap_hash * sizeof(*hash), cap * sizeof(*hash));
  if (hash == NULL) return YATA_ERR_NOMEM;
  memset(hash, 0, cap * sizeof(*hash));
  ev->hash = hash;
  ev->cap_hash = cap;
  for (uint32_t i = 0; i < ev->n_changed; i++) {
    uint32_t *head = &hash[slot_of(ev, ev->changed[i].type)];
    ev->changed[i].next_hash = *head;
    *head = i + 1;
  }
  return 0;
}

static int charge(struct yata_doc *doc) {
  return ++doc->txn.steps > doc->max_steps ? YATA_ERR_LIMIT : 0;
}

/* The number of types above it. */
static int depth_of(struct yata_doc *doc, uint32_t type, uint32_t *depth) {
  *depth = 0;
  for (uint32_t item = doc->types[type].item; item != 0; item = doc->types[doc->items[item].parent].item) {
    ++*depth;
    YATA_TRY(charge(doc));
  }
  return 0;
}

/* Types that are new, deleted, or of no known kind have no events. */
static bool has_events(const struct yata_doc *doc, uint32_t type) {
  const struct yata_typ *t = &doc->types[type];
  if (t->kind == YATA_KIND_NONE) return false;
  if (t->item == 0) return true;
  const struct yata_item *holder = &doc->items[t->item];
  return !(holder->flags & YATA_ITEM_DELETED) && yata_units_before(doc, holder) > 0;
}

static int find_changed(struct yata_doc *doc, uint32_t type, struct yata_event **out) {
  struct yata_events *ev = doc->events;
  *out = NULL;
  if (ev->n_changed > 0) {
    uint32_t i = ev->hash[slot_of(ev, type)];
    while (i != 0 && ev->changed[i - 1].type != type) i = ev->changed[i - 1].next_hash;
    if (i != 0) *out = &ev->changed[i - 1];
  }
  if (*out != NULL || !has_events(doc, type)) return 0;
  uint32_t depth;
  YATA_TRY(depth_of(doc, type, &depth));
  YATA_TRY(grow_hash(doc));
  YATA_TRY(yata_mem_grow(&doc->mem, &ev->changed, &ev->cap_changed, (size_t)ev->n_changed + 1, sizeof(*ev->changed)));
  uint32_t *head = &ev->hash[slot_of(ev, type)];
  *out = &ev->changed[ev->n_changed++];
  **out = (struct yata_event){.doc = doc, .type = type, .current = type, .depth = depth, .next_hash = *head};
  *head = ev->n_changed;
  return 0;
}

/* Keys may be listed more than once: those that ask see each only once. */
static int note_key(struct yata_doc *doc, struct yata_event *e, uint32_t key) {
  struct yata_events *ev = doc->events;
  if (e->last_key != 0 && ev->keys[e->last_key - 1].key == key) return 0;
  YATA_TRY(yata_mem_grow(&doc->mem, &ev->keys, &ev->cap_keys, (size_t)ev->n_keys + 1, sizeof(*ev->keys)));
  ev->keys[ev->n_keys++] = (struct yata_changed_key){.key = key};
  if (e->last_key != 0)
    ev->keys[e->last_key - 1].next = ev->n_keys;
  else
    e->keys = ev->n_keys;
  e->last_key = ev->n_keys;
  return 0;
}

static int note_items(struct yata_doc *doc, uint32_t client, uint32_t clock, uint64_t end) {
  const struct yata_client *c = &doc->clients[client];
  struct yata_pos pos = yata_index_find(c, clock);
  uint32_t last = 0; /* of a run of one list, only the first is looked up */
  do {
    const struct yata_item *it = yata_item_at(doc, yata_index_at(c, pos));
    if (it->clock >= end) break;
    if (it->parent == 0 || (it->key == 0 && it->parent == last)) continue;
    struct yata_event *e;
    YATA_TRY(find_changed(doc, it->parent, &e));
    last = it->key == 0 ? it->parent : last;
    if (e == NULL) continue;
    if (it->key != 0)
      YATA_TRY(note_key(doc, e, it->key));
    else
      e->list = true;
  } while (yata_index_next(c, &pos));
  return 0;
}

static void reset(struct yata_doc *doc) {
  struct yata_events *ev = doc->events;
  for (uint32_t i = 0; i < ev->n_changed; i++) ev->hash[slot_of(ev, ev->changed[i].type)] = 0;
  ev->n_changed = ev->n_keys = ev->n_gathered = ev->n_buckets = 0;
}

int yata_changes_find(struct yata_doc *doc) {
  const struct yata_txn *txn = &doc->txn;
  reset(doc);
  for (uint32_t i = 0; i < txn->n_touched; i++) {
    const struct yata_touched *t = &txn->touched[i];
    if (doc->clients[t->client].state > t->before) YATA_TRY(note_items(doc, t->client, t->before, UINT64_MAX));
  }
  for (uint32_t i = 0; i < txn->deleted.n; i++) {
    const struct yata_range *r = &txn->deleted.v[i];
    YATA_TRY(note_items(doc, yata_client_find(doc, r->client), (uint32_t)r->clock, r->clock + r->len));
  }
  return 0;
}

/* ---- what deep observers get -------------------------------------------------------------------- */

static struct yata_bucket *find_bucket(const struct yata_events *ev, uint32_t type) {
  for (uint32_t i = 0; i < ev->n_buckets; i++)
    if (ev->buckets[i].type == type) return &ev->buckets[i];
  return NULL;
}

static bool has_deep(const struct yata_events *ev, uint32_t type) {
  for (uint32_t i = 0; i < ev->n; i++)
    if (ev->observers[i].what == YATA_OF_DEEP && ev->observers[i].type.slot == type) return true;
  return false;
}

/* Visit the types with deep observers above an event: count its events, or, when `fill`, put it in. */
static int visit_above(struct yata_doc *doc, const struct yata_event *e, bool fill) {
  struct yata_events *ev = doc->events;
  for (uint32_t t = e->type;; t = doc->items[doc->types[t].item].parent) {
    YATA_TRY(charge(doc));
    struct yata_bucket *b = find_bucket(ev, t);
    if (b != NULL) {
      if (fill) ev->gathered[b->first + b->n] = e;
      b->n++;
      ev->n_gathered += !fill;
    } else if (!fill && has_deep(ev, t)) {
      YATA_TRY(
          yata_mem_grow(&doc->mem, &ev->buckets, &ev->cap_buckets, (size_t)ev->n_buckets + 1, sizeof(*ev->buckets)));
      ev->buckets[ev->n_buckets++] = (struct yata_bucket){t, 0, 1};
      ev->n_gathered++;
    }
    if (doc->types[t].item == 0) return 0;
  }
}

/* A merge sort, bottom up: stable, as that of Yjs. `scratch` has as much room. */
static void sort_by_depth(const struct yata_event **v, const struct yata_event **scratch, uint32_t n) {
  for (uint32_t width = 1; width < n; width *= 2) {
    for (uint32_t i = 0; i < n; i += 2 * width) {
      uint32_t l = i, mid = i + width < n ? i + width : n, r = mid, end = mid + width < n ? mid + width : n;
      for (uint32_t k = i; k < end; k++)
        scratch[k] = l < mid && (r == end || v[l]->depth <= v[r]->depth) ? v[l++] : v[r++];
    }
    memcpy(v, scratch, n * sizeof(*v));
  }
}

int yata_changes_gather(struct yata_doc *doc) {
  struct yata_events *ev = doc->events;
  uint32_t first = 0;
  if (ev->count[YATA_OF_DEEP] == 0) return 0;
  for (uint32_t i = 0; i < ev->n_changed; i++) YATA_TRY(visit_above(doc, &ev->changed[i], false));
  /* Twice as many: the second half is for sorting. */
  YATA_TRY(
      yata_mem_grow(&doc->mem, &ev->gathered, &ev->cap_gathered, (size_t)ev->n_gathered * 2, sizeof(*ev->gathered)));
  for (uint32_t i = 0; i < ev->n_buckets; i++) {
    ev->buckets[i].first = first;
    first += ev->buckets[i].n;
    ev->buckets[i].n = 0;
  }
  for (uint32_t i = 0; i < ev->n_changed; i++) YATA_TRY(visit_above(doc, &ev->changed[i], true));
  for (uint32_t i = 0; i < ev->n_buckets; i++)
    sort_by_depth(ev->gathered + ev->buckets[i].first, ev->gathered + ev->n_gathered, ev->buckets[i].n);
  return 0;
}

/* ---- afterwards --------------------------------------------------------------------------------- */

static void forget(struct yata_doc *doc, struct yata_event *e) {
  for (uint32_t i = 0; i < e->n_changes; i++) yata_value_deinit(&e->changes[i].old);
  yata_mem_drop(&doc->mem, &e->steps, &e->cap_steps, sizeof(*e->steps));
  yata_mem_drop(&doc->mem, &e->changes, &e->cap_changes, sizeof(*e->changes));
  if (e->delta != NULL) {
    yata_delta_deinit(doc, e->delta);
    yata_mem_resize(&doc->mem, e->delta, sizeof(*e->delta), 0);
  }
}

void yata_changes_forget(struct yata_doc *doc) {
  struct yata_events *ev = doc->events;
  for (uint32_t i = 0; i < ev->n_changed; i++) forget(doc, &ev->changed[i]);
  reset(doc);
}
