/* SPDX-License-Identifier: MIT */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench_local.h"
#include "bench_small.h"
#include "rows.h"

#define RUNS 15

struct result {
  double ms[RUNS];
  double first_text_ms;
  size_t bytes, operations;
  yata_stats stats;
  size_t indexed_bytes; /* live, once positions were asked for */
};

double bench_now_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int compare(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static int print(const char *what, struct result *r) {
  qsort(r->ms, RUNS, sizeof(double), compare);
  printf("{\"bench\":\"%s\",\"median_ms\":%.4f,\"min_ms\":%.4f,\"first_text_ms\":%.4f,"
         "\"operations\":%zu,\"bytes\":%zu,\"items\":%zu,\"live_bytes\":%zu,\"live_bytes_indexed\":%zu}\n",
         what, r->ms[RUNS / 2], r->ms[0], r->first_text_ms, r->operations, r->bytes, r->stats.items,
         r->stats.live_bytes, r->indexed_bytes);
  return 0;
}

/* The first root that looks like text; in a document without one, a new one. */
static int find_text(yata_doc *doc, yata_type *out) {
  uint32_t cursor = 0;
  yata_slice name;
  while (yata_root_next(doc, &cursor, out, &name) == 0) {
    if (yata_type_guess(doc, *out) != YATA_KIND_TEXT) continue;
    char *copy = strndup((const char *)name.data, name.len);
    int err = copy != NULL ? yata_text(doc, copy, out) : YATA_ERR_NOMEM;
    free(copy);
    return err;
  }
  return yata_text(doc, "text", out);
}

/* Read the text for the first time. */
static int measure_text(yata_doc *doc, struct result *r) {
  yata_type text;
  yata_buf buf = YATA_BUF_INIT;
  double from = bench_now_ms();
  int err = find_text(doc, &text);
  if (err == 0) err = yata_text_read(doc, text, &buf);
  r->first_text_ms = bench_now_ms() - from;
  yata_buf_deinit(&buf);
  return err;
}

/* What the document holds; then ask for a position, for which an index may be built. */
static int measure(yata_doc *doc, struct result *r) {
  yata_type text;
  yata_stats stats;
  uint32_t length;
  yata_doc_stats(doc, &r->stats);
  int err = measure_text(doc, r);
  if (err == 0) err = find_text(doc, &text);
  if (err == 0) err = yata_text_length(doc, text, &length);
  if (err == 0) err = yata_txn_begin(doc);
  if (err == 0) err = yata_text_insert(doc, text, length / 2, "x", 1);
  yata_txn_abort(doc);
  yata_doc_stats(doc, &stats);
  r->indexed_bytes = stats.live_bytes;
  return err;
}

static int load(const struct update *file, struct result *r) {
  for (int i = 0; i < RUNS; i++) {
    yata_doc *doc;
    double from = bench_now_ms();
    if (yata_doc_create(NULL, &doc) < 0) return YATA_ERR_NOMEM;
    int err = file_apply(doc, file) < 0 ? FILE_SAID : 0;
    r->ms[i] = bench_now_ms() - from;
    if (err == 0) err = measure(doc, r);
    yata_doc_destroy(doc);
    if (err < 0) return err;
  }
  r->operations = 1;
  return 0;
}

static int apply_rows(yata_doc *doc, const struct update *file, size_t *operations) {
  struct rows rows = rows_of(file);
  yata_slice update;
  int more;
  for (*operations = 0; (more = rows_next(&rows, &update)) > 0; ++*operations)
    if (rows_apply(&rows, update, doc) < 0) return FILE_SAID;
  return more;
}

/* The file is a row of updates, each behind its length as a varUint; or one update, as it is. */
static int apply(const struct update *file, struct result *r) {
  struct update one = *file;
  if (one.version == 0) one.version = yata_update_detect(one.bytes.data, one.bytes.len);
  bool row = one.version == 0 || (file->version != 0 && yata_update_detect(one.bytes.data, one.bytes.len) == 0);
  for (int i = 0; i < RUNS; i++) {
    yata_doc *doc;
    if (yata_doc_create(NULL, &doc) < 0) return YATA_ERR_NOMEM;
    double from = bench_now_ms();
    int err = row ? apply_rows(doc, file, &r->operations) : file_apply(doc, &one) < 0 ? FILE_SAID : 0;
    r->ms[i] = bench_now_ms() - from;
    if (!row) r->operations = 1;
    if (err == 0) err = measure(doc, r);
    yata_doc_destroy(doc);
    if (err < 0) return err;
  }
  return 0;
}

static int insert_once(yata_doc *doc, yata_type text, uint32_t *random, yata_buf *out) {
  uint32_t length;
  *random = *random * 1664525u + 1013904223u;
  int err = yata_text_length(doc, text, &length);
  yata_buf_clear(out);
  if (err == 0) err = yata_txn_begin(doc);
  if (err == 0) err = yata_text_insert(doc, text, (uint32_t)((uint64_t)*random * length >> 32), "x", 1);
  return err < 0 ? err : yata_txn_commit(doc, out);
}

/* After edits: the items are those of now, and the memory has the index in it. */
static void finish(const yata_doc *doc, struct result *r) {
  yata_stats stats;
  yata_doc_stats(doc, &stats);
  r->stats.items = stats.items;
  r->indexed_bytes = stats.live_bytes;
}

/* 10,000 characters at random places, each in a transaction of its own that emits its update. */
static int edit(const struct update *file, struct result *r) {
  r->operations = 10000;
  for (int i = 0; i < RUNS; i++) {
    yata_options options = {.client_id = 1};
    yata_doc *doc;
    yata_type text;
    yata_buf out = YATA_BUF_INIT;
    uint32_t random = 1;
    if (yata_doc_create(&options, &doc) < 0) return YATA_ERR_NOMEM;
    int err = file_apply(doc, file) < 0 ? FILE_SAID : 0;
    yata_doc_stats(doc, &r->stats);
    if (err == 0) err = measure_text(doc, r);
    if (err == 0) err = find_text(doc, &text);
    double from = bench_now_ms();
    for (size_t n = 0; n < r->operations && err == 0; n++) err = insert_once(doc, text, &random, &out);
    r->ms[i] = bench_now_ms() - from;
    finish(doc, r);
    yata_buf_deinit(&out);
    yata_doc_destroy(doc);
    if (err < 0) return err;
  }
  return 0;
}

/* The file is a script of edits: see bench_local.h. */
static int local(const struct update *file, struct result *r) {
  for (int i = 0; i < RUNS; i++) {
    yata_options options = {.client_id = 1};
    yata_doc *doc;
    yata_type text;
    if (yata_doc_create(&options, &doc) < 0) return YATA_ERR_NOMEM;
    int err = yata_text(doc, "text", &text);
    double from = bench_now_ms();
    if (err == 0) err = local_run(&file->bytes, doc, text, &r->operations);
    r->ms[i] = bench_now_ms() - from;
    if (err == 0) err = measure(doc, r);
    yata_doc_destroy(doc);
    if (err < 0) return err;
  }
  return 0;
}

/* After an edit, so that nothing prepared can be handed out. */
static int encode(const struct update *file, struct result *r) {
  yata_options options = {.client_id = 1};
  yata_doc *doc;
  yata_buf out = YATA_BUF_INIT, update = YATA_BUF_INIT;
  yata_type text;
  uint32_t random = 1;
  if (yata_doc_create(&options, &doc) < 0) return YATA_ERR_NOMEM;
  int err = file_apply(doc, file) < 0 ? FILE_SAID : 0;
  yata_doc_stats(doc, &r->stats);
  if (err == 0) err = measure_text(doc, r);
  if (err == 0) err = find_text(doc, &text);
  for (int i = 0; i < RUNS && err == 0; i++) {
    err = insert_once(doc, text, &random, &update);
    yata_buf_clear(&out);
    double from = bench_now_ms();
    if (err == 0)
      err = (file->version == 1 ? yata_encode_state_as_update : yata_encode_state_as_update_v2)(doc, NULL, 0, &out);
    r->ms[i] = bench_now_ms() - from;
  }
  finish(doc, r);
  r->operations = 1;
  yata_buf_deinit(&out);
  yata_buf_deinit(&update);
  yata_doc_destroy(doc);
  return err;
}

static int small(int (*run)(const struct update *, double *, int, struct small *), const struct update *file,
                 struct result *r) {
  struct small s = {0};
  int err = run(file, r->ms, RUNS, &s);
  r->operations = s.operations;
  r->stats = s.stats;
  r->indexed_bytes = s.stats.live_bytes;
  return err;
}

static int tiny(const struct update *file, struct result *r) {
  return small(small_tiny, file, r);
}

static int diff(const struct update *file, struct result *r) {
  return small(small_diff, file, r);
}

static int merge(const struct update *file, struct result *r) {
  return small(small_merge, file, r);
}

/* What can be measured, and what is in the file. */
static const struct {
  const char *name;
  int (*run)(const struct update *, struct result *);
  const char *holds; /* NULL: one update */
} benches[] = {
    {"load", load, NULL},     {"apply", apply, "updates"}, {"local", local, "edits"}, {"edit", edit, NULL},
    {"encode", encode, NULL}, {"tiny", tiny, "updates"},   {"diff", diff, "updates"}, {"merge", merge, "updates"},
};

int bench(const char *what, const char *path, int version) {
  struct update file = {.path = path, .version = version};
  struct result r = {0};
  size_t at = 0, n = sizeof(benches) / sizeof(*benches);
  while (at < n && strcmp(benches[at].name, what) != 0) at++;
  if (at == n) {
    fprintf(stderr, "yata: bench %s: expected load, apply, local, edit, encode, tiny, diff, merge or grow\n", what);
    return 2;
  }
  const char *holds = benches[at].holds;
  int err = (holds != NULL ? file_read(path, &file.bytes) : file_read_update(path, version, &file)) < 0 ? FILE_SAID : 0;
  r.bytes = file.bytes.len;
  if (err == 0 && r.bytes == 0) {
    fprintf(stderr, "yata: %s: offset 0 of 0: expected %s; there is nothing\n", path, holds != NULL ? holds : "edits");
    err = FILE_SAID;
  }
  if (err == 0 && (err = benches[at].run(&file, &r)) < 0 && err != FILE_SAID)
    fprintf(stderr, "yata: bench %s: %s: %s\n", what, path, yata_strerror(err));
  if (err == 0) err = print(what, &r);
  yata_buf_deinit(&file.bytes);
  return err < 0 ? 1 : 0;
}
