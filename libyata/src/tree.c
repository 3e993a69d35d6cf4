/* SPDX-License-Identifier: MIT */
#include "tree_node.h"

/* A node with fewer is joined with a neighbour, if they fit. */
#define FEW 8u
/* A full node gives children to a neighbour that has room for so many. */
#define SPARE 6u

/* `units` may be what is taken away, modulo 2^32. */
static void add_units(struct yata_doc *doc, uint32_t n, uint32_t slot, uint32_t units) {
  for (;;) {
    struct yata_node *node = node_of(doc, n);
    node->units[slot] += units;
    if (node->parent == 0) return;
    slot = node->slot;
    n = node->parent;
  }
}

/* ---- children ----------------------------------------------------------------------------- */

/* The child at that slot of the node is the node's; say so where it is looked up. */
static void adopt(struct yata_doc *doc, uint32_t n, uint32_t slot) {
  const struct yata_node *node = node_of(doc, n);
  uint32_t child = node->child[slot];
  if (node->level == 0) {
    doc->trees.leaf[child] = n;
  } else {
    node_of(doc, child)->parent = n;
    node_of(doc, child)->slot = (uint8_t)slot;
  }
}

static void renumber(struct yata_doc *doc, uint32_t n, uint32_t from) {
  const struct yata_node *node = node_of(doc, n);
  if (node->level == 0) return;
  for (uint32_t i = from; i < node->n; i++) node_of(doc, node->child[i])->slot = (uint8_t)i;
}

/* Where a format may be: the bit of that slot in its node. */
static uint32_t format_bit(const struct yata_doc *doc, const struct yata_node *node, uint32_t slot) {
  uint32_t child = node->child[slot];
  bool has = node->level == 0 ? doc->items[child].kind == YATA_WIRE_FORMAT : node_of(doc, child)->formats != 0;
  return (uint32_t)has << slot;
}

/* There may be one below: the nodes above say so. */
static void tell_format(struct yata_doc *doc, uint32_t n) {
  for (const struct yata_node *node = node_of(doc, n); node->parent != 0; node = node_of(doc, node->parent))
    node_of(doc, node->parent)->formats |= 1u << node->slot;
}

void yata_node_put(struct yata_doc *doc, uint32_t n, uint32_t slot, uint32_t child, uint32_t units) {
  struct yata_node *node = node_of(doc, n);
  uint32_t more = node->n - slot;
  memmove(node->child + slot + 1, node->child + slot, more * sizeof(*node->child));
  memmove(node->units + slot + 1, node->units + slot, more * sizeof(*node->units));
  node->child[slot] = child;
  node->units[slot] = units;
  uint32_t before = (1u << slot) - 1;
  node->formats = (node->formats & before) | (node->formats & ~before) << 1 | format_bit(doc, node, slot);
  node->n++;
  node->hot = (uint8_t)slot;
  adopt(doc, n, slot);
  renumber(doc, n, slot + 1);
}

/* Take a child out. The units of those above are the caller's to correct. */
static void take(struct yata_doc *doc, uint32_t n, uint32_t slot) {
  struct yata_node *node = node_of(doc, n);
  uint32_t more = --node->n - slot;
  memmove(node->child + slot, node->child + slot + 1, more * sizeof(*node->child));
  memmove(node->units + slot, node->units + slot + 1, more * sizeof(*node->units));
  node->child[node->n] = node->units[node->n] = 0;
  uint32_t before = (1u << slot) - 1;
  node->formats = (node->formats & before) | (node->formats >> 1 & ~before);
  node->hot = 0;
  renumber(doc, n, slot);
}

/* Move the children of `from` that begin at `slot` to the end of `to`. */
static void move(struct yata_doc *doc, uint32_t from, uint32_t slot, uint32_t to) {
  struct yata_node *a = node_of(doc, from), *b = node_of(doc, to);
  uint32_t moved = a->n - slot, at = b->n;
  memcpy(b->child + at, a->child + slot, moved * sizeof(*a->child));
  memcpy(b->units + at, a->units + slot, moved * sizeof(*a->units));
  memset(a->child + slot, 0, moved * sizeof(*a->child));
  memset(a->units + slot, 0, moved * sizeof(*a->units));
  b->formats |= a->formats >> slot << at;
  a->formats &= (1u << slot) - 1;
  a->n = (uint8_t)slot;
  b->n = (uint8_t)(at + moved);
  a->hot = b->hot = 0;
  for (uint32_t i = at; i < b->n; i++) adopt(doc, to, i);
}

/* ---- growing ------------------------------------------------------------------------------ */

/* A new root above the old one. */
static int raise(struct yata_doc *doc, uint32_t type, uint32_t n) {
  uint32_t root;
  YATA_TRY(yata_node_new(doc, node_of(doc, n)->level + 1u, &root));
  yata_node_put(doc, root, 0, n, sum(node_of(doc, n)));
  doc->types[type].tree = root;
  return 0;
}

/* Move the first `k` children of a node to the end of its left neighbour. */
static void pour_left(struct yata_doc *doc, uint32_t n, uint32_t left, uint32_t k) {
  struct yata_node *a = node_of(doc, n), *b = node_of(doc, left);
  uint32_t rest = a->n - k, at = b->n;
  memcpy(b->child + at, a->child, k * sizeof(*a->child));
  memcpy(b->units + at, a->units, k * sizeof(*a->units));
  memmove(a->child, a->child + k, rest * sizeof(*a->child));
  memmove(a->units, a->units + k, rest * sizeof(*a->units));
  memset(a->child + rest, 0, k * sizeof(*a->child));
  memset(a->units + rest, 0, k * sizeof(*a->units));
  b->formats |= (a->formats & ((1u << k) - 1)) << at;
  a->formats >>= k;
  a->n = (uint8_t)rest;
  b->n = (uint8_t)(at + k);
  a->hot = b->hot = 0;
  for (uint32_t i = at; i < b->n; i++) adopt(doc, left, i);
  renumber(doc, n, 0);
}

/* Move the last `k` children of a node to the beginning of its right neighbour. */
static void pour_right(struct yata_doc *doc, uint32_t n, uint32_t right, uint32_t k) {
  struct yata_node *a = node_of(doc, n), *b = node_of(doc, right);
  uint32_t rest = a->n - k;
  memmove(b->child + k, b->child, b->n * sizeof(*a->child));
  memmove(b->units + k, b->units, b->n * sizeof(*a->units));
  memcpy(b->child, a->child + rest, k * sizeof(*a->child));
  memcpy(b->units, a->units + rest, k * sizeof(*a->units));
  memset(a->child + rest, 0, k * sizeof(*a->child));
  memset(a->units + rest, 0, k * sizeof(*a->units));
  b->formats = b->formats << k | a->formats >> rest;
  a->formats &= (1u << rest) - 1;
  a->n = (uint8_t)rest;
  b->n = (uint8_t)(b->n + k);
  a->hot = b->hot = 0;
  for (uint32_t i = 0; i < k; i++) adopt(doc, right, i);
  renumber(doc, right, k);
}

/* A full node with a neighbour that has room for a few: half of that goes there. Nodes are fuller that way. */
static bool pour(struct yata_doc *doc, uint32_t n) {
  uint32_t up = node_of(doc, n)->parent, slot = node_of(doc, n)->slot;
  struct yata_node *above = node_of(doc, up);
  if (up == 0) return false;
  for (int right = 0; right < 2; right++) {
    if (right ? slot + 1u >= above->n : slot == 0) continue;
    uint32_t beside = right ? slot + 1 : slot - 1, other = above->child[beside];
    uint32_t room = YATA_NODE_MAX - node_of(doc, other)->n, before = sum(node_of(doc, n));
    if (room < SPARE) continue;
    if (right)
      pour_right(doc, n, other, room / 2);
    else
      pour_left(doc, n, other, room / 2);
    uint32_t moved = before - sum(node_of(doc, n));
    above->units[slot] -= moved;
    above->units[beside] += moved;
    above->formats |= format_bit(doc, above, beside);
    return true;
  }
  return false;
}

/* Make room in a full node: what it can to a neighbour, or its right half to a new one beside it. Where insertions go
 * on at one end (`at` is the place of this one) it is cut near that end, and what is left behind is full. Goes as deep
 * as the tree is high. */
static int halve(struct yata_doc *doc, uint32_t type, uint32_t n, uint32_t at) {
  if (at != 0 && at != YATA_NODE_MAX && pour(doc, n)) return 0;
  uint32_t fresh, cut = at == 0 ? 2 : at + 1 >= YATA_NODE_MAX ? YATA_NODE_MAX - 2 : YATA_NODE_MAX / 2;
  if (node_of(doc, n)->parent == 0) YATA_TRY(raise(doc, type, n));
  if (node_of(doc, node_of(doc, n)->parent)->n == YATA_NODE_MAX)
    YATA_TRY(halve(doc, type, node_of(doc, n)->parent, node_of(doc, n)->slot));
  YATA_TRY(yata_node_new(doc, node_of(doc, n)->level, &fresh));
  move(doc, n, cut, fresh);
  uint32_t units = sum(node_of(doc, fresh)), up = node_of(doc, n)->parent, slot = node_of(doc, n)->slot;
  node_of(doc, up)->units[slot] -= units;
  yata_node_put(doc, up, slot + 1, fresh, units);
  return 0;
}

/* In a large document most of what an edit takes is waiting for memory: ask for all that it will touch at once. */
static void fetch_node(const struct yata_node *node) {
  for (size_t at = 0; at < sizeof(*node); at += 64) __builtin_prefetch((const char *)node + at);
}

static void fetch_item(const struct yata_doc *doc, uint32_t h) {
  __builtin_prefetch(&doc->items[h]);
  __builtin_prefetch(&doc->items[h].flags);
}

/* The child that holds the unit before `index`, of which *s stand before the node. */
static uint32_t find_child(const struct yata_node *node, uint32_t index, uint32_t *s) {
  uint32_t i = 0;
  while (*s + node->units[i] < index) *s += node->units[i++];
  return i;
}

/* It was found at that slot of a leaf; `above` is what the leaf is below, at `slot_above`. */
static void found(struct yata_doc *doc, uint32_t n, uint32_t i, const struct yata_node *above, uint32_t slot_above) {
  struct yata_node *leaf = node_of(doc, n);
  uint32_t next = i + 1 < leaf->n ? leaf->child[i + 1] : 0;
  fetch_item(doc, leaf->child[i]);
  fetch_item(doc, next);
  if (leaf->n == YATA_NODE_MAX && above != NULL) {
    if (slot_above > 0) fetch_node(node_of(doc, above->child[slot_above - 1]));
    if (slot_above + 1 < above->n) fetch_node(node_of(doc, above->child[slot_above + 1]));
  }
  leaf->hot = (uint8_t)i;
  doc->trees.spot =
      (struct yata_spot){leaf->child[i], n, leaf->units[i], next != 0 && leaf->units[i + 1] != 0 ? next : 0};
}

uint32_t yata_tree_seek(struct yata_doc *doc, uint32_t type, uint32_t index, uint32_t *start) {
  uint32_t s = 0, n = doc->types[type].tree, slot = 0;
  const struct yata_node *above = NULL;
  yata_tree_settle(doc);
  while (node_of(doc, n)->level > 0) {
    above = node_of(doc, n);
    slot = find_child(above, index, &s);
    n = above->child[slot];
    fetch_node(node_of(doc, n));
  }
  found(doc, n, find_child(node_of(doc, n), index, &s), above, slot);
  *start = s;
  return doc->trees.spot.item;
}

uint32_t yata_tree_index(struct yata_doc *doc, uint32_t h) {
  uint32_t n = yata_leaf_of(doc, h), index = 0;
  yata_tree_settle(doc);
  for (uint32_t slot = yata_node_slot(node_of(doc, n), h); n != 0; n = node_of(doc, n)->parent) {
    const struct yata_node *node = node_of(doc, n);
    for (uint32_t i = 0; i < slot; i++) index += node->units[i];
    slot = node->slot;
  }
  return index;
}

uint32_t yata_tree_last(const struct yata_doc *doc, uint32_t type) {
  const struct yata_node *node = node_of(doc, doc->types[type].tree);
  while (node->level > 0) node = node_of(doc, node->child[node->n - 1]);
  return node->child[node->n - 1];
}

/* ---- changes ------------------------------------------------------------------------------ */

/* Where the item goes: behind its left neighbour. */
static int place(struct yata_doc *doc, uint32_t h, uint32_t *n, uint32_t *slot) {
  const struct yata_item *it = &doc->items[h];
  uint32_t by = it->left != 0 ? it->left : it->right, behind = it->left != 0;
  YATA_TRY(yata_leaf_reserve(doc, h));
  *n = yata_leaf_of(doc, by);
  *slot = yata_node_slot(node_of(doc, *n), by) + behind;
  if (node_of(doc, *n)->n < YATA_NODE_MAX) return 0;
  YATA_TRY(halve(doc, it->parent, *n, *slot));
  if (node_of(doc, *n)->child[*slot - behind] == by) return 0;
  *n = doc->trees.leaf[by];
  *slot = yata_node_slot(node_of(doc, *n), by) + behind;
  return 0;
}

void yata_tree_linked(struct yata_doc *doc, uint32_t h) {
  const struct yata_item *it = &doc->items[h];
  uint32_t n, slot;
  if (it->key != 0 || it->parent == 0 || doc->types[it->parent].tree == 0) return;
  if (place(doc, h, &n, &slot) < 0) {
    yata_tree_drop_all(doc);
    return;
  }
  yata_node_put(doc, n, slot, h, 0);
  if (it->kind == YATA_WIRE_FORMAT) tell_format(doc, n);
  if (visible(it) != 0) add_units(doc, n, slot, visible(it));
}

void yata_tree_split_off(struct yata_doc *doc, uint32_t h) {
  uint32_t n, slot, units = visible(&doc->items[h]);
  if (yata_leaf_of(doc, doc->items[h].left) == 0) return;
  if (place(doc, h, &n, &slot) < 0) {
    yata_tree_drop_all(doc);
    return;
  }
  yata_node_put(doc, n, slot, h, units);
  node_of(doc, n)->units[slot - 1] -= units;
}

void yata_tree_settle(struct yata_doc *doc) {
  struct yata_trees *ts = &doc->trees;
  if (ts->late_units != 0) {
    uint32_t n = yata_leaf_of(doc, ts->late);
    add_units(doc, n, yata_node_slot(node_of(doc, n), ts->late), ts->late_units);
  }
  ts->late = ts->late_units = 0;
}

bool yata_tree_turn(struct yata_doc *doc, uint32_t h) {
  if (yata_leaf_of(doc, h) == 0) return false;
  yata_tree_settle(doc);
  doc->trees.late = h;
  return true;
}

/* Take a node without children out, and its parents that have none then. */
static void remove_node(struct yata_doc *doc, uint32_t type, uint32_t n) {
  while (n != 0 && node_of(doc, n)->n == 0) {
    uint32_t up = node_of(doc, n)->parent, slot = node_of(doc, n)->slot;
    if (up != 0)
      take(doc, up, slot);
    else
      doc->types[type].tree = 0;
    yata_node_free(doc, n);
    n = up;
  }
}

/* Nodes that lost most of their children move what is left into a neighbour. */
static void join(struct yata_doc *doc, uint32_t type, uint32_t n) {
  while (n != 0 && node_of(doc, n)->n < FEW) {
    uint32_t up = node_of(doc, n)->parent, slot = node_of(doc, n)->slot;
    if (up == 0) return;
    uint32_t left = slot > 0 ? node_of(doc, up)->child[slot - 1] : n;
    if (slot == 0 && node_of(doc, up)->n == 1) return;
    if (slot == 0) n = node_of(doc, up)->child[++slot];
    if ((uint32_t)node_of(doc, left)->n + node_of(doc, n)->n > YATA_NODE_FILL) return;
    move(doc, n, 0, left);
    node_of(doc, up)->units[slot - 1] += node_of(doc, up)->units[slot];
    node_of(doc, up)->formats |= format_bit(doc, node_of(doc, up), slot - 1);
    remove_node(doc, type, n);
    n = up;
  }
}

static void lower(struct yata_doc *doc, uint32_t type) {
  uint32_t root = doc->types[type].tree;
  while (root != 0 && node_of(doc, root)->level > 0 && node_of(doc, root)->n == 1) {
    uint32_t child = node_of(doc, root)->child[0];
    yata_node_free(doc, root);
    node_of(doc, child)->parent = 0;
    root = child;
  }
  doc->types[type].tree = root;
}

void yata_tree_unlinked(struct yata_doc *doc, uint32_t h) {
  uint32_t n = yata_leaf_of(doc, h), type = doc->items[h].parent;
  if (n == 0) return;
  yata_tree_settle(doc);
  uint32_t slot = yata_node_slot(node_of(doc, n), h), units = node_of(doc, n)->units[slot];
  if (units != 0) add_units(doc, n, slot, 0u - units);
  doc->trees.leaf[h] = 0;
  take(doc, n, slot);
  if (node_of(doc, n)->n == 0)
    remove_node(doc, type, n);
  else if (node_of(doc, n)->n < FEW)
    join(doc, type, n);
  lower(doc, type);
}

void yata_tree_merging(struct yata_doc *doc, uint32_t left, uint32_t h) {
  if (yata_leaf_of(doc, h) == 0) return;
  yata_tree_grown(doc, left, visible(&doc->items[h]));
  yata_tree_unlinked(doc, h);
}
