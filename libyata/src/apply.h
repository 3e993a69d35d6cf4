/* SPDX-License-Identifier: MIT */
/* Applying the structs of an update. */
#ifndef YATA_APPLY_H
#define YATA_APPLY_H

#include "integrate.h"
#include "pending.h"

/**
 * Read the structs of an update and integrate what is new and depends on nothing that is missing.
 *
 * @all        none before all are read.
 * @later      initialized; holds what had to wait for others.
 * @left       zeroed; says what remains of that. Its `missing` is the caller's to free, on error too.
 * @unordered  set when the clients do not stand there from the highest to the lowest, each once: undo all, and read
 *             again with `all`.
 */
YATA_CHECKED int yata_apply_structs(struct yata_doc *doc, struct yata_source *source, bool all,
                                    struct yata_later *later, struct yata_left *left, bool *unordered);

/** As yata_apply_update of an update of our own: see yata_rd. */
YATA_CHECKED int yata_apply_held(struct yata_doc *doc, yata_slice update);

#endif
