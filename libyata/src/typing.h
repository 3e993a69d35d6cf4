/* SPDX-License-Identifier: MIT */
/* Keys that go on where the transaction before ended, and did what it did: then all that this one looked at
 * (edit_quick.h) holds still, and there is room for the records that it made, because transactions of quick edits
 * keep what memory they have. `struct yata_typing` is what is known. */
#ifndef YATA_TYPING_H
#define YATA_TYPING_H

#include "store.h"
#include "tree.h"

/** The transaction has done nothing so far. */
static inline bool yata_txn_fresh(const struct yata_txn *txn) {
  return (txn->n_undo | txn->n_touched | txn->n_splits | txn->deleted.n) == 0;
}

/** Move the border between an item and its deleted neighbour; there is room for the record of it. */
static inline void yata_quick_shift(struct yata_doc *doc, uint32_t h, bool right, uint32_t units) {
  struct yata_item *it = &doc->items[h];
  struct yata_undo *undo = yata_log_add(doc, YATA_UNDO_SHIFT, h);
  undo->u.shift.units = units;
  undo->u.shift.content = it->content + (right ? it->len - units : 0);
  undo->right = right;
  doc->txn.shifts++;
  yata_shift(doc, h, right, units);
  doc->types[it->parent].length -= units;
  yata_tree_grown(doc, h, 0u - units);
}

static inline bool yata_typing_holds(const struct yata_doc *doc, yata_type text) {
  const struct yata_typing *at = &doc->typing;
  return at->txn_id + 2 == doc->txn.id && at->type == text.slot && at->generation == text.generation && doc->txn.open &&
         !doc->busy && yata_txn_fresh(&doc->txn);
}

/** Is it a key of ASCII, right behind what was typed, and is there room for it? */
static inline bool yata_types_on(const struct yata_doc *doc, yata_type text, uint32_t index, uint8_t key) {
  const struct yata_typing *at = &doc->typing;
  if (at->index != index || at->what != YATA_TYPES || key >= 0x80 || !yata_typing_holds(doc, text)) return false;
  const struct yata_client *c = &doc->clients[doc->items[at->item].client];
  return c->state < YATA_CLOCK_MAX && yata_text_room(&c->text, 1) != NULL;
}

/** Is it right beside what was erased, on the same side, with something left of the item and no pair cut? */
static inline bool yata_erases_on(const struct yata_doc *doc, yata_type text, uint32_t index, uint32_t count) {
  const struct yata_typing *at = &doc->typing;
  bool back = at->what == YATA_ERASES_BACK;
  if (at->what == YATA_TYPES || at->index != (back ? index + count : index) || count == 0 || doc->watched ||
      !yata_typing_holds(doc, text))
    return false;
  const struct yata_item *it = &doc->items[at->item];
  return count < it->len && !yata_cuts_pair(doc, it, back ? it->len - count : count);
}

/** Where yata_types_on. Returns 0. */
int yata_type_on(struct yata_doc *doc, uint8_t key);
/** Where yata_erases_on. Returns 0. */
int yata_erase_on(struct yata_doc *doc, uint32_t count);

/** Neither clock gets longer or shorter by a step: the lowest seven bits of a number stand in its first byte, and of
 * two clocks one is the other or the one before it. */
static inline bool yata_key_steps(const struct yata_key_update *u) {
  uint8_t low = u->bytes[u->clock_at] & 0x7f;
  return u->len > 0 && low > 0 && low < 0x7f;
}
/** Take the update of one key, in version 1: of a key of ASCII that has a left origin, or of one unit that is erased.
 */
void yata_key_set(struct yata_key_update *u, const uint8_t *update, size_t len, bool erased);

/**
 * Did the open transaction nothing but one of these with one key, is the update of the key before known, and is there
 * room for one?
 */
static inline bool yata_key_only(const struct yata_doc *doc, const yata_buf *out) {
  const struct yata_typing *at = &doc->typing;
  return at->key_id == doc->txn.id && doc->txn.n_undo == 1 && yata_key_steps(&at->last) && !doc->observed &&
         !doc->busy && doc->txn.open && out != NULL && out->cap - out->len >= sizeof(at->last.bytes);
}
/** Then: append its update. */
static inline void yata_key_write(struct yata_typing *at, yata_buf *out) {
  struct yata_key_update *u = &at->last;
  uint8_t clock_at = u->clock_at, left_at = u->left_at, key_at = u->key_at, key = at->key, len = u->len;
  uint8_t step = at->what == YATA_ERASES_BACK ? 0xff : 1; /* modulo 256 */
  uint8_t clock = (uint8_t)(u->bytes[clock_at] + step), left = (uint8_t)(u->bytes[left_at] + step);
  uint8_t *p = out->data + out->len;
  out->len += len;
  memcpy(p, u->bytes, sizeof(u->bytes));
  u->bytes[clock_at] = p[clock_at] = clock;
  u->bytes[left_at] = p[left_at] = left;
  p[key_at] = key;
}

#endif
