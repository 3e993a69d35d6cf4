/* SPDX-License-Identifier: MIT */
/* Sets of units, by client and clock, which remember in what order their clients came: redoing goes in
 * that order, as in Yjs. */
#ifndef YATA_IDSET_H
#define YATA_IDSET_H

#include "model.h"

struct yata_span {
  uint32_t client, clock, len; /* a client's number */
};

struct yata_idset {
  struct yata_span *v; /* sorted, joined */
  uint32_t n, cap;
  uint32_t *order; /* the clients */
  uint32_t n_order, cap_order;
};

/** Make room for so many spans and clients more. */
YATA_CHECKED int yata_idset_reserve(struct yata_mem *mem, struct yata_idset *set, uint32_t spans, uint32_t clients);
/** Add ranges of one client, sorted and apart; whose they are they need not say. There must be room for each. */
void yata_idset_add(struct yata_idset *set, uint32_t client, const struct yata_range *ranges, uint32_t n);
bool yata_idset_has(const struct yata_idset *set, uint32_t client, uint32_t clock);
/** The first span of a client, and behind its last. */
void yata_idset_client(const struct yata_idset *set, uint32_t client, uint32_t *from, uint32_t *to);
void yata_idset_deinit(struct yata_mem *mem, struct yata_idset *set);

#endif
