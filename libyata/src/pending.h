/* SPDX-License-Identifier: MIT */
/* What waits for updates that have not arrived. Adding to it costs what is
 * added: it is merged with the rest when as much again has come, or when
 * somebody reads it. */
#ifndef YATA_PENDING_H
#define YATA_PENDING_H

#include "later.h"
#include "waiting.h"

/* What of an update could not be integrated: the structs from `next` on of
 * those sections that were dropped. */
struct yata_left {
  uint32_t n_sections; /* dropped */
  struct yata_missing *missing;
  uint32_t n_missing, cap_missing;
};

/* What is to be added: an update in version 1, which units it has, and what
 * they wait for. Zeroed: nothing. */
struct yata_addition {
  yata_buf update;
  struct yata_ranges units;
  struct yata_missing *missing; /* taken over from yata_left */
  uint32_t n_missing, cap_missing;
  bool is_new; /* something of it does not wait already */
};

void yata_addition_deinit(struct yata_doc *doc, struct yata_addition *a);

/**
 * Write what is left of an update, and make room for it, so that
 * yata_pending_add cannot fail. *a was zeroed. What is pending stays as it is,
 * but may be merged.
 *
 * Returns 0, YATA_ERR_LIMIT, YATA_ERR_NOMEM; then, too, *a is to be freed.
 */
YATA_CHECKED int yata_pending_prepare(struct yata_doc *doc, const struct yata_later *later, struct yata_left *left,
                                      struct yata_pending *p, struct yata_addition *a);
void yata_pending_add(struct yata_pending *p, const struct yata_addition *a);

/** Do the same units wait in both? */
bool yata_pending_same(const struct yata_pending *a, const struct yata_pending *b);

#endif
