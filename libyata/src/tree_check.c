/* SPDX-License-Identifier: MIT */
/* Does each tree say what its list says? */
#include "tree_node.h"

#define MUST(condition)                                                                                                \
  do {                                                                                                                 \
    if (!(condition)) return YATA_ERR_CORRUPT;                                                                         \
  } while (0)

/* What of the item's units the nodes do not have yet. */
static uint32_t late_units(const struct yata_doc *doc, uint32_t h) {
  return doc->trees.late == h ? doc->trees.late_units : 0;
}

/* What the tree says of the items is what they are: *h is the first one, then the one behind. */
static int check_leaf(const struct yata_doc *doc, uint32_t n, uint32_t *h) {
  const struct yata_node *leaf = node_of(doc, n);
  for (uint32_t i = 0; i < leaf->n; i++) {
    MUST(*h != 0 && leaf->child[i] == *h && *h < doc->trees.cap_leaf && doc->trees.leaf[*h] == n);
    MUST(leaf->units[i] + late_units(doc, *h) == visible(&doc->items[*h]));
    MUST(doc->items[*h].kind != YATA_WIRE_FORMAT || (leaf->formats >> i & 1));
    *h = doc->items[*h].right;
  }
  return 0;
}

static int check_node(const struct yata_doc *doc, uint32_t n, uint32_t *h, uint32_t *nodes) {
  const struct yata_node *node = node_of(doc, n);
  MUST(node->n > 0 && node->n <= YATA_NODE_MAX && node->hot < YATA_NODE_MAX && ++*nodes <= doc->trees.used);
  MUST(node->formats >> node->n == 0);
  for (uint32_t i = node->n; i < YATA_NODE_MAX; i++) MUST(node->child[i] == 0 && node->units[i] == 0);
  if (node->level == 0) return check_leaf(doc, n, h);
  for (uint32_t i = 0; i < node->n; i++) {
    uint32_t child = node->child[i];
    MUST(child != 0 && child < doc->trees.n && node_of(doc, child)->parent == n && node_of(doc, child)->slot == i);
    MUST(node_of(doc, child)->level + 1 == node->level && node->units[i] == sum(node_of(doc, child)));
    MUST(node_of(doc, child)->formats == 0 || (node->formats >> i & 1));
    if (check_node(doc, child, h, nodes) < 0) return YATA_ERR_CORRUPT;
  }
  return 0;
}

int yata_tree_check(const struct yata_doc *doc) {
  uint32_t nodes = 0, in_trees = 0, listed = 0;
  for (uint32_t t = 0; t < doc->n_types; t++) {
    uint32_t tree = doc->types[t].tree, h = doc->types[t].start;
    if (tree == 0) continue;
    MUST((doc->types[t].flags & YATA_TYPE_ALIVE) && tree < doc->trees.n && node_of(doc, tree)->parent == 0);
    if (check_node(doc, tree, &h, &nodes) < 0) return YATA_ERR_CORRUPT;
    const struct yata_trees *ts = &doc->trees;
    uint32_t late = doc->items[ts->late].parent == t ? ts->late_units : 0;
    MUST(h == 0 && sum(node_of(doc, tree)) + late == doc->types[t].length);
    for (h = doc->types[t].start; h != 0; h = doc->items[h].right) listed++;
  }
  for (uint32_t h = 0; h < doc->trees.cap_leaf; h++) in_trees += doc->trees.leaf[h] != 0;
  MUST(nodes == doc->trees.used && in_trees == listed);
  return 0;
}
