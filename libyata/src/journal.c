/* SPDX-License-Identifier: MIT */
/* How to undo the open transaction. Everything that changes before the point of no return is
 * logged first, so that undoing needs no memory. A document that was empty has no journal: it is
 * emptied again. */
#include "store.h"
#include "tree.h"
#include "typing.h"

int yata_log_reserve_slow(struct yata_doc *doc) {
  struct yata_txn *txn = &doc->txn;
  return yata_mem_double(&doc->mem, &txn->undo, &txn->cap_undo, (size_t)txn->n_undo + 1, sizeof(*txn->undo));
}

int yata_log_slow(struct yata_doc *doc, const struct yata_undo *undo) {
  struct yata_txn *txn = &doc->txn;
  YATA_TRY(yata_log_reserve(doc));
  txn->undo[txn->n_undo++] = *undo;
  return 0;
}

static int log_was(struct yata_doc *doc, enum yata_undo_kind kind, uint32_t at, const union yata_was *was) {
  struct yata_txn *txn = &doc->txn;
  YATA_TRY(yata_mem_double(&doc->mem, &txn->was, &txn->cap_was, (size_t)txn->n_was + 1, sizeof(*txn->was)));
  YATA_TRY(yata_log_reserve(doc));
  txn->was[txn->n_was++] = *was;
  (void)yata_log_add(doc, kind, at);
  return 0;
}

int yata_log_item_slow(struct yata_doc *doc, uint32_t h) {
  const union yata_was was = {.item = doc->items[h]};
  return log_was(doc, YATA_UNDO_ITEM, h, &was);
}

int yata_log_type_slow(struct yata_doc *doc, uint32_t type) {
  const union yata_was was = {.type = doc->types[type]};
  YATA_TRY(log_was(doc, YATA_UNDO_TYPE, type, &was));
  doc->types[type].logged = doc->txn.mark;
  return 0;
}

uint32_t yata_mark(struct yata_doc *doc) {
  doc->txn.mark++;
  return doc->txn.n_undo;
}

static uint32_t visible(const struct yata_item *it) {
  return yata_item_counts(it) ? it->len : 0;
}

static void undo_item(struct yata_doc *doc, uint32_t h, const struct yata_item *old) {
  uint32_t more = visible(old) - visible(&doc->items[h]);
  doc->items[h] = *old;
  if (more != 0) yata_tree_grown(doc, h, more);
}

static void undo_type(struct yata_doc *doc, uint32_t type, const struct yata_typ *old) {
  uint32_t tree = doc->types[type].tree;
  doc->types[type] = *old;
  doc->types[type].tree = tree;
}

/* What follows finds everything as it was right after what it undoes. */

static void undo_split(struct yata_doc *doc, uint32_t r) {
  const struct yata_item *it = &doc->items[r];
  uint32_t h = it->left;
  yata_tree_merging(doc, h, r);
  doc->items[h].len += it->len;
  doc->items[h].right = it->right;
  if (it->right != 0) doc->items[it->right].left = h;
  yata_index_drop(doc, &doc->clients[it->client], it->clock);
  yata_item_free(doc, r);
}

static void undo_grow(struct yata_doc *doc, uint32_t h, uint32_t units) {
  struct yata_item *it = &doc->items[h];
  struct yata_client *c = &doc->clients[it->client];
  yata_tree_grown(doc, h, 0u - units);
  it->len -= units;
  doc->types[it->parent].length -= units;
  c->state -= units;
  yata_text_truncate(doc, &c->text, c->text.len - units);
}

static bool in_list(const struct yata_item *it) {
  return it->key == 0 && yata_kind_countable(it->kind);
}

static void unlink_item(struct yata_doc *doc, uint32_t h) {
  const struct yata_item *it = &doc->items[h];
  yata_tree_unlinked(doc, h);
  if (it->left != 0)
    doc->items[it->left].right = it->right;
  else if (it->key == 0)
    doc->types[it->parent].start = it->right;
  if (it->right != 0) doc->items[it->right].left = it->left;
  if (in_list(it)) doc->types[it->parent].length -= it->len;
}

static void undo_put(struct yata_doc *doc, uint32_t h) {
  const struct yata_item *it = &doc->items[h];
  struct yata_client *c = &doc->clients[it->client];
  if (it->kind != YATA_WIRE_GC) unlink_item(doc, h);
  if (it->kind == YATA_WIRE_STRING) yata_text_truncate(doc, &c->text, it->content);
  if (yata_kind_has_values(it->kind)) yata_values_truncate(doc, &c->values, it->content);
  c->state = it->clock;
  yata_index_drop(doc, c, it->clock);
  yata_item_free(doc, h);
}

static void undo_shift(struct yata_doc *doc, const struct yata_undo *undo) {
  struct yata_item *it = &doc->items[undo->at];
  uint32_t units = undo->u.shift.units;
  yata_shift(doc, undo->at, undo->right, 0u - units);
  doc->types[it->parent].length += units;
  yata_tree_grown(doc, undo->at, units);
}

static void undo_hide(struct yata_doc *doc, uint32_t h) {
  struct yata_item *it = &doc->items[h];
  it->flags &= (uint8_t)~YATA_ITEM_DELETED;
  yata_deleted_changed(doc, it);
  if (!in_list(it)) return;
  doc->types[it->parent].length += it->len;
  yata_tree_grown(doc, h, it->len);
}

static void undo_one(struct yata_doc *doc, const struct yata_undo *undo) {
  struct yata_txn *txn = &doc->txn;
  struct yata_client *c;
  uint32_t at = undo->at;
  switch ((enum yata_undo_kind)undo->kind) {
  case YATA_UNDO_ITEM: undo_item(doc, at, &txn->was[--txn->n_was].item); break;
  case YATA_UNDO_TYPE: undo_type(doc, at, &txn->was[--txn->n_was].type); break;
  case YATA_UNDO_TYPE_NEW: yata_type_free(doc, at); break;
  case YATA_UNDO_ENT: doc->ents[at].item = undo->u.ent_item; break;
  case YATA_UNDO_ENT_NEW: yata_ent_undo(doc, at, undo->u.before); break;
  case YATA_UNDO_SPLIT: undo_split(doc, at); break;
  case YATA_UNDO_GROW: undo_grow(doc, at, undo->u.grown); break;
  case YATA_UNDO_PUT: undo_put(doc, at); break;
  case YATA_UNDO_SHIFT: undo_shift(doc, undo); break;
  case YATA_UNDO_HIDE: undo_hide(doc, at); break;
  case YATA_UNDO_UNIT:
    c = &doc->clients[at];
    /* The chunk was widened when the unit was patched: this cannot fail. */
    (void)!yata_text_patch(doc, &c->text, undo->u.unit.pos, undo->u.unit.unit);
    break;
  }
}

static void empty(struct yata_doc *doc) {
  for (uint32_t i = 0; i < doc->n_clients; i++) yata_client_deinit(doc, &doc->clients[i]);
  doc->n_clients = doc->n_ordered = 0;
  if (doc->n_client_hash > 0) memset(doc->client_hash, 0, doc->n_client_hash * sizeof(*doc->client_hash));
  doc->n_items = 1;
  doc->used_items = doc->free_items = 0;
  /* What was there before are the roots alone: the oldest entries and types. */
  yata_ents_truncate(doc, doc->txn.ents_before);
  doc->n_types = doc->txn.types_before;
  doc->used_types = doc->n_types - 1;
  doc->free_types = 0;
  for (uint32_t t = 1; t < doc->n_types; t++) {
    struct yata_typ *typ = &doc->types[t];
    typ->start = typ->length = typ->first = typ->last = typ->mark = 0;
    typ->flags &= (uint8_t)~YATA_TYPE_FORMATTED;
  }
  yata_keys_truncate(doc, doc->txn.keys_before, doc->txn.bytes_before);
}

void yata_rollback(struct yata_doc *doc, uint32_t mark) {
  struct yata_txn *txn = &doc->txn;
  if (txn->virgin) {
    yata_tree_drop_all(doc);
    empty(doc);
  } else {
    while (txn->n_undo > mark) undo_one(doc, &txn->undo[--txn->n_undo]);
    txn->mark++;
  }
  doc->mark_epoch++;
  doc->format_epoch++;
  yata_typing_forget(doc);
}
