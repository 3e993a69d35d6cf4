/* SPDX-License-Identifier: MIT */
/* A wall clock that jumps back and forth by days with every look at it (linked with --wrap=clock_unix_ms). */
#include <stdatomic.h>

#include "base/clock.h"

uint64_t __real_clock_unix_ms(void);
uint64_t __wrap_clock_unix_ms(void);

uint64_t __wrap_clock_unix_ms(void) {
  static atomic_uint looks;
  static const int64_t hours[] = {0, 72, -48, 1, -24 * 365, 24 * 365 * 3, -1};
  unsigned look = atomic_fetch_add(&looks, 1);
  return __real_clock_unix_ms() + (uint64_t)(hours[look % 7] * INT64_C(3600000));
}
