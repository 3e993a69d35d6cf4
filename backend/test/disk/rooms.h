/* SPDX-License-Identifier: MIT */
#ifndef YOKE_TEST_DISK_ROOMS_H
#define YOKE_TEST_DISK_ROOMS_H

#include <stdbool.h>
#include <stdint.h>

#include "port/store.h"

/*
 * A server's work on a store, of real Yjs documents: rooms are created, edited,
 * compacted, renamed and deleted at random, and everything that the store has
 * acknowledged is remembered, to be compared with what it has later.
 */
struct rooms;

struct rooms_counts {
  uint64_t creations, appends, deletions, compactions, renamings, removals; /* acknowledged */
  uint64_t loads;
  uint64_t lost; /* findings; each is printed */
};

struct rooms *rooms_create(uint64_t seed);
void rooms_destroy(struct rooms *rooms);
const struct rooms_counts *rooms_counts(const struct rooms *rooms);

/** Start a few calls. Errors of their completions are ignored while *@ended; otherwise they abort the test. */
void rooms_work(struct rooms *rooms, struct store *store);
size_t rooms_outstanding(const struct rooms *rooms);

/** Start to load every room that ever was, as after a start; findings are counted. Only while nothing is outstanding.
 */
void rooms_load(struct rooms *rooms, struct store *store);
/** The store is gone: what was not acknowledged may be there or not, and what was not read is not known. */
void rooms_crash(struct rooms *rooms);

/** Nobody could open the store although nothing was in the way: everything is lost. */
void rooms_unreadable(struct rooms *rooms, const char *reason);

/** An error of a completion is expected from now on (the disk is gone) or not. */
void rooms_expect_errors(struct rooms *rooms, bool (*expected)(void));

#endif
