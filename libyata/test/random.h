/* SPDX-License-Identifier: MIT */
/* Random numbers that repeat from YATA_SEED, which is printed; 1 where it is not given. */
#ifndef YATA_TEST_RANDOM_H
#define YATA_TEST_RANDOM_H

#include "testing.h"

static uint32_t random_state;

static inline uint32_t below(uint32_t n) {
  random_state ^= random_state << 13;
  random_state ^= random_state >> 17;
  random_state ^= random_state << 5;
  return random_state % n;
}

static inline int seed(void **state) {
  const char *given = getenv("YATA_SEED");
  (void)state;
  random_state = given != NULL ? (uint32_t)atoi(given) : 1;
  random_state |= 1;
  print_message("# YATA_SEED=%u\n", random_state);
  return 0;
}

#endif
