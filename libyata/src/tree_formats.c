/* SPDX-License-Identifier: MIT */
/* Going through the formats of a list: by the tree, past all below which there is none. */
#include "tree_node.h"

void yata_way_begin(struct yata_doc *doc, uint32_t h, uint32_t last, struct yata_way *w) {
  uint32_t n = yata_leaf_of(doc, last), slot = yata_node_slot(node_of(doc, n), last);
  for (;;) {
    const struct yata_node *node = node_of(doc, n);
    w->end[node->level] = n;
    w->end_slot[node->level] = (uint8_t)slot;
    if (node->parent == 0) break;
    slot = node->slot;
    n = node->parent;
  }
  w->node = h != 0 ? yata_leaf_of(doc, h) : n;
  w->slot = h != 0 ? yata_node_slot(node_of(doc, w->node), h) + 1 : 0;
}

uint32_t yata_way_next(const struct yata_doc *doc, struct yata_way *w) {
  for (;;) {
    const struct yata_node *node = node_of(doc, w->node);
    bool last = w->end[node->level] == w->node;
    uint32_t behind = last ? w->end_slot[node->level] + 1u : node->n;
    uint32_t below = node->formats & ((1u << behind) - 1) & ~((1u << w->slot) - 1);
    if (below != 0) {
      uint32_t slot = (uint32_t)__builtin_ctz(below);
      if (node->level == 0) {
        w->slot = slot + 1;
        return node->child[slot];
      }
      w->node = node->child[slot];
      w->slot = 0;
    } else if (last) {
      return 0;
    } else {
      w->slot = node->slot + 1u;
      w->node = node->parent;
    }
  }
}
