/* SPDX-License-Identifier: MIT */
/* Opening and closing transactions, local ones and those of updates. */
#ifndef YATA_TXN_H
#define YATA_TXN_H

#include "integrate.h"

/** @cause  may be NULL. */
void yata_txn_open(struct yata_doc *doc, bool local, const yata_cause *cause);
/** Forget the transaction's records. */
void yata_txn_close(struct yata_doc *doc);
/** Undo all of it, and close it. */
void yata_txn_undo(struct yata_doc *doc);

/** Where one operation of a local transaction began. */
struct yata_op {
  uint32_t undo, splits, deleted, subs;
  struct yata_range last;
};
YATA_CHECKED int yata_op_begin(struct yata_doc *doc, struct yata_op *op);
/** End it: on error everything since yata_op_begin is undone. Returns err. */
YATA_CHECKED int yata_op_end(struct yata_doc *doc, const struct yata_op *op, int err);

#endif
