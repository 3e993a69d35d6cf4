/* SPDX-License-Identifier: MIT */
#ifndef YOKE_TEST_BASE_SUPPORT_H
#define YOKE_TEST_BASE_SUPPORT_H

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"

/* A seeded generator (xorshift), so that a failure can be run again. */
struct rng {
  uint64_t state;
};

static inline uint64_t rng_next(struct rng *r) {
  r->state ^= r->state << 13;
  r->state ^= r->state >> 7;
  r->state ^= r->state << 17;
  return r->state;
}

static inline size_t rng_below(struct rng *r, size_t bound) {
  return bound == 0 ? 0 : (size_t)(rng_next(r) % bound);
}

/* The seed of YOKE_TEST_SEED, or @fallback; printed for whoever meets a failure. */
static inline struct rng rng_of_test(uint64_t fallback) {
  const char *given = getenv("YOKE_TEST_SEED");
  uint64_t seed = given ? strtoull(given, NULL, 10) : fallback;
  printf("# seed %" PRIu64 "\n", seed);
  return (struct rng){seed ? seed : 1};
}

static inline void assert_buf_is(const struct buf *b, const char *text) {
  if (b->len != strlen(text) || memcmp(b->data ? (const char *)b->data : "", text, b->len) != 0)
    fail_msg("\"%.*s\" is not \"%s\"", (int)b->len, b->data ? (const char *)b->data : "", text);
}

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#endif
