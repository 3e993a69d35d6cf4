/* SPDX-License-Identifier: MIT */
/* Making the tree of a list, and dropping it: see tree.h. */
#include "tree_node.h"

/* ---- memory ------------------------------------------------------------------------------- */

/* Room for `more` nodes beside those of the free list. The array grows by a sixteenth: it is the
 * greater part of what positions cost. */
static int nodes_reserve(struct yata_doc *doc, uint32_t more) {
  struct yata_trees *ts = &doc->trees;
  size_t need = (size_t)(ts->n == 0 ? 1 : ts->n) + more, want = ts->cap + ts->cap / 16;
  if (need <= ts->cap) return 0;
  if (want < need) want = need;
  if (want > UINT32_MAX) return YATA_ERR_LIMIT;
  void *p = yata_mem_resize(&doc->mem, ts->nodes, ts->cap * sizeof(*ts->nodes), want * sizeof(*ts->nodes));
  if (p == NULL) return YATA_ERR_NOMEM;
  ts->nodes = p;
  ts->cap = (uint32_t)want;
  if (ts->n == 0) ts->n = 1;
  return 0;
}

/* Those above the leaves are few and always in use. They stand together, by the page: so they stay in the caches, those
 * of the page tables included. */
#define TOGETHER 16u

static int reserve_inner(struct yata_doc *doc) {
  struct yata_trees *ts = &doc->trees;
  uint32_t take = ts->inner == 0 ? 1 : ts->inner < TOGETHER ? ts->inner : TOGETHER;
  YATA_TRY(nodes_reserve(doc, take));
  ts->inner += take;
  for (uint32_t n = take; n > 0; n--) {
    uint32_t at = ts->n + n - 1;
    ts->nodes[at].parent = ts->free_inner;
    ts->free_inner = at;
  }
  ts->n += take;
  return 0;
}

int yata_node_new(struct yata_doc *doc, uint32_t level, uint32_t *out) {
  struct yata_trees *ts = &doc->trees;
  uint32_t *list = level > 0 ? &ts->free_inner : &ts->free, n = *list;
  if (n == 0 && level > 0) {
    YATA_TRY(reserve_inner(doc));
    n = *list;
  }
  if (n != 0) {
    *list = ts->nodes[n].parent;
  } else {
    YATA_TRY(nodes_reserve(doc, 1));
    n = ts->n++;
  }
  ts->used++;
  ts->nodes[n] = (struct yata_node){.level = (uint8_t)level};
  *out = n;
  return 0;
}

void yata_node_free(struct yata_doc *doc, uint32_t n) {
  struct yata_trees *ts = &doc->trees;
  uint32_t *list = ts->nodes[n].level > 0 ? &ts->free_inner : &ts->free;
  ts->nodes[n].parent = *list;
  ts->nodes[n].n = 0;
  *list = n;
  ts->used--;
}

int yata_leaf_reserve(struct yata_doc *doc, uint32_t h) {
  struct yata_trees *ts = &doc->trees;
  uint32_t cap = ts->cap_leaf;
  if (h < cap) return 0;
  YATA_TRY(yata_mem_grow(&doc->mem, &ts->leaf, &ts->cap_leaf, doc->cap_items, sizeof(*ts->leaf)));
  memset(ts->leaf + cap, 0, (ts->cap_leaf - cap) * sizeof(*ts->leaf));
  return 0;
}

/* ---- building ------------------------------------------------------------------------------ */

/* Append a node, full or the last, to those of its level. */
static int append(struct yata_doc *doc, uint32_t *spine, uint32_t *levels, uint32_t n) {
  for (uint32_t level = node_of(doc, n)->level + 1u;; level++) {
    uint32_t units = sum(node_of(doc, n));
    if (level == *levels) {
      YATA_TRY(yata_node_new(doc, level, &spine[level]));
      ++*levels;
    }
    if (node_of(doc, spine[level])->n < YATA_NODE_FILL) {
      yata_node_put(doc, spine[level], node_of(doc, spine[level])->n, n, units);
      return 0;
    }
    uint32_t full = spine[level];
    YATA_TRY(yata_node_new(doc, level, &spine[level]));
    yata_node_put(doc, spine[level], 0, n, units);
    n = full;
  }
}

/* The nodes that are not full yet, each the last of its level; the topmost is the root. */
static int finish(struct yata_doc *doc, uint32_t *spine, uint32_t levels, uint32_t *root) {
  for (uint32_t level = 0; level + 1 < levels; level++) YATA_TRY(append(doc, spine, &levels, spine[level]));
  *root = spine[levels - 1];
  return 0;
}

static int build(struct yata_doc *doc, uint32_t type) {
  uint32_t spine[32], levels = 1, count = 0;
  for (uint32_t h = doc->types[type].start; h != 0; h = doc->items[h].right) count++;
  YATA_TRY(yata_leaf_reserve(doc, doc->n_items - 1));
  YATA_TRY(nodes_reserve(doc, count / YATA_NODE_FILL + count / YATA_NODE_FILL / YATA_NODE_FILL * 2 + 8));
  YATA_TRY(yata_node_new(doc, 0, &spine[0]));
  for (uint32_t h = doc->types[type].start; h != 0; h = doc->items[h].right) {
    if (node_of(doc, spine[0])->n == YATA_NODE_FILL) {
      uint32_t full = spine[0];
      YATA_TRY(yata_node_new(doc, 0, &spine[0]));
      YATA_TRY(append(doc, spine, &levels, full));
    }
    yata_node_put(doc, spine[0], node_of(doc, spine[0])->n, h, visible(&doc->items[h]));
  }
  return finish(doc, spine, levels, &doc->types[type].tree);
}

bool yata_tree_build(struct yata_doc *doc, uint32_t type) {
  if (doc->types[type].tree != 0) return true;
  if (doc->types[type].start == 0) return false;
  if (build(doc, type) == 0) return true;
  yata_tree_drop_all(doc);
  return false;
}

/* ---- dropping ----------------------------------------------------------------------------- */

/* Goes as deep as the tree is high. */
static void drop_node(struct yata_doc *doc, uint32_t n) {
  const struct yata_node *node = node_of(doc, n);
  for (uint32_t i = 0; i < node->n; i++) {
    if (node->level > 0)
      drop_node(doc, node->child[i]);
    else
      doc->trees.leaf[node->child[i]] = 0;
  }
  yata_node_free(doc, n);
}

void yata_tree_drop(struct yata_doc *doc, uint32_t type) {
  yata_tree_settle(doc);
  if (doc->types[type].tree != 0) drop_node(doc, doc->types[type].tree);
  doc->types[type].tree = 0;
  doc->trees.spot.item = 0;
}

void yata_tree_drop_all(struct yata_doc *doc) {
  struct yata_trees *ts = &doc->trees;
  if (ts->cap == 0 && ts->cap_leaf == 0) return;
  for (uint32_t t = 0; t < doc->n_types; t++) doc->types[t].tree = 0;
  yata_mem_drop(&doc->mem, &ts->nodes, &ts->cap, sizeof(*ts->nodes));
  yata_mem_drop(&doc->mem, &ts->leaf, &ts->cap_leaf, sizeof(*ts->leaf));
  ts->n = ts->free = ts->free_inner = ts->inner = ts->used = ts->late = ts->late_units = 0;
  ts->spot = (struct yata_spot){0};
}
