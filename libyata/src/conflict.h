/* SPDX-License-Identifier: MIT */
#ifndef YATA_CONFLICT_H
#define YATA_CONFLICT_H

#include "integrate.h"

/** The first item of the list, or of the key's chain, that the new one goes into; 0: none. */
YATA_CHECKED int yata_list_start(struct yata_doc *doc, const struct yata_new *n, uint32_t *out);

/** The item behind which it goes among those between its origins; 0: it is the first. YATA_ERR_LIMIT: that takes more
 *  than max_steps. */
YATA_CHECKED int yata_resolve(struct yata_doc *doc, const struct yata_new *n, uint32_t *left);

/** Have the two one right origin? */
static inline bool yata_same_ror(const struct yata_new *n, const struct yata_item *o) {
  return n->ror == o->ror && (n->ror == 0 || n->ror_clock == o->ror_clock);
}

#endif
