/* SPDX-License-Identifier: MIT */
#include "latency.h"

enum { STEPS = 32, STEP_BITS = 5 };

static unsigned bucket_of(uint64_t us) {
  if (us < STEPS) return (unsigned)us;
  unsigned power = 63u - (unsigned)__builtin_clzll(us) - STEP_BITS;
  unsigned bucket = (power + 1) * STEPS + (unsigned)(us >> power) - STEPS;
  return bucket < LATENCY_BUCKETS ? bucket : LATENCY_BUCKETS - 1;
}

static uint64_t upper_edge(unsigned bucket) {
  if (bucket < STEPS) return bucket;
  unsigned power = bucket / STEPS - 1;
  return ((uint64_t)(bucket % STEPS) + STEPS + 1) << power;
}

void latency_add(struct latency *l, uint64_t us) {
  l->buckets[bucket_of(us)]++;
  l->count++;
}

uint64_t latency_quantile(const struct latency *l, double q) {
  uint64_t wanted = (uint64_t)(q * (double)l->count), seen = 0;
  for (unsigned i = 0; i < LATENCY_BUCKETS; i++) {
    seen += l->buckets[i];
    if (l->buckets[i] && seen >= wanted) return upper_edge(i);
  }
  return 0;
}
