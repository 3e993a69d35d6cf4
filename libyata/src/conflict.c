/* SPDX-License-Identifier: MIT */
/* YATA: where an item goes among those that were inserted at the same place. */
#include "integrate.h"

/* ---- the set of items seen between origin and right origin ---------------------------------- */

/* Open addressing over doc->seen: pairs (item, round). An item is in itemsBeforeOrigin when it is
 * there at all, and in conflictingItems when its round is the current one. */
struct seen {
  uint32_t n, round;
};

static uint32_t *seen_slot(const struct yata_doc *doc, uint32_t h) {
  uint32_t mask = doc->cap_seen / 2 - 1, i = h * 2654435761u & mask;
  while (doc->seen[2 * i] != 0 && doc->seen[2 * i] != h) i = (i + 1) & mask;
  return &doc->seen[2 * i];
}

static int seen_grow(struct yata_doc *doc) {
  uint32_t old_cap = doc->cap_seen, cap = old_cap ? old_cap * 2 : 64;
  uint32_t *old = doc->seen;
  uint32_t *fresh = yata_mem_resize(&doc->mem, NULL, 0, cap * sizeof(*fresh));
  if (fresh == NULL) return YATA_ERR_NOMEM;
  memset(fresh, 0, cap * sizeof(*fresh));
  doc->seen = fresh;
  doc->cap_seen = cap;
  for (uint32_t i = 0; i < old_cap; i += 2) {
    if (old[i] == 0) continue;
    uint32_t *slot = seen_slot(doc, old[i]);
    slot[0] = old[i];
    slot[1] = old[i + 1];
  }
  yata_mem_resize(&doc->mem, old, old_cap * sizeof(*old), 0);
  return 0;
}

static int seen_add(struct yata_doc *doc, struct seen *seen, uint32_t h) {
  if (seen->n == 0 && doc->cap_seen > 0) memset(doc->seen, 0, doc->cap_seen * sizeof(*doc->seen));
  if (seen->n * 4 >= doc->cap_seen) YATA_TRY(seen_grow(doc));
  uint32_t *slot = seen_slot(doc, h);
  slot[0] = h;
  slot[1] = seen->round;
  seen->n++;
  return 0;
}

static int step(struct yata_doc *doc) {
  return ++doc->txn.steps > doc->max_steps ? YATA_ERR_LIMIT : 0;
}

/* The first item of a key's chain. */
static int chain_start(struct yata_doc *doc, uint32_t parent, uint32_t key, uint32_t *out) {
  uint32_t o = yata_ent_get(doc, parent, key);
  while (o != 0 && doc->items[o].left != 0) {
    o = doc->items[o].left;
    YATA_TRY(step(doc));
  }
  *out = o;
  return 0;
}

int yata_list_start(struct yata_doc *doc, const struct yata_new *n, uint32_t *out) {
  if (n->key != 0) return chain_start(doc, n->parent, n->key, out);
  *out = doc->types[n->parent].start;
  return 0;
}

static bool same_origin(const struct yata_new *n, const struct yata_item *o) {
  return n->origin == o->origin && (n->origin == 0 || n->origin_clock == o->origin_clock);
}

/* Note all that was scanned before `end`; the ones after `left` are still in conflict. */
static int seen_all(struct yata_doc *doc, struct seen *seen, uint32_t first, uint32_t left, uint32_t end) {
  bool passed = false;
  for (uint32_t o = first; o != end && !passed; o = doc->items[o].right) passed = o == left;
  seen->round = passed ? 0 : 1;
  for (uint32_t o = first; o != end; o = doc->items[o].right) {
    YATA_TRY(seen_add(doc, seen, o));
    if (o == left) seen->round++;
  }
  return 0;
}

/* Does the unit belong to the item? */
static bool holds(const struct yata_item *it, uint32_t origin, uint32_t clock) {
  return it->client + 1 == origin && clock - it->clock < it->len;
}

enum standing { NOT_SEEN, SETTLED, IN_CONFLICT };

/* How the origin of `o`, which is being scanned, stands. Most often it is the item right before. Only when it is not
 * is the set of all that was scanned made. */
static int origin_standing(struct yata_doc *doc, struct seen *seen, uint32_t first, uint32_t left, uint32_t o,
                           enum standing *out) {
  const struct yata_item *it = &doc->items[o];
  if (o != first && holds(&doc->items[it->left], it->origin, it->origin_clock)) {
    *out = it->left == left ? SETTLED : IN_CONFLICT;
    return 0;
  }
  if (seen->n == 0) {
    YATA_TRY(seen_all(doc, seen, first, left, o));
    YATA_TRY(seen_add(doc, seen, o));
  }
  const uint32_t *slot = seen_slot(doc, yata_index_lookup(doc, it->origin - 1, it->origin_clock));
  *out = slot[0] == 0 ? NOT_SEEN : slot[1] == seen->round ? IN_CONFLICT : SETTLED;
  return 0;
}

int yata_resolve(struct yata_doc *doc, const struct yata_new *n, uint32_t *left_out) {
  struct seen seen = {0, 1};
  uint32_t left = n->left, o;
  uint64_t id = doc->clients[n->client].id;
  if (left != 0)
    o = doc->items[left].right;
  else
    YATA_TRY(yata_list_start(doc, n, &o));
  for (uint32_t first = o; o != 0 && o != n->right; o = doc->items[o].right) {
    const struct yata_item *it = &doc->items[o];
    YATA_TRY(step(doc));
    if (seen.n > 0) YATA_TRY(seen_add(doc, &seen, o));
    if (same_origin(n, it)) {
      if (doc->clients[it->client].id >= id) {
        if (yata_same_ror(n, it)) break;
        continue;
      }
    } else {
      enum standing standing;
      if (it->origin == 0) break;
      YATA_TRY(origin_standing(doc, &seen, first, left, o, &standing));
      if (standing == NOT_SEEN) break;
      if (standing == IN_CONFLICT) continue;
    }
    left = o;
    seen.round++;
  }
  /* Clearing a large set costs as much as filling it: the next one starts small again. */
  if (doc->cap_seen > 4096) yata_mem_drop(&doc->mem, &doc->seen, &doc->cap_seen, sizeof(*doc->seen));
  *left_out = left;
  return 0;
}
