/* SPDX-License-Identifier: MIT */
#ifndef YOKE_TEST_NOMEM_LIVES_H
#define YOKE_TEST_NOMEM_LIVES_H

#include "nomem.h"
#include "place.h"

/* One life after the other, each with another allocation failing. */
struct lives {
  const char *promise; /* what the test says when all went well */
  /** One life from beginning to end, on a place that is as new. */
  void (*live)(struct place *place);
  const enum nomem_part *parts; /* whose allocations fail, each at least once */
  size_t part_count;
};

/**
 * The program's main.
 *   --store KIND     sqlite (default) or postgresql
 *   --per-part N     so many allocations of each part, not all
 *   --part NAME      this part alone
 *   --nth N          this allocation of each part alone
 *   --spell N        so many fail in a row, not one
 *   --jobs N         so many processes side by side
 */
int lives_main(const struct lives *lives, int argc, char **argv);

#endif
