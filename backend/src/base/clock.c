/* SPDX-License-Identifier: MIT */
#include "base/clock.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define LAST_MS_OF_YEAR_9999 UINT64_C(253402300799999)

uint64_t clock_mono_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

uint64_t clock_mono_ms(void) {
  return clock_mono_us() / 1000;
}

uint64_t clock_unix_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

void clock_iso8601(uint64_t unix_ms, char out[static 25]) {
  if (unix_ms > LAST_MS_OF_YEAR_9999) unix_ms = LAST_MS_OF_YEAR_9999;
  time_t seconds = (time_t)(unix_ms / 1000);
  struct tm t;
  gmtime_r(&seconds, &t);
  char text[80]; /* as wide as the compiler believes six ints can get */
  snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", t.tm_year + 1900, t.tm_mon + 1, t.tm_mday,
           t.tm_hour, t.tm_min, t.tm_sec, (int)(unix_ms % 1000));
  memcpy(out, text, 24);
  out[24] = '\0';
}
