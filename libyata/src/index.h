/* SPDX-License-Identifier: MIT */
/* A client's items by clock: blocks of clocks and handles, side by side. The last hit is remembered, since
 * deletions and origins mostly stay where the one before was. */
#ifndef YATA_INDEX_H
#define YATA_INDEX_H

#include "model.h"

/** Where the item is that holds the clock; the clock must be below the client's state. */
struct yata_pos yata_index_search(const struct yata_client *c, uint32_t clock);

static inline struct yata_pos yata_index_last(const struct yata_client *c) {
  return (struct yata_pos){c->n_blocks - 1, c->blocks[c->n_blocks - 1].n - 1};
}

static inline uint32_t yata_index_at(const struct yata_client *c, struct yata_pos pos) {
  const struct yata_block *b = &c->blocks[pos.block];
  return b->clocks[b->cap + pos.slot];
}

/** The item there begins at another clock now; the order stays. */
static inline void yata_index_set(const struct yata_client *c, struct yata_pos pos, uint32_t clock) {
  struct yata_block *b = &c->blocks[pos.block];
  b->clocks[pos.slot] = clock;
  if (pos.slot == 0) b->first = clock;
}

static inline bool yata_index_next(const struct yata_client *c, struct yata_pos *pos) {
  if (pos->slot + 1 < c->blocks[pos->block].n) {
    pos->slot++;
    return true;
  }
  if (pos->block + 1 >= c->n_blocks) return false;
  pos->block++;
  pos->slot = 0;
  return true;
}

static inline bool yata_index_prev(const struct yata_client *c, struct yata_pos *pos) {
  if (pos->slot > 0) {
    pos->slot--;
    return true;
  }
  if (pos->block == 0) return false;
  pos->block--;
  pos->slot = c->blocks[pos->block].n - 1;
  return true;
}

/* Is it at the hint or one of those just behind it? */
static inline bool yata_index_near(const struct yata_client *c, uint32_t clock, struct yata_pos *at) {
  *at = c->hint;
  if (at->block >= c->n_blocks) return false;
  const struct yata_block *b = &c->blocks[at->block];
  if (at->slot >= b->n || b->clocks[at->slot] > clock) return false;
  if (at->slot + 4 < b->n && b->clocks[at->slot + 4] <= clock) return false;
  for (uint32_t end = at->slot + 4; at->slot < end; at->slot++) {
    if (at->slot + 1 == b->n) return at->block + 1 == c->n_blocks || b[1].first > clock;
    if (b->clocks[at->slot + 1] > clock) return true;
  }
  return false;
}

/* So many clocks are looked at at once. */
#define YATA_WINDOW 16u

/* Is it one of the last? Counting has no branches, which nobody could foresee. (Clocks are below 2^31: compilers
 * compare several at once if they have a sign.) */
static inline bool yata_index_late(const struct yata_client *c, uint32_t clock, struct yata_pos *at) {
  const struct yata_block *b = &c->blocks[at->block];
  if (b->n < YATA_WINDOW) return false;
  const uint32_t *clocks = b->clocks + b->n - YATA_WINDOW;
  uint32_t n = 0;
  for (uint32_t i = 0; i < YATA_WINDOW; i++) n += (int32_t)clocks[i] <= (int32_t)clock;
  at->slot = b->n - YATA_WINDOW + n - 1;
  return n > 0;
}

/** As yata_index_search, trying the last hit, those just behind it and the end first. */
static inline struct yata_pos yata_index_find(const struct yata_client *c, uint32_t clock) {
  struct yata_pos at;
  if (yata_index_near(c, clock, &at)) {
    ((struct yata_client *)c)->hint = at; /* a cache: the client is const for its readers alone */
    return at;
  }
  at = yata_index_last(c);
  return c->blocks[at.block].clocks[at.slot] <= clock || yata_index_late(c, clock, &at) ? at
                                                                                        : yata_index_search(c, clock);
}

static inline uint32_t yata_index_lookup(const struct yata_doc *doc, uint32_t client, uint32_t clock) {
  const struct yata_client *c = &doc->clients[client];
  return yata_index_at(c, yata_index_find(c, clock));
}

#endif
