/* SPDX-License-Identifier: MIT */
/* By what an undo manager replaced content that was deleted: for items with YATA_ITEM_REDONE. */
#ifndef YATA_REDONE_H
#define YATA_REDONE_H

#include "model.h"

/** Note that an item was made anew, beginning with this unit. The flag is the caller's to set. */
YATA_CHECKED int yata_redone_set(struct yata_doc *doc, const struct yata_item *it, uint32_t to_client,
                                 uint32_t to_clock);
/** The unit which the first one of an item with the flag became. */
void yata_redone_get(const struct yata_doc *doc, const struct yata_item *it, uint32_t *client, uint32_t *clock);
/** An item with the flag will be split. */
YATA_CHECKED int yata_redone_split(struct yata_doc *doc, const struct yata_item *it, uint32_t diff);
/** Has any item the flag, or had? */
bool yata_redone_any(const struct yata_doc *doc);
bool yata_redone_has(const struct yata_doc *doc, const struct yata_item *it);

/**
 * What a unit, which must exist, became by undoing and redoing: the item that holds it now, and which of
 * its units it is. Without an undo manager, and for what was not undone, the unit itself.
 */
void yata_follow_redone(const struct yata_doc *doc, uint32_t client, uint32_t clock, uint32_t *item, uint32_t *offset);

#endif
