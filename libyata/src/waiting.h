/* SPDX-License-Identifier: MIT */
/* All that is pending, as one update. */
#ifndef YATA_WAITING_H
#define YATA_WAITING_H

#include "model.h"

void yata_pending_deinit(struct yata_doc *doc, struct yata_pending *p);
/** Merge all that is pending into p->update. YATA_ERR_NOMEM: it is as it was. */
YATA_CHECKED int yata_pending_merge(struct yata_doc *doc, struct yata_pending *p);
/** Append all that is pending, with what is about to be (may be empty), as one update. */
YATA_CHECKED int yata_pending_write(struct yata_doc *doc, const struct yata_pending *p, yata_slice more, yata_buf *out);

#endif
