/* SPDX-License-Identifier: MIT */
#ifndef YOKE_BASE_METRICS_H
#define YOKE_BASE_METRICS_H

#include <stdint.h>

#include "base/buf.h"

/*
 * Prometheus metrics (text format 0.0.4). A registry holds named series;
 * updates are relaxed atomics, so worker threads may count too.
 */
struct metrics;
struct metric_counter;   /* only grows */
struct metric_gauge;     /* up and down, int64 */
struct metric_histogram; /* seconds, fixed buckets 100 us .. 10 s */

MUST_USE int metrics_create(struct metrics **out);
void metrics_destroy(struct metrics *m);

/**
 * Register a series, owned by the registry until metrics_destroy(). @name must
 * match [a-z_]+ and start with "yoke_"; @labels is NULL or a ready-made list
 * such as `direction="in"`. Registering the same name and labels again returns
 * the same series; as another kind, NULL. NULL when out of memory, too: all
 * updates accept NULL, and so does @m. Names, labels and help are copied.
 */
struct metric_counter *metrics_counter(struct metrics *m, const char *name, const char *labels, const char *help);
struct metric_gauge *metrics_gauge(struct metrics *m, const char *name, const char *labels, const char *help);
/** A gauge for metric_max(): the largest value since the last render, which sets it back to 0. */
struct metric_gauge *metrics_peak(struct metrics *m, const char *name, const char *labels, const char *help);
struct metric_histogram *metrics_histogram(struct metrics *m, const char *name, const char *labels, const char *help);

void metric_add(struct metric_counter *c, uint64_t n);
uint64_t metric_read(const struct metric_counter *c);
void metric_set(struct metric_gauge *g, int64_t value);
void metric_move(struct metric_gauge *g, int64_t delta);
void metric_max(struct metric_gauge *g, int64_t value); /* raise to value if larger */
void metric_observe_us(struct metric_histogram *h, uint64_t microseconds);

/** Append the whole exposition, series of one name together under one HELP/TYPE. */
MUST_USE int metrics_render(struct metrics *m, struct buf *out);

#endif
