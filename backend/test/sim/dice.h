/* SPDX-License-Identifier: MIT */
#ifndef YOKE_TEST_SIM_DICE_H
#define YOKE_TEST_SIM_DICE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* Random numbers that a seed repeats (splitmix64, Steele and others 2014). */
struct dice {
  uint64_t state;
};

static inline uint64_t dice_next(struct dice *d) {
  uint64_t z = d->state += 0x9e3779b97f4a7c15;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
  z = (z ^ z >> 27) * 0x94d049bb133111eb;
  return z ^ z >> 31;
}

/** 0 .. n - 1; 0 for n 0. */
static inline uint32_t dice_below(struct dice *d, uint32_t n) {
  return n ? (uint32_t)(dice_next(d) % n) : 0;
}

static inline uint32_t dice_between(struct dice *d, uint32_t least, uint32_t most) {
  return least + dice_below(d, most - least + 1);
}

static inline bool dice_hits(struct dice *d, uint32_t per_mille) {
  return dice_below(d, 1000) < per_mille;
}

/* What must not fail in the simulation itself. */
#define MUST(call)                                                                                                     \
  do {                                                                                                                 \
    int must_err = (call);                                                                                             \
    if (must_err) {                                                                                                    \
      fprintf(stderr, "%s:%d: %s failed with %d\n", __FILE__, __LINE__, #call, must_err);                              \
      abort();                                                                                                         \
    }                                                                                                                  \
  } while (0)

static inline void *must_alloc(void *memory) {
  if (!memory) abort();
  return memory;
}

#endif
