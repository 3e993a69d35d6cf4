/* SPDX-License-Identifier: MIT */
/* The end of a transaction that was one quick edit: see edit_quick.h. */
#ifndef YATA_TXN_QUICK_H
#define YATA_TXN_QUICK_H

#include "store.h"

/** Did the open transaction do one quick edit, and nothing else? */
static inline bool yata_quick_only(const struct yata_doc *doc) {
  return doc->txn.quick != 0 && doc->txn.n_undo == doc->txn.quick && !doc->observed;
}
/** Append the update of such a transaction, and clean up the little that there is. YATA_ERR_NOMEM: nothing done. */
YATA_CHECKED int yata_quick_commit(struct yata_doc *doc, yata_buf *out);
/** What the quick deletions of the transaction left to free. */
void yata_quick_release(struct yata_doc *doc);

#endif
