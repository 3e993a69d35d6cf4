/* SPDX-License-Identifier: MIT */
#include "bench_grow.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench_local.h"

#define CLIENTS 10000

/* Two documents for those who type in turns; most patterns need one alone. */
struct grow {
  yata_doc *doc, *other;
  yata_type text, same;
  yata_buf out;
  size_t count;
  uint32_t random;
  uint32_t clocks[CLIENTS], last; /* what each of many clients wrote, and who did last */
};

static uint32_t below(struct grow *g, uint32_t n) {
  g->random = g->random * 1664525u + 1013904223u;
  return (uint32_t)((uint64_t)g->random * n >> 32);
}

static int huge(struct grow *g, size_t units) {
  char piece[4096];
  int err = 0;
  memset(piece, 'a', sizeof(piece));
  for (size_t n = 0; n < units && err == 0; n += sizeof(piece))
    err = local_insert(g->doc, g->text, (uint32_t)n, piece, sizeof(piece), &g->out);
  return err;
}

static int front(struct grow *g, size_t i) {
  (void)i;
  return local_insert(g->doc, g->text, 0, "x", 1, &g->out);
}

/* Into the middle of a run as long as there are insertions. */
static int middle(struct grow *g, size_t i) {
  uint32_t length;
  int err = i == 0 ? huge(g, g->count) : 0;
  if (err == 0) err = yata_text_length(g->doc, g->text, &length);
  return err < 0 ? err : local_insert(g->doc, g->text, length / 2, "x", 1, &g->out);
}

static int anywhere(struct grow *g, size_t i) {
  uint32_t length;
  (void)i;
  int err = yata_text_length(g->doc, g->text, &length);
  return err < 0 ? err : local_insert(g->doc, g->text, below(g, length + 1), "x", 1, &g->out);
}

/* What one client types the other takes, and types behind it. */
static int turns(struct grow *g, size_t i) {
  yata_doc *from = i % 2 ? g->other : g->doc, *to = i % 2 ? g->doc : g->other;
  int err = local_insert(from, i % 2 ? g->same : g->text, (uint32_t)i, "x", 1, &g->out);
  return err < 0 ? err : yata_apply_update(to, g->out.data, g->out.len, NULL);
}

static uint8_t *put(uint8_t *p, uint32_t n) {
  for (; n > 127; n >>= 7) *p++ = (uint8_t)(n | 128);
  *p++ = (uint8_t)n;
  return p;
}

/* Updates of many clients, each writing one unit behind what another one wrote before. */
static int clients(struct grow *g, size_t i) {
  uint8_t update[64] = {1, 1}, *p = update + 2;
  uint32_t client = below(g, CLIENTS);
  p = put(put(p, client + 10), g->clocks[client]);
  if (i == 0) {
    memcpy(p, "\x04\x01\x04text", 7);
    p += 7;
  } else {
    *p++ = 0x84;
    p = put(put(p, g->last + 10), g->clocks[g->last] - 1);
  }
  memcpy(p, "\x01x", 3);
  g->clocks[client]++;
  g->last = client;
  return yata_apply_update(g->doc, update, (size_t)(p + 3 - update), NULL);
}

/* Every other unit of one run, so that no two deletions merge. */
static int erasing(struct grow *g, size_t i) {
  int err = i == 0 ? huge(g, 2 * g->count) : 0;
  return err < 0 ? err : local_erase(g->doc, g->text, (uint32_t)i, 1, &g->out);
}

static int scattered(struct grow *g, size_t i) {
  uint32_t length;
  int err = i == 0 ? huge(g, 2 * g->count) : 0;
  if (err == 0) err = yata_text_length(g->doc, g->text, &length);
  return err < 0 ? err : local_erase(g->doc, g->text, below(g, length), 1, &g->out);
}

/* Insertions anywhere, and behind each one that is taken back. */
static int aborted(struct grow *g, size_t i) {
  uint32_t length;
  int err = anywhere(g, i);
  if (err == 0) err = yata_text_length(g->doc, g->text, &length);
  if (err == 0) err = yata_txn_begin(g->doc);
  if (err == 0) err = yata_text_insert(g->doc, g->text, length / 3, "abc", 3);
  yata_txn_abort(g->doc);
  return err;
}

static const struct {
  const char *name;
  int (*step)(struct grow *g, size_t i);
} patterns[] = {
    {"front", front},     {"middle", middle},  {"random", anywhere},   {"turns", turns},
    {"clients", clients}, {"delete", erasing}, {"scatter", scattered}, {"abort", aborted},
};

static double now_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* The cost of an operation over the last half before `done`. */
static void report(const struct grow *g, const char *pattern, size_t done, double ms, size_t operations) {
  yata_stats stats;
  yata_doc_stats(g->doc, &stats);
  printf(
      "{\"bench\":\"grow\",\"pattern\":\"%s\",\"operations\":%zu,\"ns_each\":%.0f,\"items\":%zu,\"live_bytes\":%zu}\n",
      pattern, done, ms * 1e6 / (double)operations, stats.items, stats.live_bytes);
}

static int run(struct grow *g, size_t pattern) {
  size_t next = 10000;
  int err = 0;
  double from = 0;
  for (size_t i = 0; i < g->count && err == 0;) {
    if (i == next / 2) from = now_ms();
    err = patterns[pattern].step(g, i++);
    if (err < 0 || i != next) continue;
    report(g, patterns[pattern].name, i, now_ms() - from, i - i / 2);
    next *= 10;
  }
  return err;
}

int bench_grow(const char *pattern, const char *count) {
  size_t at = 0, n = sizeof(patterns) / sizeof(*patterns);
  yata_options one = {.client_id = 1}, two = {.client_id = 2};
  struct grow g = {.out = YATA_BUF_INIT, .count = (size_t)strtoull(count, NULL, 10), .random = 1};
  if (g.count == 0 || strspn(count, "0123456789") != strlen(count)) {
    fprintf(stderr, "yata: bench grow %s %s: expected a number of edits, 1 or more\n", pattern, count);
    return 2;
  }
  while (at < n && strcmp(patterns[at].name, pattern) != 0) at++;
  if (at == n) {
    fprintf(stderr, "yata: bench grow %s: expected " BENCH_PATTERNS "\n", pattern);
    return 2;
  }
  int err = yata_doc_create(&one, &g.doc);
  if (err == 0) err = yata_doc_create(&two, &g.other);
  if (err == 0) err = yata_text(g.doc, "text", &g.text);
  if (err == 0) err = yata_text(g.other, "text", &g.same);
  if (err == 0) err = run(&g, at);
  if (err < 0) fprintf(stderr, "yata: bench grow %s: %s\n", pattern, yata_strerror(err));
  yata_buf_deinit(&g.out);
  yata_doc_destroy(g.doc);
  yata_doc_destroy(g.other);
  return err < 0 ? 1 : 0;
}
