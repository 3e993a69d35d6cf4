/* SPDX-License-Identifier: MIT */
/* What the parts of the position tree share. */
#ifndef YATA_TREE_NODE_H
#define YATA_TREE_NODE_H

#include "tree.h"

/* Children of a node of a new tree, and at most of two that are joined. */
#define YATA_NODE_FILL 28u

/** A new node at a level, without children. 0 or an error. */
YATA_CHECKED int yata_node_new(struct yata_doc *doc, uint32_t level, uint32_t *out);
void yata_node_free(struct yata_doc *doc, uint32_t n);
/** Room to say which leaf an item is in. */
YATA_CHECKED int yata_leaf_reserve(struct yata_doc *doc, uint32_t h);
/** Put a child into a node that has room. The units of those above contain the child's already. */
void yata_node_put(struct yata_doc *doc, uint32_t n, uint32_t slot, uint32_t child, uint32_t units);

static inline struct yata_node *node_of(const struct yata_doc *doc, uint32_t n) {
  return &doc->trees.nodes[n];
}

static inline uint32_t visible(const struct yata_item *it) {
  return yata_item_counts(it) ? it->len : 0;
}

static inline uint32_t sum(const struct yata_node *node) {
  uint32_t units = 0;
  for (uint32_t i = 0; i < YATA_NODE_MAX; i++) units += node->units[i];
  return units;
}

/** Which of its children that is. */
static inline uint32_t yata_node_slot(struct yata_node *node, uint32_t child) {
  if (node->child[node->hot] == child) return node->hot;
  uint32_t slot = 0;
  for (uint32_t i = 1; i < YATA_NODE_MAX; i++) slot += node->child[i] == child ? i : 0;
  node->hot = (uint8_t)slot;
  return slot;
}

#endif
