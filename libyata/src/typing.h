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
  yata_run_shrunk(doc, h, units);
}

/** Nothing at all came between the transaction before and this one, so it is open, and nobody observes (who begins to,
 * makes it be forgotten); and this one did nothing so far. Who looked for a position elsewhere moved the mark of the
 * list there, which would no longer be right. */
static inline bool yata_typing_holds(const struct yata_doc *doc, yata_type text) {
  const struct yata_typing *at = &doc->typing;
  return at->txn_id + 2 == doc->txn.id && at->type.slot == text.slot && at->type.generation == text.generation &&
         doc->types[text.slot].mark == at->item && yata_txn_fresh(&doc->txn);
}

/** Is it a key of ASCII, right behind what was typed, and is there room for it? */
static inline bool yata_types_on(const struct yata_doc *doc, yata_type text, uint32_t index, uint8_t key) {
  const struct yata_typing *at = &doc->typing;
  return at->index == index && at->room > 0 && key < 0x80 && yata_typing_holds(doc, text);
}

/** Is it right beside what was erased, on the same side, with something left of the item and no pair cut? */
static inline bool yata_erases_on(const struct yata_doc *doc, yata_type text, uint32_t index, uint32_t count) {
  const struct yata_typing *at = &doc->typing;
  bool back = at->what == YATA_ERASES_BACK;
  if (at->what == YATA_TYPES || at->index != (back ? index + count : index) || count == 0 ||
      !yata_typing_holds(doc, text))
    return false;
  return count < at->it->len && !yata_cuts_pair(doc, at->it, back ? at->it->len - count : count);
}

/** Type the key, where yata_types_on. */
static inline void yata_type_on(struct yata_doc *doc, uint8_t key) {
  struct yata_txn *txn = &doc->txn;
  struct yata_typing *at = &doc->typing;
  struct yata_client *c = at->client;
  txn->touched[0].before = c->state++; /* the client is the one of the transaction before */
  c->txn_id = at->key_id = txn->id;
  c->text.len++;
  at->chunk->live++;
  *at->to++ = at->key = key;
  at->index++;
  at->room--;
  at->it->len++;
  doc->types[at->type.slot].length++;
  txn->undo[0].kind = YATA_UNDO_GROW;
  txn->undo[0].at = at->item;
  txn->undo[0].u.grown = 1;
  txn->n_touched = txn->n_undo = txn->quick = 1;
  yata_tree_grown(doc, at->item, 1);
}
/** Erase so many units, where yata_erases_on. */
static inline void yata_erase_on(struct yata_doc *doc, uint32_t count) {
  struct yata_txn *txn = &doc->txn;
  struct yata_typing *at = &doc->typing;
  const struct yata_item *it = at->it;
  bool back = at->what == YATA_ERASES_BACK;
  uint32_t offset = back ? it->len - count : 0;
  txn->deleted.v[0] = (struct yata_range){at->client->id, it->clock + offset, count};
  struct yata_undo *undo = &txn->undo[0];
  undo->kind = YATA_UNDO_SHIFT;
  undo->at = at->item;
  undo->u.shift.units = count;
  undo->u.shift.content = it->content + offset;
  undo->right = back;
  *at->border = *at->first = yata_shift_units(doc, at->item, back, count) + (back ? 0u - count : count);
  txn->deleted.n = txn->n_undo = txn->quick = txn->shifts = 1;
  if (back) at->index -= count;
  at->key = 1;
  if (count == 1) at->key_id = txn->id;
  yata_run_shrunk(doc, at->item, count);
}

/** The open transaction is one quick edit, and is committed: the next one may go on there. */
void yata_typing_keep(struct yata_doc *doc);
/** Nothing is known any more: something may have moved, as what failed and was taken back does, too. If the open
 * transaction went on, where things are is looked for once more when it is committed. */
static inline void yata_typing_forget(struct yata_doc *doc) {
  doc->typing.txn_id = doc->typing.key_id = 0;
}

/** Take the update of one key, in version 1: of a key of ASCII that has a left origin, or of one unit that is erased.
 * `step`: of the clock, 1 or -1. */
void yata_key_set(struct yata_key_update *u, const uint8_t *update, size_t len, bool erased, int step);
/** On to the next key. */
static inline void yata_key_step(struct yata_key_update *u) {
  u->bytes[u->clock_at] = (uint8_t)(u->bytes[u->clock_at] + u->step);
  u->bytes[u->left_at] = (uint8_t)(u->bytes[u->left_at] + u->step);
  if (--u->steps == 0) u->len = 0;
}

/** Did the open transaction nothing but one of these with one key, is its update known, and is there room for it? */
static inline bool yata_key_only(const struct yata_doc *doc, const yata_buf *out) {
  const struct yata_typing *at = &doc->typing;
  return at->key_id == doc->txn.id && doc->txn.n_undo == 1 && at->next.len > 0 && out != NULL &&
         out->cap - out->len >= sizeof(at->next.bytes);
}
/** Then: append its update. */
static inline void yata_key_write(struct yata_typing *at, yata_buf *out) {
  struct yata_key_update *u = &at->next;
  uint8_t key = at->key, key_at = u->key_at, len = u->len;
  uint8_t *p = out->data + out->len;
  out->len += len;
  memcpy(p, u->bytes, sizeof(u->bytes));
  yata_key_step(u);
  p[key_at] = key;
}

#endif
