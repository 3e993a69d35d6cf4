/* SPDX-License-Identifier: MIT */
/* Applying the structs of an update. */
#ifndef YATA_APPLY_H
#define YATA_APPLY_H

#include "integrate.h"
#include "pending.h"

/**
 * Integrate what of the update is new and depends on nothing that is missing. *left, zeroed before, says
 * what remains; its `missing` is the caller's to free, on error too.
 */
YATA_CHECKED int yata_apply_structs(struct yata_doc *doc, const struct yata_parsed *p, struct yata_left *left);

#endif
