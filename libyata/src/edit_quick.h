/* SPDX-License-Identifier: MIT */
/* Single edits of a text on a short path. txn_quick.h has the end of a transaction that did nothing else. */
#ifndef YATA_EDIT_QUICK_H
#define YATA_EDIT_QUICK_H

#include "edit.h"

/* Text typed on where the transaction before this one typed, and nothing happened since. */
static inline bool yata_types_on(const struct yata_doc *doc, yata_type text, uint32_t index) {
  const struct yata_typing *at = &doc->typing;
  return at->index == index && at->txn_id + 2 == doc->txn.id && at->type == text.slot &&
         at->generation == text.generation && doc->txn.open && doc->txn.n_undo == 0;
}

/** Where yata_types_on: a key of ASCII. False: it is not as simple, and nothing was done. */
bool yata_type_on(struct yata_doc *doc, uint8_t key);

/* Each returns 1 when it did the edit, 0 when it is not as simple: then nothing was done. Or an error,
 * everything as before. The range was verified, the transaction is open; `units` and `count` are not 0. */
YATA_CHECKED int yata_quick_insert(struct yata_doc *doc, uint32_t type, uint32_t index, yata_slice s, uint32_t units);
YATA_CHECKED int yata_quick_delete(struct yata_doc *doc, uint32_t type, uint32_t index, uint32_t count);

#endif
