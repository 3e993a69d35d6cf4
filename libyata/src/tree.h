/* SPDX-License-Identifier: MIT */
/* Positions: an order-statistic tree over the items of a type's list.
 *
 * It is a cache: built when a position is first looked for in a long list, kept up from there by
 * whatever changes the list, undoing included. Where keeping it up lacks memory all trees are
 * dropped, and built again when needed. So nothing here fails, and none of it is journalled. */
#ifndef YATA_TREE_H
#define YATA_TREE_H

#include "model.h"

/** Build the type's tree if there is none. False: no memory, or an empty list; then walk. */
bool yata_tree_build(struct yata_doc *doc, uint32_t type);
/** The visible item that holds the unit before `index` (1 .. length), and where it starts. Needs a tree. */
uint32_t yata_tree_seek(struct yata_doc *doc, uint32_t type, uint32_t index, uint32_t *start);
/** How many visible units stand before an item of the list. Needs a tree. */
uint32_t yata_tree_index(struct yata_doc *doc, uint32_t h);

/** The last item. Needs a tree. */
uint32_t yata_tree_last(const struct yata_doc *doc, uint32_t type);

/** The item's leaf; 0: it is in no tree. Most often that is where a position was looked for last. What is not in use in
 * a node is 0, in one that is free, too. */
static inline uint32_t yata_leaf_of(const struct yata_doc *doc, uint32_t h) {
  const struct yata_trees *ts = &doc->trees;
  if (ts->spot.item == h && h != 0) {
    const struct yata_node *leaf = &ts->nodes[ts->spot.leaf];
    if (leaf->child[leaf->hot] == h) return ts->spot.leaf;
  }
  return h < ts->cap_leaf ? ts->leaf[h] : 0;
}

/** A way through the formats of a list. */
struct yata_way {
  uint32_t node, slot;
  uint32_t end[32]; /* by level: what holds the last item, and where */
  uint8_t end_slot[32];
};
/** From behind `h` (0: from the start) to `last`, which stands there or later. Needs a tree. */
void yata_way_begin(struct yata_doc *doc, uint32_t h, uint32_t last, struct yata_way *w);
/** The next item that is a format, or was; 0: there is no more. */
uint32_t yata_way_next(const struct yata_doc *doc, struct yata_way *w);

/* Each of these does nothing for an item of a map or of a list without a tree. */

/** The item was linked into its list, or split off its left neighbour (whose length is already cut). */
void yata_tree_linked(struct yata_doc *doc, uint32_t h);
void yata_tree_split_off(struct yata_doc *doc, uint32_t h);
void yata_tree_settle(struct yata_doc *doc);
/** From now on this item's growing is kept aside. False: it is in no tree. */
bool yata_tree_turn(struct yata_doc *doc, uint32_t h);

/**
 * The item's visible length grew; `units` modulo 2^32: it shrank. Typing does this to one item again and again:
 * what the last one grew by goes to the nodes when another one grows, or a position is looked for.
 */
static inline void yata_tree_grown(struct yata_doc *doc, uint32_t h, uint32_t units) {
  struct yata_trees *ts = &doc->trees;
  if (h >= ts->cap_leaf || (ts->late != h && !yata_tree_turn(doc, h))) return;
  ts->late_units += units;
}
/** What its client writes on goes to the end of its last item: lengths and state, the text being there already. */
static inline void yata_run_grown(struct yata_doc *doc, uint32_t h, uint32_t units) {
  struct yata_item *it = &doc->items[h];
  it->len += units;
  doc->types[it->parent].length += units;
  doc->clients[it->client].state += units;
  yata_tree_grown(doc, h, units);
}
/** So many live units of the item go, to its deleted neighbour or with it: length and positions; the item is as before.
 */
static inline void yata_run_shrunk(struct yata_doc *doc, uint32_t h, uint32_t units) {
  doc->types[doc->items[h].parent].length -= units;
  yata_tree_grown(doc, h, 0u - units);
}
/** The item is about to be merged into its left neighbour; both are as they were. */
void yata_tree_merging(struct yata_doc *doc, uint32_t left, uint32_t h);
/** The item is about to go: its making is undone. */
void yata_tree_unlinked(struct yata_doc *doc, uint32_t h);

/** Forget the type's tree, when its list goes. */
void yata_tree_drop(struct yata_doc *doc, uint32_t type);
/** Forget all trees and free their memory. */
void yata_tree_drop_all(struct yata_doc *doc);

/** Verify all trees: 0 or YATA_ERR_CORRUPT. */
YATA_CHECKED int yata_tree_check(const struct yata_doc *doc);

#endif
