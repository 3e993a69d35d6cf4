/* SPDX-License-Identifier: MIT */
#include "base/metrics.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Upper bounds in microseconds and as Prometheus prints them, in seconds. */
#define BUCKETS(X)                                                                                                     \
  X(100, "0.0001")                                                                                                     \
  X(250, "0.00025") X(500, "0.0005") X(1000, "0.001") X(2500, "0.0025") X(5000, "0.005") X(10000, "0.01")              \
      X(25000, "0.025") X(50000, "0.05") X(100000, "0.1") X(250000, "0.25") X(500000, "0.5") X(1000000, "1")           \
          X(2500000, "2.5") X(5000000, "5") X(10000000, "10")

static const uint64_t bucket_us[] = {
#define BUCKET_US(us, text) us,
    BUCKETS(BUCKET_US)
#undef BUCKET_US
};
static const char *const bucket_text[] = {
#define BUCKET_TEXT(us, text) text,
    BUCKETS(BUCKET_TEXT)
#undef BUCKET_TEXT
};
enum { BUCKET_COUNT = sizeof(bucket_us) / sizeof(bucket_us[0]) };

struct metric_counter {
  _Atomic uint64_t value;
};

struct metric_gauge {
  _Atomic int64_t value;
};

struct metric_histogram {
  _Atomic uint64_t counts[BUCKET_COUNT + 1]; /* not cumulative; the last is +Inf */
  _Atomic uint64_t sum_us;
};

enum kind { KIND_COUNTER, KIND_GAUGE, KIND_PEAK, KIND_HISTOGRAM };

struct series {
  struct series *next; /* series of one name stand together */
  enum kind kind;
  char *name, *labels, *help; /* labels "" for none */
  union {
    struct metric_counter counter;
    struct metric_gauge gauge;
    struct metric_histogram histogram;
  } as;
};

struct metrics {
  pthread_mutex_t lock; /* the list; values are atomic */
  struct series *first;
};

int metrics_create(struct metrics **out) {
  struct metrics *m = calloc(1, sizeof(*m));
  if (!m) return ERR_NOMEM;
  pthread_mutex_init(&m->lock, NULL);
  *out = m;
  return 0;
}

static void series_destroy(struct series *s) {
  if (!s) return;
  free(s->name);
  free(s->labels);
  free(s->help);
  free(s);
}

void metrics_destroy(struct metrics *m) {
  if (!m) return;
  while (m->first) {
    struct series *s = m->first;
    m->first = s->next;
    series_destroy(s);
  }
  pthread_mutex_destroy(&m->lock);
  free(m);
}

static struct series *series_create(enum kind kind, const char *name, const char *labels, const char *help) {
  struct series *s = calloc(1, sizeof(*s));
  if (!s) return NULL;
  s->kind = kind;
  s->name = strdup(name);
  s->labels = strdup(labels);
  s->help = strdup(help);
  if (s->name && s->labels && s->help) return s;
  series_destroy(s);
  return NULL;
}

static bool name_valid(const char *name) {
  return strncmp(name, "yoke_", 5) == 0 && name[strspn(name, "abcdefghijklmnopqrstuvwxyz_")] == '\0';
}

static struct series *find_or_add(struct metrics *m, enum kind kind, const char *name, const char *labels,
                                  const char *help) {
  struct series **link = &m->first, **after_name = NULL;
  for (; *link; link = &(*link)->next) {
    if (strcmp((*link)->name, name) != 0) continue;
    if ((*link)->kind != kind) return NULL;
    if (strcmp((*link)->labels, labels) == 0) return *link;
    after_name = &(*link)->next;
  }
  struct series *s = series_create(kind, name, labels, help);
  if (!s) return NULL;
  if (!after_name) after_name = link;
  s->next = *after_name;
  *after_name = s;
  return s;
}

static struct series *metrics_register(struct metrics *m, enum kind kind, const char *name, const char *labels,
                                       const char *help) {
  if (!m || !name_valid(name)) return NULL;
  pthread_mutex_lock(&m->lock);
  struct series *s = find_or_add(m, kind, name, labels ? labels : "", help);
  pthread_mutex_unlock(&m->lock);
  return s;
}

struct metric_counter *metrics_counter(struct metrics *m, const char *name, const char *labels, const char *help) {
  struct series *s = metrics_register(m, KIND_COUNTER, name, labels, help);
  return s ? &s->as.counter : NULL;
}

struct metric_gauge *metrics_gauge(struct metrics *m, const char *name, const char *labels, const char *help) {
  struct series *s = metrics_register(m, KIND_GAUGE, name, labels, help);
  return s ? &s->as.gauge : NULL;
}

struct metric_gauge *metrics_peak(struct metrics *m, const char *name, const char *labels, const char *help) {
  struct series *s = metrics_register(m, KIND_PEAK, name, labels, help);
  return s ? &s->as.gauge : NULL;
}

struct metric_histogram *metrics_histogram(struct metrics *m, const char *name, const char *labels, const char *help) {
  struct series *s = metrics_register(m, KIND_HISTOGRAM, name, labels, help);
  return s ? &s->as.histogram : NULL;
}

void metric_add(struct metric_counter *c, uint64_t n) {
  if (c) atomic_fetch_add_explicit(&c->value, n, memory_order_relaxed);
}

uint64_t metric_read(const struct metric_counter *c) {
  return c ? atomic_load_explicit(&c->value, memory_order_relaxed) : 0;
}

void metric_set(struct metric_gauge *g, int64_t value) {
  if (g) atomic_store_explicit(&g->value, value, memory_order_relaxed);
}

void metric_move(struct metric_gauge *g, int64_t delta) {
  if (g) atomic_fetch_add_explicit(&g->value, delta, memory_order_relaxed);
}

void metric_max(struct metric_gauge *g, int64_t value) {
  if (!g) return;
  int64_t seen = atomic_load_explicit(&g->value, memory_order_relaxed);
  while (seen < value &&
         !atomic_compare_exchange_weak_explicit(&g->value, &seen, value, memory_order_relaxed, memory_order_relaxed)) {
  }
}

void metric_observe_us(struct metric_histogram *h, uint64_t microseconds) {
  if (!h) return;
  size_t bucket = 0;
  while (bucket < BUCKET_COUNT && microseconds > bucket_us[bucket]) bucket++;
  atomic_fetch_add_explicit(&h->counts[bucket], 1, memory_order_relaxed);
  atomic_fetch_add_explicit(&h->sum_us, microseconds, memory_order_relaxed);
}

static int render_histogram(struct series *s, struct buf *out) {
  struct metric_histogram *h = &s->as.histogram;
  const char *comma = s->labels[0] ? "," : "";
  const char *open = s->labels[0] ? "{" : "", *close = s->labels[0] ? "}" : "";
  uint64_t total = 0;
  int err = 0;
  for (size_t i = 0; i <= BUCKET_COUNT && !err; i++) {
    total += atomic_load_explicit(&h->counts[i], memory_order_relaxed);
    err = buf_printf(out, "%s_bucket{%s%sle=\"%s\"} %" PRIu64 "\n", s->name, s->labels, comma,
                     i < BUCKET_COUNT ? bucket_text[i] : "+Inf", total);
  }
  if (err) return err;
  uint64_t sum = atomic_load_explicit(&h->sum_us, memory_order_relaxed);
  err = buf_printf(out, "%s_sum%s%s%s %" PRIu64 ".%06" PRIu64 "\n", s->name, open, s->labels, close, sum / 1000000,
                   sum % 1000000);
  if (err) return err;
  return buf_printf(out, "%s_count%s%s%s %" PRIu64 "\n", s->name, open, s->labels, close, total);
}

static int render_series(struct series *s, struct buf *out) {
  const char *open = s->labels[0] ? "{" : "", *close = s->labels[0] ? "}" : "";
  switch (s->kind) {
  case KIND_COUNTER:
    return buf_printf(out, "%s%s%s%s %" PRIu64 "\n", s->name, open, s->labels, close, metric_read(&s->as.counter));
  case KIND_GAUGE:
    return buf_printf(out, "%s%s%s%s %" PRId64 "\n", s->name, open, s->labels, close,
                      atomic_load_explicit(&s->as.gauge.value, memory_order_relaxed));
  case KIND_PEAK:
    return buf_printf(out, "%s%s%s%s %" PRId64 "\n", s->name, open, s->labels, close,
                      atomic_exchange_explicit(&s->as.gauge.value, 0, memory_order_relaxed));
  case KIND_HISTOGRAM: return render_histogram(s, out);
  }
  return ERR_INVALID;
}

static int render_all(struct metrics *m, struct buf *out) {
  static const char *const types[] = {"counter", "gauge", "gauge", "histogram"};
  const char *name = "";
  for (struct series *s = m->first; s; s = s->next) {
    int err = 0;
    if (strcmp(s->name, name) != 0)
      err = buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", s->name, s->help, s->name, types[s->kind]);
    name = s->name;
    if (!err) err = render_series(s, out);
    if (err) return err;
  }
  return 0;
}

int metrics_render(struct metrics *m, struct buf *out) {
  pthread_mutex_lock(&m->lock);
  int err = render_all(m, out);
  pthread_mutex_unlock(&m->lock);
  return err;
}
