/* SPDX-License-Identifier: MIT */
/* What of a list was visible at a snapshot. */
#ifndef YATA_SNAPSHOT_VIEW_H
#define YATA_SNAPSHOT_VIEW_H

#include "delete_set.h"

/* A snapshot, and what it knows of the client that was looked at last. */
struct yata_view {
  const yata_snapshot *s; /* NULL: the document as it is now */
  bool looked;
  uint64_t client, known;
};

/**
 * Was the unit of an item visible (countable or not)?
 *
 * Returns how many units from there on stand on the same side of every edge of the snapshot: where
 * Yjs would split the item.
 */
uint32_t yata_view_run(struct yata_view *view, const struct yata_doc *doc, const struct yata_item *it, uint32_t offset,
                       bool *visible);

/** How many units of the client the snapshot knows. */
uint64_t yata_view_known(struct yata_view *view, const struct yata_doc *doc, uint32_t client);

/** As yata_handle, but for a type that was deleted since and is still kept, too. */
YATA_CHECKED int yata_handle_kept(const struct yata_doc *doc, yata_type type, enum yata_kind kind, uint32_t *slot);

#endif
