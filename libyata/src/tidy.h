/* SPDX-License-Identifier: MIT */
/* What Yjs does after a transaction of others touched formatted text: it deletes formats that nothing needs any more,
 * in a transaction of its own. First all of them are found, which may fail; deleting them cannot. */
#ifndef YATA_TIDY_H
#define YATA_TIDY_H

#include "model.h"

/** Find what to delete; nothing is when it would take more than max_steps. YATA_ERR_NOMEM. */
YATA_CHECKED int yata_tidy_plan(struct yata_doc *doc);
/** Forget the plan. */
void yata_tidy_drop(struct yata_doc *doc);
/** Delete what was found. The transaction that is open is not to know. */
void yata_tidy_perform(struct yata_doc *doc);
/** Begin and end the transaction of these deletions. */
void yata_tidy_commit(struct yata_doc *doc);

#endif
