/* SPDX-License-Identifier: MIT */
#include "report.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *fault_text(enum fault fault) {
  static const char *const texts[] = {
#define FAULT_TEXT(name, text) [name] = text,
      FAULT_TABLE(FAULT_TEXT)
#undef FAULT_TEXT
  };
  return texts[fault];
}

void report_fault(struct report *r, enum fault fault) {
  r->faults[fault]++;
  report_trace(r, "-- %s", fault_text(fault));
}

void report_violation(struct report *r, const char *format, ...) {
  char text[sizeof r->first - 32];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  report_trace(r, "VIOLATION: %s", text);
  if (r->violations++ == 0) snprintf(r->first, sizeof r->first, "at %" PRIu64 " ms: %s", r->time->now_ms, text);
}

void report_trace(const struct report *r, const char *format, ...) {
  if (!r->trace) return;
  va_list args;
  va_start(args, format);
  printf("%8" PRIu64 " ", r->time->now_ms);
  vprintf(format, args);
  putchar('\n');
  va_end(args);
}

void report_add(struct report *sum, const struct report *one) {
  for (int i = 0; i < FAULT_KINDS; i++) sum->faults[i] += one->faults[i];
  sum->edits += one->edits;
  sum->deletions += one->deletions;
  sum->acknowledged += one->acknowledged;
  sum->told_gone += one->told_gone;
  sum->loads += one->loads;
  sum->compactions += one->compactions;
  if (sum->violations == 0 && one->violations) memcpy(sum->first, one->first, sizeof sum->first);
  sum->violations += one->violations;
}
