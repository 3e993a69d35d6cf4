/* SPDX-License-Identifier: MIT */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench_local.h"
#include "file.h"

#define RUNS 15

struct result {
  double ms[RUNS];
  double first_text_ms;
  size_t bytes, operations;
  yata_stats stats;
  size_t indexed_bytes; /* live, once positions were asked for */
};

static double now_ms(void) {
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

/* The first root that holds text, or could. */
static int find_text(yata_doc *doc, yata_type *out) {
  uint32_t cursor = 0;
  yata_slice name;
  char copy[256];
  while (yata_root_next(doc, &cursor, out, &name) == 0) {
    if (name.len >= sizeof(copy)) continue;
    memcpy(copy, name.data, name.len);
    copy[name.len] = 0;
    if (yata_text(doc, copy, out) == 0) return 0;
  }
  return -1;
}

/* Read the text for the first time; then ask for a position, for which an index may be built. */
static void measure_text(yata_doc *doc, struct result *r) {
  yata_type text;
  yata_buf buf = YATA_BUF_INIT;
  yata_stats stats;
  uint32_t length;
  yata_doc_stats(doc, &r->stats);
  double from = now_ms();
  int err = find_text(doc, &text);
  if (err == 0) err = yata_text_read(doc, text, &buf);
  r->first_text_ms = err == 0 ? now_ms() - from : 0;
  yata_buf_deinit(&buf);
  if (err == 0) err = yata_text_length(doc, text, &length);
  if (err == 0) err = yata_txn_begin(doc);
  if (err == 0) err = yata_text_insert(doc, text, length / 2, "x", 1);
  yata_txn_abort(doc);
  yata_doc_stats(doc, &stats);
  r->indexed_bytes = err == 0 ? stats.live_bytes : r->stats.live_bytes;
}

static int load(const struct update *file, struct result *r) {
  for (int i = 0; i < RUNS; i++) {
    yata_doc *doc;
    double from = now_ms();
    if (yata_doc_create(NULL, &doc) < 0) return -1;
    int err = file_apply(doc, file);
    r->ms[i] = now_ms() - from;
    measure_text(doc, r);
    yata_doc_destroy(doc);
    if (err < 0) return -1;
  }
  r->operations = 1;
  return 0;
}

static size_t prefix(const yata_buf *file, size_t *at) {
  size_t n = 0;
  unsigned shift = 0;
  uint8_t b = 0x80;
  while (*at < file->len && (b & 0x80) && shift < 56) {
    b = file->data[(*at)++];
    n |= (size_t)(b & 0x7f) << shift;
    shift += 7;
  }
  return n;
}

static int apply_row(yata_doc *doc, const struct update *file, size_t *operations) {
  const yata_buf *b = &file->bytes;
  size_t at = 0;
  int version = file->version;
  for (*operations = 0; at < b->len; ++*operations) {
    size_t from = at, n = prefix(b, &at);
    if (n > b->len - at) {
      fprintf(stderr, "yata: %s: offset %zu: expected %zu bytes of an update behind their length\n", file->path, from,
              n);
      return -1;
    }
    if (version == 0 && (version = yata_update_detect(b->data + at, n)) == 0) version = 1;
    yata_applied a;
    int err = (version == 1 ? yata_apply_update : yata_apply_update_v2)(doc, b->data + at, n, &a);
    if (err < 0) {
      fprintf(stderr, "yata: %s: offset %zu: %s\n", file->path, at + a.error_offset, yata_strerror(err));
      return -1;
    }
    at += n;
  }
  return 0;
}

/* The file is a row of updates, each behind its length as a varUint. */
static int apply(const struct update *file, struct result *r) {
  for (int i = 0; i < RUNS; i++) {
    yata_doc *doc;
    if (yata_doc_create(NULL, &doc) < 0) return -1;
    double from = now_ms();
    int err = apply_row(doc, file, &r->operations);
    r->ms[i] = now_ms() - from;
    measure_text(doc, r);
    yata_doc_destroy(doc);
    if (err < 0) return -1;
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

/* 10,000 characters at random places, each in a transaction of its own that emits its update. */
static int edit(const struct update *file, struct result *r) {
  r->operations = 10000;
  for (int i = 0; i < RUNS; i++) {
    yata_options options = {.client_id = 1};
    yata_doc *doc;
    yata_type text;
    yata_buf out = YATA_BUF_INIT;
    uint32_t random = 1;
    if (yata_doc_create(&options, &doc) < 0) return -1;
    int err = file_apply(doc, file);
    if (err == 0) err = find_text(doc, &text);
    double from = now_ms();
    for (size_t n = 0; n < r->operations && err == 0; n++) err = insert_once(doc, text, &random, &out);
    r->ms[i] = now_ms() - from;
    yata_doc_stats(doc, &r->stats);
    r->indexed_bytes = r->stats.live_bytes;
    yata_buf_deinit(&out);
    yata_doc_destroy(doc);
    if (err < 0) return -1;
  }
  return 0;
}

/* The file is a script of edits: see bench_local.h. */
static int local(const struct update *file, struct result *r) {
  for (int i = 0; i < RUNS; i++) {
    yata_options options = {.client_id = 1};
    yata_doc *doc;
    yata_type text;
    if (yata_doc_create(&options, &doc) < 0) return -1;
    int err = yata_text(doc, "text", &text);
    double from = now_ms();
    if (err == 0) err = local_run(&file->bytes, doc, text, &r->operations);
    r->ms[i] = now_ms() - from;
    measure_text(doc, r);
    yata_doc_destroy(doc);
    if (err < 0) return -1;
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
  if (yata_doc_create(&options, &doc) < 0) return -1;
  int err = file_apply(doc, file);
  if (err == 0) err = find_text(doc, &text);
  for (int i = 0; i < RUNS && err == 0; i++) {
    err = insert_once(doc, text, &random, &update);
    yata_buf_clear(&out);
    double from = now_ms();
    if (err == 0)
      err = (file->version == 1 ? yata_encode_state_as_update : yata_encode_state_as_update_v2)(doc, NULL, 0, &out);
    r->ms[i] = now_ms() - from;
  }
  yata_doc_stats(doc, &r->stats);
  r->indexed_bytes = r->stats.live_bytes;
  r->operations = 1;
  yata_buf_deinit(&out);
  yata_buf_deinit(&update);
  yata_doc_destroy(doc);
  return err;
}

int bench(const char *what, const char *path, int version) {
  struct update file = {.path = path, .version = version};
  struct result r = {0};
  bool rows = strcmp(what, "apply") == 0, script = strcmp(what, "local") == 0;
  int (*run)(const struct update *, struct result *) = strcmp(what, "load") == 0     ? load
                                                       : rows                        ? apply
                                                       : script                      ? local
                                                       : strcmp(what, "edit") == 0   ? edit
                                                       : strcmp(what, "encode") == 0 ? encode
                                                                                     : NULL;
  if (run == NULL) {
    fprintf(stderr, "yata: bench %s: expected load, apply, local, edit, encode or grow\n", what);
    return 2;
  }
  int err = rows || script ? file_read(path, &file.bytes) : file_read_update(path, version, &file);
  r.bytes = file.bytes.len;
  if (err == 0 && (err = run(&file, &r)) < 0) fprintf(stderr, "yata: bench %s: %s: failed\n", what, path);
  if (err == 0) err = print(what, &r);
  yata_buf_deinit(&file.bytes);
  return err < 0 ? 1 : 0;
}
