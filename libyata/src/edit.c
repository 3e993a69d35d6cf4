/* SPDX-License-Identifier: MIT */
#include "edit.h"

#include "events.h"
#include "tree.h"

int yata_handle_slow(const struct yata_doc *doc, yata_type type, enum yata_kind kind, uint32_t *slot) {
  if (type.slot == 0 || type.slot >= doc->n_types) return YATA_ERR_GONE;
  const struct yata_typ *t = &doc->types[type.slot];
  if (t->generation != type.generation || !(t->flags & YATA_TYPE_ALIVE) ||
      (t->item != 0 && yata_item_deleted(doc, t->item)))
    return YATA_ERR_GONE;
  if (kind != YATA_KIND_NONE && t->kind != kind && !(kind == YATA_KIND_TEXT && t->kind == YATA_KIND_XML_TEXT) &&
      !(kind == YATA_KIND_ARRAY && (t->kind == YATA_KIND_XML_FRAGMENT || t->kind == YATA_KIND_XML_ELEMENT)) &&
      !(kind == YATA_KIND_MAP && t->kind >= YATA_KIND_TEXT))
    return YATA_ERR_KIND;
  *slot = type.slot;
  return 0;
}

yata_type yata_handle_of(const struct yata_doc *doc, uint32_t slot) {
  return (yata_type){slot, doc->types[slot].generation};
}

static int root_of_kind(yata_doc *doc, yata_slice name, enum yata_kind kind, uint32_t *slot) {
  YATA_TRY(yata_root_get(doc, name, slot));
  if (doc->types[*slot].kind == (uint8_t)kind) return 0;
  if (doc->types[*slot].kind != YATA_KIND_NONE) return YATA_ERR_KIND;
  YATA_TRY(yata_log_type(doc, *slot));
  doc->types[*slot].kind = (uint8_t)kind;
  return 0;
}

/* Asking for a root that is there changes nothing: observers may. */
static bool known_root(const yata_doc *doc, yata_slice name, enum yata_kind kind, uint32_t *slot) {
  uint32_t key = yata_key_find(doc, name);
  *slot = key != 0 ? yata_ent_get(doc, 0, key) : 0;
  return *slot != 0 && doc->types[*slot].kind == (uint8_t)kind;
}

/* Does Yjs put what such a type was made with, nothing here, into a new root, by a transaction? */
static bool is_filled(enum yata_kind kind) {
  return kind == YATA_KIND_ARRAY || kind == YATA_KIND_XML_FRAGMENT || kind == YATA_KIND_XML_ELEMENT;
}

static int get_root(yata_doc *doc, const char *name, enum yata_kind kind, yata_type *out) {
  struct yata_op op;
  uint32_t slot, units;
  bool own = !doc->txn.open && !doc->busy;
  if (name == NULL) return YATA_ERR_INVALID;
  yata_slice s = {(const uint8_t *)name, strlen(name)};
  if (!yata_utf8_check(s.data, s.len, &units)) return YATA_ERR_INVALID;
  if (known_root(doc, s, kind, &slot)) {
    *out = yata_handle_of(doc, slot);
    return 0;
  }
  if (own) yata_txn_open(doc, true, NULL);
  int err = yata_op_begin(doc, &op);
  if (err == 0) err = yata_op_end(doc, &op, root_of_kind(doc, s, kind, &slot));
  if (own) yata_txn_close(doc);
  if (err < 0) return err;
  if (own && doc->events != NULL && is_filled(kind)) yata_events_empty(doc);
  *out = yata_handle_of(doc, slot);
  return 0;
}

int yata_text(yata_doc *doc, const char *name, yata_type *out) {
  return get_root(doc, name, YATA_KIND_TEXT, out);
}

int yata_map(yata_doc *doc, const char *name, yata_type *out) {
  return get_root(doc, name, YATA_KIND_MAP, out);
}

int yata_array(yata_doc *doc, const char *name, yata_type *out) {
  return get_root(doc, name, YATA_KIND_ARRAY, out);
}

int yata_xml_fragment(yata_doc *doc, const char *name, yata_type *out) {
  return get_root(doc, name, YATA_KIND_XML_FRAGMENT, out);
}

int yata_root(yata_doc *doc, const char *name, enum yata_kind kind, yata_type *out) {
  if (kind < YATA_KIND_ARRAY || kind > YATA_KIND_XML_TEXT) return YATA_ERR_INVALID;
  return get_root(doc, name, kind, out);
}

enum yata_kind yata_type_kind(const yata_doc *doc, yata_type type) {
  uint32_t slot;
  if (yata_handle(doc, type, YATA_KIND_NONE, &slot) < 0) return YATA_KIND_NONE;
  return (enum yata_kind)doc->types[slot].kind;
}

int yata_root_next(const yata_doc *doc, uint32_t *cursor, yata_type *out, yata_slice *name) {
  uint32_t e = *cursor == 0 ? doc->types[0].first : doc->ents[*cursor].next;
  if (e == 0) return YATA_ERR_NOT_FOUND;
  *cursor = e;
  *out = yata_handle_of(doc, doc->ents[e].item);
  if (name != NULL) *name = yata_key_bytes(doc, doc->ents[e].key);
  return 0;
}

/* ---- positions ---------------------------------------------------------------------------- */

#define NEAR 16  /* steps in a list that has no tree, before one is built */
#define STEPS 4  /* steps that are cheaper than the tree … */
#define UNITS 64 /* … and likely to get there */

/* Walk from an item that starts at *s to the one that holds the unit before `index`. */
static bool walk(const struct yata_doc *doc, uint32_t index, uint32_t steps, uint32_t *h, uint32_t *s) {
  while (*s >= index) {
    if (steps-- == 0) return false;
    *h = doc->items[*h].left;
    if (yata_item_counts(&doc->items[*h])) *s -= doc->items[*h].len;
  }
  for (;;) {
    const struct yata_item *it = &doc->items[*h];
    if (yata_item_counts(it)) {
      if (*s + it->len >= index) return true;
      *s += it->len;
    }
    if (steps-- == 0) return false;
    *h = it->right;
  }
}

static bool seek_marked(const struct yata_doc *doc, const struct yata_typ *t, uint32_t index, uint32_t *h,
                        uint32_t *s) {
  if (t->mark == 0 || t->mark_epoch != doc->mark_epoch) return false;
  *h = t->mark;
  *s = t->mark_index;
  uint32_t far = index > *s ? index - *s : *s - index, end = *s + doc->items[*h].len;
  if (t->tree == 0) return *s < 2 * (uint64_t)index && walk(doc, index, NEAR, h, s);
  return (far < UNITS || (index > end && index - end < UNITS) || (index > *s && index <= end)) &&
         walk(doc, index, STEPS, h, s);
}

static uint32_t seek_far(struct yata_doc *doc, uint32_t type, uint32_t index, uint32_t *s) {
  uint32_t h = doc->types[type].start;
  *s = 0;
  if (doc->types[type].tree == 0 && walk(doc, index, NEAR, &h, s)) return h;
  if (yata_tree_build(doc, type)) return yata_tree_seek(doc, type, index, s);
  h = doc->types[type].start;
  *s = 0;
  (void)walk(doc, index, UINT32_MAX, &h, s);
  return h;
}

uint32_t yata_seek_slow(struct yata_doc *doc, uint32_t type, uint32_t index, uint32_t *start) {
  uint32_t h, s;
  if (!seek_marked(doc, &doc->types[type], index, &h, &s)) h = seek_far(doc, type, index, &s);
  struct yata_typ *t = &doc->types[type];
  t->mark = h;
  t->mark_index = s;
  t->mark_epoch = doc->mark_epoch;
  *start = s;
  return h;
}

uint32_t yata_index_of(struct yata_doc *doc, uint32_t h) {
  const struct yata_item *it = &doc->items[h];
  uint32_t index = 0, steps = 0;
  if (it->key != 0) return 0;
  for (uint32_t l = it->left; l != 0; l = doc->items[l].left) {
    if (++steps > NEAR && yata_tree_build(doc, it->parent)) return yata_tree_index(doc, h);
    if (yata_item_counts(&doc->items[l])) index += doc->items[l].len;
  }
  return index;
}

int yata_position(struct yata_doc *doc, uint32_t type, uint32_t index, uint32_t *left, uint32_t *right) {
  uint32_t start;
  if (index == 0) {
    *left = 0;
    *right = doc->types[type].start;
    doc->types[type].mark = 0;
    return 0;
  }
  *left = yata_seek(doc, type, index, &start);
  if (index - start < doc->items[*left].len) return yata_split(doc, *left, index - start, right);
  *right = doc->items[*left].right;
  return 0;
}

void yata_step_deleted_slow(struct yata_doc *doc, uint32_t type, uint32_t index, uint32_t *left, uint32_t *right) {
  for (uint32_t steps = 0; *right != 0 && yata_item_deleted(doc, *right) && steps < NEAR; steps++) {
    *left = *right;
    *right = doc->items[*right].right;
  }
  if (*right == 0 || !yata_item_deleted(doc, *right)) return;
  if (yata_tree_build(doc, type)) {
    uint32_t start;
    *right = index < doc->types[type].length ? yata_tree_seek(doc, type, index + 1, &start) : 0;
    *left = *right != 0 ? doc->items[*right].left : yata_tree_last(doc, type);
    return;
  }
  for (; *right != 0 && yata_item_deleted(doc, *right); *right = doc->items[*right].right) *left = *right;
}

int yata_local_item(struct yata_doc *doc, uint32_t type, uint32_t key, uint32_t left, uint32_t right, uint32_t len,
                    struct yata_new *n) {
  *n = (struct yata_new){.left = left, .right = right, .parent = type, .key = key, .len = len};
  YATA_TRY(yata_client_get(doc, doc->client_id, &n->client));
  n->clock = doc->clients[n->client].state;
  if (len > YATA_CLOCK_MAX - n->clock) return YATA_ERR_LIMIT;
  if (left != 0) {
    const struct yata_item *l = &doc->items[left];
    n->origin = l->client + 1;
    n->origin_clock = l->clock + l->len - 1;
  }
  if (right != 0) {
    n->ror = doc->items[right].client + 1;
    n->ror_clock = doc->items[right].clock;
  }
  return 0;
}
