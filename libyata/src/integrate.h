/* SPDX-License-Identifier: MIT */
/* Changing the list of items, exactly as Yjs does: split, integrate, delete. */
#ifndef YATA_INTEGRATE_H
#define YATA_INTEGRATE_H

#include "store.h"

/** Split an item; *right is its part from `diff` on. */
YATA_CHECKED int yata_split(struct yata_doc *doc, uint32_t h, uint32_t diff, uint32_t *right);
/** The item that begins at the clock, split off if it has to be; a GC struct as it is. */
YATA_CHECKED int yata_clean_start(struct yata_doc *doc, uint32_t client, uint32_t clock, uint32_t *out);
/** Split the item that holds this unit and the one before, if cleaning up will not make the two parts what it was: it
 * was redone, or a surrogate pair is parted. Both units are there. */
YATA_CHECKED int yata_split_for_good(struct yata_doc *doc, uint32_t client, uint32_t clock);
/** The item that ends at the clock. */
YATA_CHECKED int yata_clean_end(struct yata_doc *doc, uint32_t client, uint32_t clock, uint32_t *out);

/** What a new item is, before it is integrated. */
struct yata_new {
  uint32_t client, clock, len;
  uint32_t left, right; /* items; 0 */
  uint32_t origin, origin_clock, ror, ror_clock;
  uint32_t parent, key; /* parent 0: it becomes a GC struct */
  uint8_t kind;
  yata_slice content;       /* STRING: UTF-8; values: as on the wire, one after the other */
  enum yata_kind type_kind; /* TYPE */
  yata_slice type_name;
  uint32_t skip; /* leading units of the content that are left out */
};

/** The first item of the list, or of the key's chain, that the new one goes into; 0: none. */
YATA_CHECKED int yata_list_start(struct yata_doc *doc, const struct yata_new *n, uint32_t *out);

/** The item behind which it goes among those between its origins; 0: it is the first. YATA_ERR_LIMIT: that takes more
 *  than max_steps. */
YATA_CHECKED int yata_resolve(struct yata_doc *doc, const struct yata_new *n, uint32_t *left);

/** Have the two one right origin? */
static inline bool yata_same_ror(const struct yata_new *n, const struct yata_item *o) {
  return n->ror == o->ror && (n->ror == 0 || n->ror_clock == o->ror_clock);
}

/**
 * Put a new item where it belongs. Its clock must be its client's state.
 * *out (may be NULL) is the item; for text it may be a longer one that was extended.
 */
YATA_CHECKED int yata_integrate(struct yata_doc *doc, const struct yata_new *item, uint32_t *out);

/**
 * The short way for what large updates are made of: text, or what was deleted, between two items that were neighbours
 * when it was written and still are. `client`: its number, or YATA_NO_CLIENT.
 *
 * 1: it was integrated. 0: it has to go the long way (yata_integrate), nothing was done. YATA_ERR_NOMEM.
 */
YATA_CHECKED int yata_integrate_plain(struct yata_doc *doc, const struct yata_struct *st, uint32_t client);

/** Mark an item deleted, and all below it when it holds a type. */
YATA_CHECKED int yata_delete(struct yata_doc *doc, uint32_t h);

/** Append a range to the transaction's delete set. */
YATA_CHECKED int yata_ranges_add(struct yata_doc *doc, struct yata_ranges *ranges, uint64_t client, uint64_t clock,
                                 uint64_t len);
/** Sort by client (highest first) and clock, and join what touches. */
void yata_ranges_sort(struct yata_ranges *ranges);

/** Garbage-collect and merge after a transaction, as Yjs does. Cannot fail. */
void yata_cleanup(struct yata_doc *doc);
/**
 * The same after a change made without a transaction: `client` got one item (YATA_NO_CLIENT: none did),
 * `deleted` (may be NULL) was deleted, and what was split is in txn.splits.
 */
void yata_cleanup_quick(struct yata_doc *doc, uint32_t client, const struct yata_range *deleted);

/** Is r, an item of the same client, what came behind l from the first? */
static inline bool yata_item_follows(const struct yata_item *l, const struct yata_item *r) {
  return r->origin == l->client + 1 && r->origin_clock == l->clock + l->len - 1 && l->ror == r->ror &&
         (l->ror == 0 || l->ror_clock == r->ror_clock);
}

/** Would Yjs merge r into l, its neighbour in the client's index? */
bool yata_item_mergeable(const struct yata_item *l, uint32_t rh, const struct yata_item *r);

#endif
