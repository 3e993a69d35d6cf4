/* SPDX-License-Identifier: MIT */
#include "tree.h"

/* Children of a node, items of a leaf. */
#define MOST 32u
#define FILL 24u

static struct yata_node *node_of(const struct yata_doc *doc, uint32_t n) {
  return &doc->trees.nodes[n];
}

static uint32_t visible(const struct yata_item *it) {
  return yata_item_counts(it) ? it->len : 0;
}

static bool has_tree(const struct yata_doc *doc, const struct yata_item *it) {
  return it->key == 0 && it->parent != 0 && doc->types[it->parent].tree != 0;
}

/* ---- nodes -------------------------------------------------------------------------------- */

static int node_new(struct yata_doc *doc, uint32_t level, uint32_t *out) {
  struct yata_trees *ts = &doc->trees;
  uint32_t n = ts->free;
  if (n != 0) {
    ts->free = ts->nodes[n].next;
  } else {
    uint32_t count = ts->n == 0 ? 1 : ts->n;
    YATA_TRY(yata_mem_grow(&doc->mem, &ts->nodes, &ts->cap, (size_t)count + 1, sizeof(*ts->nodes)));
    n = count;
    ts->n = count + 1;
  }
  ts->used++;
  ts->nodes[n] = (struct yata_node){.level = (uint16_t)level};
  *out = n;
  return 0;
}

static void node_free(struct yata_doc *doc, uint32_t n) {
  doc->trees.nodes[n] = (struct yata_node){.next = doc->trees.free};
  doc->trees.free = n;
  doc->trees.used--;
}

static uint32_t next_child(const struct yata_doc *doc, const struct yata_node *node, uint32_t child) {
  return node->level == 0 ? doc->items[child].right : node_of(doc, child)->next;
}

static uint32_t child_units(const struct yata_doc *doc, const struct yata_node *node, uint32_t child) {
  return node->level == 0 ? visible(&doc->items[child]) : node_of(doc, child)->units;
}

static void set_parent(struct yata_doc *doc, uint32_t n, uint32_t child) {
  if (node_of(doc, n)->level == 0)
    doc->trees.leaf[child] = n;
  else
    node_of(doc, child)->parent = n;
}

/* `units` may be what is taken away, modulo 2^32. */
static void add_units(struct yata_doc *doc, uint32_t n, uint32_t units) {
  for (; n != 0; n = node_of(doc, n)->parent) node_of(doc, n)->units += units;
}

/* ---- growing ------------------------------------------------------------------------------ */

/* A new root above the old one, which has yet to get a sibling of so many units. */
static int raise(struct yata_doc *doc, uint32_t type, uint32_t n, uint32_t units) {
  uint32_t root;
  YATA_TRY(node_new(doc, node_of(doc, n)->level + 1u, &root));
  struct yata_node *r = node_of(doc, root);
  r->first = n;
  r->n = 1;
  r->units = node_of(doc, n)->units + units;
  node_of(doc, n)->parent = root;
  doc->types[type].tree = root;
  return 0;
}

/* Put a node behind another, whose parent's units already contain its own. */
static int add_sibling(struct yata_doc *doc, uint32_t type, uint32_t n, uint32_t sibling) {
  if (node_of(doc, n)->parent == 0) YATA_TRY(raise(doc, type, n, node_of(doc, sibling)->units));
  struct yata_node *node = node_of(doc, n), *s = node_of(doc, sibling);
  s->parent = node->parent;
  s->next = node->next;
  node->next = sibling;
  node_of(doc, node->parent)->n++;
  return 0;
}

/* Move the right half of a node to a new one beside it. */
static int halve(struct yata_doc *doc, uint32_t type, uint32_t n) {
  uint32_t fresh;
  YATA_TRY(node_new(doc, node_of(doc, n)->level, &fresh));
  struct yata_node *node = node_of(doc, n), *half = node_of(doc, fresh);
  uint32_t keep = node->n / 2, last = node->first;
  for (uint32_t i = 1; i < keep; i++) last = next_child(doc, node, last);
  uint32_t child = half->first = next_child(doc, node, last);
  if (node->level > 0) node_of(doc, last)->next = 0;
  half->n = (uint16_t)(node->n - keep);
  node->n = (uint16_t)keep;
  for (uint32_t i = 0; i < half->n; i++) {
    set_parent(doc, fresh, child);
    half->units += child_units(doc, half, child);
    child = next_child(doc, half, child);
  }
  node->units -= half->units;
  return add_sibling(doc, type, n, fresh);
}

static int make_room(struct yata_doc *doc, uint32_t type, uint32_t n) {
  for (; n != 0 && node_of(doc, n)->n > MOST; n = node_of(doc, n)->parent) YATA_TRY(halve(doc, type, n));
  return 0;
}

static int leaf_reserve(struct yata_doc *doc, uint32_t h) {
  struct yata_trees *ts = &doc->trees;
  if (h < ts->cap_leaf) return 0;
  return yata_mem_grow(&doc->mem, &ts->leaf, &ts->cap_leaf, doc->cap_items, sizeof(*ts->leaf));
}

static int build(struct yata_doc *doc, uint32_t type) {
  uint32_t n;
  YATA_TRY(leaf_reserve(doc, doc->n_items - 1));
  YATA_TRY(node_new(doc, 0, &n));
  doc->types[type].tree = n;
  node_of(doc, n)->first = doc->types[type].start;
  for (uint32_t h = doc->types[type].start; h != 0; h = doc->items[h].right) {
    if (node_of(doc, n)->n == FILL) {
      uint32_t fresh;
      YATA_TRY(node_new(doc, 0, &fresh));
      node_of(doc, fresh)->first = h;
      YATA_TRY(add_sibling(doc, type, n, fresh));
      YATA_TRY(make_room(doc, type, node_of(doc, n)->parent));
      n = fresh;
    }
    node_of(doc, n)->n++;
    doc->trees.leaf[h] = n;
    add_units(doc, n, visible(&doc->items[h]));
  }
  return 0;
}

bool yata_tree_build(struct yata_doc *doc, uint32_t type) {
  if (doc->types[type].tree != 0) return true;
  if (doc->types[type].start == 0) return false;
  if (build(doc, type) == 0) return true;
  yata_tree_drop_all(doc);
  return false;
}

uint32_t yata_tree_seek(const struct yata_doc *doc, uint32_t type, uint32_t index, uint32_t *start) {
  uint32_t s = 0, child = doc->types[type].tree;
  for (;;) {
    const struct yata_node *node = node_of(doc, child);
    child = node->first;
    for (uint32_t units; (units = child_units(doc, node, child)) == 0 || s + units < index;
         child = next_child(doc, node, child))
      s += units;
    if (node->level == 0) break;
  }
  *start = s;
  return child;
}

/* ---- changes ------------------------------------------------------------------------------ */

static int insert(struct yata_doc *doc, uint32_t h, uint32_t units) {
  const struct yata_item *it = &doc->items[h];
  YATA_TRY(leaf_reserve(doc, h));
  uint32_t n = doc->trees.leaf[it->left != 0 ? it->left : it->right];
  if (it->left == 0) node_of(doc, n)->first = h;
  node_of(doc, n)->n++;
  doc->trees.leaf[h] = n;
  add_units(doc, n, units);
  return make_room(doc, it->parent, n);
}

void yata_tree_linked(struct yata_doc *doc, uint32_t h) {
  const struct yata_item *it = &doc->items[h];
  if (has_tree(doc, it) && insert(doc, h, visible(it)) < 0) yata_tree_drop_all(doc);
}

void yata_tree_split_off(struct yata_doc *doc, uint32_t h) {
  if (has_tree(doc, &doc->items[h]) && insert(doc, h, 0) < 0) yata_tree_drop_all(doc);
}

void yata_tree_grown(struct yata_doc *doc, uint32_t h, uint32_t units) {
  if (has_tree(doc, &doc->items[h])) add_units(doc, doc->trees.leaf[h], units);
}

void yata_tree_hidden(struct yata_doc *doc, uint32_t h) {
  const struct yata_item *it = &doc->items[h];
  if (has_tree(doc, it)) add_units(doc, doc->trees.leaf[h], 0u - visible(it));
}

/* Take a node without children out, and its parents that have none then. */
static void remove_node(struct yata_doc *doc, uint32_t n) {
  while (n != 0 && node_of(doc, n)->n == 0) {
    uint32_t up = node_of(doc, n)->parent;
    if (up != 0) {
      struct yata_node *parent = node_of(doc, up);
      uint32_t *at = &parent->first;
      while (*at != n) at = &node_of(doc, *at)->next;
      *at = node_of(doc, n)->next;
      parent->n--;
    }
    node_free(doc, n);
    n = up;
  }
}

static void lower(struct yata_doc *doc, uint32_t type) {
  uint32_t root = doc->types[type].tree;
  while (node_of(doc, root)->level > 0 && node_of(doc, root)->n == 1) {
    uint32_t child = node_of(doc, root)->first;
    node_free(doc, root);
    node_of(doc, child)->parent = 0;
    root = child;
  }
  doc->types[type].tree = root;
}

void yata_tree_merging(struct yata_doc *doc, uint32_t left, uint32_t h) {
  const struct yata_item *it = &doc->items[h];
  if (!has_tree(doc, it)) return;
  uint32_t n = doc->trees.leaf[h], units = visible(it);
  struct yata_node *node = node_of(doc, n);
  if (node->first == h) node->first = it->right;
  node->n--;
  if (doc->trees.leaf[left] != n) {
    add_units(doc, n, 0u - units);
    add_units(doc, doc->trees.leaf[left], units);
  }
  if (node->n == 0) {
    remove_node(doc, n);
    lower(doc, it->parent);
  }
}

/* ---- dropping ----------------------------------------------------------------------------- */

/* Its depth is the level: logarithmic. */
static void drop_node(struct yata_doc *doc, uint32_t n) {
  uint32_t next;
  if (node_of(doc, n)->level > 0) {
    for (uint32_t c = node_of(doc, n)->first; c != 0; c = next) {
      next = node_of(doc, c)->next;
      drop_node(doc, c);
    }
  }
  node_free(doc, n);
}

void yata_tree_drop(struct yata_doc *doc, uint32_t type) {
  if (doc->types[type].tree != 0) drop_node(doc, doc->types[type].tree);
  doc->types[type].tree = 0;
}

void yata_tree_drop_all(struct yata_doc *doc) {
  struct yata_trees *ts = &doc->trees;
  if (ts->cap == 0 && ts->cap_leaf == 0) return;
  for (uint32_t t = 0; t < doc->n_types; t++) doc->types[t].tree = 0;
  yata_mem_drop(&doc->mem, &ts->nodes, &ts->cap, sizeof(*ts->nodes));
  yata_mem_drop(&doc->mem, &ts->leaf, &ts->cap_leaf, sizeof(*ts->leaf));
  ts->n = ts->free = ts->used = 0;
}

/* ---- verifying ---------------------------------------------------------------------------- */

#define MUST(condition)                                                                                                \
  do {                                                                                                                 \
    if (!(condition)) return YATA_ERR_CORRUPT;                                                                         \
  } while (0)

/* Verify a node whose first item should be *h; *h is then the item behind it. */
static int check_node(const struct yata_doc *doc, uint32_t n, uint32_t *h, uint32_t *nodes) {
  const struct yata_node *node = node_of(doc, n);
  uint32_t child = node->first, units = 0;
  MUST(node->n > 0 && node->n <= MOST && ++*nodes <= doc->trees.used);
  for (uint32_t i = 0; i < node->n; i++, child = next_child(doc, node, child)) {
    MUST(child != 0);
    units += child_units(doc, node, child);
    if (node->level > 0) {
      MUST(child < doc->trees.n && node_of(doc, child)->parent == n);
      MUST(node_of(doc, child)->level + 1 == node->level);
      if (check_node(doc, child, h, nodes) < 0) return YATA_ERR_CORRUPT;
    } else {
      MUST(child == *h && child < doc->trees.cap_leaf && doc->trees.leaf[child] == n);
      *h = doc->items[child].right;
    }
  }
  MUST(node->level == 0 || child == 0);
  MUST(units == node->units);
  return 0;
}

int yata_tree_check(const struct yata_doc *doc) {
  uint32_t nodes = 0;
  for (uint32_t t = 0; t < doc->n_types; t++) {
    uint32_t tree = doc->types[t].tree, h = doc->types[t].start;
    if (tree == 0) continue;
    MUST((doc->types[t].flags & YATA_TYPE_ALIVE) && tree < doc->trees.n && node_of(doc, tree)->parent == 0);
    if (check_node(doc, tree, &h, &nodes) < 0) return YATA_ERR_CORRUPT;
    MUST(h == 0 && node_of(doc, tree)->units == doc->types[t].length);
  }
  MUST(nodes == doc->trees.used);
  return 0;
}
