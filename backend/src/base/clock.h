/* SPDX-License-Identifier: MIT */
#ifndef YOKE_BASE_CLOCK_H
#define YOKE_BASE_CLOCK_H

#include <stdint.h>

uint64_t clock_mono_ms(void); /* monotonic milliseconds */
uint64_t clock_mono_us(void); /* monotonic microseconds */
uint64_t clock_unix_ms(void); /* wall clock, milliseconds since 1970 */

/** "2026-01-31T12:34:56.789Z" into @out (at least 25 bytes). */
void clock_iso8601(uint64_t unix_ms, char out[static 25]);

#endif
