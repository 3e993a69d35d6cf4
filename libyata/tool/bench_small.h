/* SPDX-License-Identifier: MIT */
/* What a server does all day: one tiny update, one short difference, a thousand tiny updates merged into one. */
#ifndef YATA_TOOL_BENCH_SMALL_H
#define YATA_TOOL_BENCH_SMALL_H

#include "file.h"

/** Runs of one of these, each the time of all its operations in *ms. */
struct small {
  size_t operations; /* of a run */
  yata_stats stats;  /* of the document */
};

/**
 * The file holds updates, each behind its length (rows.h); the last 1,000 of them are the tiny ones.
 *
 *   tiny   apply each of these to the document that all before them make
 *   diff   the difference for a client that lacks the last 100
 *   merge  these, merged into one
 *
 * 0, a YATA_ERR_ or FILE_SAID; all writes `runs` times to `ms`.
 */
int small_tiny(const struct update *file, double *ms, int runs, struct small *out);
int small_diff(const struct update *file, double *ms, int runs, struct small *out);
int small_merge(const struct update *file, double *ms, int runs, struct small *out);

#endif
