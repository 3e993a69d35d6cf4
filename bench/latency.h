/* SPDX-License-Identifier: MIT */
#ifndef YOKE_BENCH_LATENCY_H
#define YOKE_BENCH_LATENCY_H

#include <stdint.h>

/* A histogram of microseconds: 32 buckets for each power of two, so a quantile is at most 3 % off. */
enum { LATENCY_BUCKETS = 32 * 36 };

struct latency {
  uint64_t count;
  uint64_t buckets[LATENCY_BUCKETS];
};

void latency_add(struct latency *l, uint64_t us);

/** The time that the share @q (0 .. 1) of all entries does not exceed, in microseconds; 0 when there are none. */
uint64_t latency_quantile(const struct latency *l, double q);

#endif
