/* SPDX-License-Identifier: MIT */
/* Single edits of a text on a short path. txn_quick.h has the end of a transaction that did nothing else. */
#ifndef YATA_EDIT_QUICK_H
#define YATA_EDIT_QUICK_H

#include "edit.h"
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
  undo->u.shift.right = right;
  doc->txn.shifts++;
  yata_shift(doc, h, right, units);
  doc->types[it->parent].length -= units;
  yata_tree_grown(doc, h, 0u - units);
}

/* Each returns 1 when it did the edit, 0 when it is not as simple: then nothing was done. Or an error,
 * everything as before. The range was verified, the transaction is open; `units` and `count` are not 0. */
YATA_CHECKED int yata_quick_insert(struct yata_doc *doc, uint32_t type, uint32_t index, yata_slice s, uint32_t units);
YATA_CHECKED int yata_quick_delete(struct yata_doc *doc, uint32_t type, uint32_t index, uint32_t count);

#endif
