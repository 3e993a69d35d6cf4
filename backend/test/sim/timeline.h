/* SPDX-License-Identifier: MIT */
#ifndef YOKE_TEST_SIM_TIMELINE_H
#define YOKE_TEST_SIM_TIMELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The clock of a simulation, and what will happen. Of two events at one time the first planned comes first. */
struct timeline {
  uint64_t now_ms;
  uint64_t planned; /* events so far */
  struct event *heap;
  size_t count, cap;
};

/** @ctx must live until then: nothing is ever called off. */
void timeline_plan(struct timeline *t, uint64_t delay_ms, void (*run)(void *ctx), void *ctx);
/** Let the next event happen, if it is not later than @end_ms; else the clock stands at @end_ms. */
bool timeline_step(struct timeline *t, uint64_t end_ms);
void timeline_deinit(struct timeline *t);

#endif
