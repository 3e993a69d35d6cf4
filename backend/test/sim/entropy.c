/* SPDX-License-Identifier: MIT */
#include "entropy.h"

#include <string.h>
#include <sys/types.h>

#include "dice.h"

ssize_t __wrap_getrandom(void *out, size_t len, unsigned flags);

static struct dice entropy;

void entropy_seed(uint64_t seed) {
  entropy.state = seed;
}

ssize_t __wrap_getrandom(void *out, size_t len, unsigned flags) {
  (void)flags;
  for (size_t at = 0; at < len; at += sizeof(uint64_t)) {
    uint64_t word = dice_next(&entropy);
    memcpy((uint8_t *)out + at, &word, len - at < sizeof word ? len - at : sizeof word);
  }
  return (ssize_t)len;
}
