/* SPDX-License-Identifier: MIT */
/* What waits for updates that have not arrived. */
#ifndef YATA_PENDING_H
#define YATA_PENDING_H

#include "later.h"

/* What of an update could not be integrated: the structs from `next` on of those sections that were dropped. */
struct yata_left {
  uint32_t n_sections; /* dropped */
  struct yata_missing *missing;
  uint32_t n_missing, cap_missing;
};

/** Add what is left of an update to what is pending. YATA_ERR_LIMIT, YATA_ERR_NOMEM. */
YATA_CHECKED int yata_pending_add(struct yata_doc *doc, const struct yata_later *later, const struct yata_left *left,
                                  struct yata_pending *p);
YATA_CHECKED int yata_pending_copy(struct yata_doc *doc, const struct yata_pending *from, struct yata_pending *to);
void yata_pending_deinit(struct yata_doc *doc, struct yata_pending *p);

#endif
