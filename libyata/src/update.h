/* SPDX-License-Identifier: MIT */
/* Updates as bytes: walking, verifying. */
#ifndef YATA_UPDATE_H
#define YATA_UPDATE_H

#include "model.h"

/** Calls while an update is walked; each may be NULL, a negative result ends the walk. */
struct yata_walk {
  int (*on_section)(void *user, uint64_t client, uint64_t structs);
  int (*on_struct)(void *user, const struct yata_struct *st, size_t offset);
  int (*on_section_end)(void *user, size_t offset, uint32_t clock);
  int (*on_deleted)(void *user, uint64_t client, uint64_t clock, uint64_t len);
  void *user;
  bool held; /* it is an update of our own: see yata_rd */
};
YATA_CHECKED int yata_update_walk(const uint8_t *data, size_t len, uint32_t nesting, const struct yata_walk *walk,
                                  size_t *error_offset);

/* Of updates of our own: see yata_rd. */

/** As yata_merge_updates. */
YATA_CHECKED int yata_merge_held(const yata_slice *updates, size_t count, yata_buf *out);
/** As yata_diff_update. `plain`: as version 1 has it. */
YATA_CHECKED int yata_diff_held(yata_slice update, yata_slice sv, bool plain, yata_buf *out);

/** What stands before a client's structs: their number, at most what fits, and the id of the first. */
YATA_CHECKED int yata_section_read(struct yata_rd *rd, uint64_t *structs, struct yata_wid *id);
/** Walk the delete set, with which the update ends. */
YATA_CHECKED int yata_deleted_walk(struct yata_rd *rd, const struct yata_walk *walk);

#endif
