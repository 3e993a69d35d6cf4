/* SPDX-License-Identifier: MIT */
#include "bench_local.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "file.h"

static int insert(yata_doc *doc, yata_type text, uint32_t at, const void *s, size_t len, yata_buf *out) {
  yata_buf_clear(out);
  int err = yata_txn_begin(doc);
  if (err == 0) err = yata_text_insert(doc, text, at, s, len);
  return err < 0 ? err : yata_txn_commit(doc, out);
}

static int erase(yata_doc *doc, yata_type text, uint32_t at, uint32_t count, yata_buf *out) {
  yata_buf_clear(out);
  int err = yata_txn_begin(doc);
  if (err == 0) err = yata_text_delete(doc, text, at, count);
  return err < 0 ? err : yata_txn_commit(doc, out);
}

/* ---- a script ----------------------------------------------------------------------------- */

static uint32_t u32(const uint8_t *p) {
  return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static int incomplete(size_t offset, const char *expected) {
  fprintf(stderr, "yata: offset %zu: expected %s\n", offset, expected);
  return FILE_SAID;
}

int local_run(const yata_buf *script, yata_doc *doc, yata_type text, size_t *operations) {
  yata_buf out = YATA_BUF_INIT;
  int err = 0;
  *operations = 0;
  for (size_t i = 0; i < script->len && err == 0;) {
    if (script->len - i < 12) return incomplete(i, "an edit: 12 bytes or more");
    const uint8_t *p = script->data + i;
    uint32_t at = u32(p), deleted = u32(p + 4), len = u32(p + 8);
    if (len > script->len - i - 12) return incomplete(i + 8, "the length of what follows");
    if (deleted > 0) err = erase(doc, text, at, deleted, &out);
    if (err == 0 && len > 0) err = insert(doc, text, at, p + 12, len, &out);
    *operations += deleted > 0 && len > 0 ? 2 : 1;
    i += 12 + len;
  }
  yata_buf_deinit(&out);
  return err;
}

/* ---- patterns ----------------------------------------------------------------------------- */

/* Two documents for those who type in turns; most patterns need one alone. */
struct grow {
  yata_doc *doc, *other;
  yata_type text, same;
  yata_buf out;
  size_t count;
  uint32_t random;
};

static int huge(struct grow *g, size_t units) {
  char piece[4096];
  int err = 0;
  memset(piece, 'a', sizeof(piece));
  for (size_t n = 0; n < units && err == 0; n += sizeof(piece))
    err = insert(g->doc, g->text, (uint32_t)n, piece, sizeof(piece), &g->out);
  return err;
}

static int front(struct grow *g, size_t i) {
  (void)i;
  return insert(g->doc, g->text, 0, "x", 1, &g->out);
}

static int middle(struct grow *g, size_t i) {
  uint32_t length;
  int err = i == 0 ? huge(g, g->count) : 0;
  if (err == 0) err = yata_text_length(g->doc, g->text, &length);
  return err < 0 ? err : insert(g->doc, g->text, length / 2, "x", 1, &g->out);
}

static int anywhere(struct grow *g, size_t i) {
  uint32_t length;
  (void)i;
  g->random = g->random * 1664525u + 1013904223u;
  int err = yata_text_length(g->doc, g->text, &length);
  if (err < 0) return err;
  return insert(g->doc, g->text, (uint32_t)((uint64_t)g->random * (length + 1) >> 32), "x", 1, &g->out);
}

/* What one client types the other takes, and types behind it. */
static int turns(struct grow *g, size_t i) {
  yata_doc *from = i % 2 ? g->other : g->doc, *to = i % 2 ? g->doc : g->other;
  int err = insert(from, i % 2 ? g->same : g->text, (uint32_t)i, "x", 1, &g->out);
  return err < 0 ? err : yata_apply_update(to, g->out.data, g->out.len, NULL);
}

/* Every other unit, so that no two deletions merge; then all of the rest from the front. */
static int erasing(struct grow *g, size_t i) {
  int err = i == 0 ? huge(g, g->count + g->count / 2) : 0;
  if (err == 0) err = erase(g->doc, g->text, i < g->count / 2 ? (uint32_t)i : 0, 1, &g->out);
  return err;
}

/* Insertions anywhere; every second one is taken back. */
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
    {"front", front}, {"middle", middle},  {"random", anywhere},
    {"turns", turns}, {"delete", erasing}, {"abort", aborted},
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
    fprintf(stderr, "yata: bench grow %s: expected front, middle, random, turns, delete or abort\n", pattern);
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
