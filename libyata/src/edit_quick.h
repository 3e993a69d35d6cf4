/* SPDX-License-Identifier: MIT */
/* Single edits of a text on a short path. txn_quick.h has the end of a transaction that did nothing else. */
#ifndef YATA_EDIT_QUICK_H
#define YATA_EDIT_QUICK_H

#include "edit.h"

/* Each returns 1 when it did the edit, 0 when it is not as simple: then nothing was done. Or an error,
 * everything as before. The range was verified, the transaction is open; `units` and `count` are not 0. */
YATA_CHECKED int yata_quick_insert(struct yata_doc *doc, uint32_t type, uint32_t index, yata_slice s, uint32_t units);
YATA_CHECKED int yata_quick_delete(struct yata_doc *doc, uint32_t type, uint32_t index, uint32_t count);

#endif
