/* SPDX-License-Identifier: MIT */
#include "bench_small.h"

#include <stdio.h>
#include <stdlib.h>

#include "bench.h"
#include "rows.h"

#define TINY 1000u
#define TAIL 100u

struct updates {
  yata_slice *v;
  size_t n;
  int version;
};

static int read_all(const struct update *file, struct updates *u) {
  *u = (struct updates){0};
  int err = rows_all(file, &u->v, &u->n, &u->version);
  if (err < 0 || u->n > TINY) return err;
  fprintf(stderr, "yata: %s: expected more than %u updates, each behind its length; there are %zu\n", file->path, TINY,
          u->n);
  free(u->v);
  u->v = NULL;
  return FILE_SAID;
}

static int apply_one(yata_doc *doc, const struct updates *u, size_t i) {
  return (u->version == 1 ? yata_apply_update : yata_apply_update_v2)(doc, u->v[i].data, u->v[i].len, NULL);
}

/* A document of all updates but the last so many. */
static int build(const struct updates *u, size_t without, yata_doc **doc) {
  int err = yata_doc_create(NULL, doc);
  for (size_t i = 0; i < u->n - without && err >= 0; i++) err = apply_one(*doc, u, i);
  return err < 0 ? err : 0;
}

int small_tiny(const struct update *file, double *ms, int runs, struct small *out) {
  struct updates u;
  int err = read_all(file, &u);
  for (int run = 0; run < runs && err == 0; run++) {
    yata_doc *doc = NULL;
    err = build(&u, TINY, &doc);
    double from = bench_now_ms();
    for (size_t i = u.n - TINY; i < u.n && err >= 0; i++) err = apply_one(doc, &u, i);
    ms[run] = bench_now_ms() - from;
    if (err > 0) err = 0;
    if (err == 0) yata_doc_stats(doc, &out->stats);
    yata_doc_destroy(doc);
  }
  out->operations = TINY;
  free(u.v);
  return err;
}

static int diffs(yata_doc *doc, const yata_buf *state, int version, double *ms, int runs, yata_buf *update) {
  for (int run = 0; run < runs; run++) {
    double from = bench_now_ms();
    for (size_t i = 0; i < TINY; i++) {
      yata_buf_clear(update);
      int err = (version == 1 ? yata_encode_state_as_update : yata_encode_state_as_update_v2)(doc, state->data,
                                                                                              state->len, update);
      if (err < 0) return err;
    }
    ms[run] = bench_now_ms() - from;
  }
  return 0;
}

int small_diff(const struct update *file, double *ms, int runs, struct small *out) {
  struct updates u;
  yata_doc *doc = NULL;
  yata_buf state = YATA_BUF_INIT, update = YATA_BUF_INIT;
  int err = read_all(file, &u);
  if (err == 0) err = build(&u, TAIL, &doc);
  if (err == 0) err = yata_encode_state_vector(doc, &state);
  for (size_t i = u.n - TAIL; err >= 0 && i < u.n; i++) err = apply_one(doc, &u, i);
  if (err >= 0) err = diffs(doc, &state, u.version, ms, runs, &update);
  if (err == 0) yata_doc_stats(doc, &out->stats);
  out->operations = TINY;
  yata_buf_deinit(&state);
  yata_buf_deinit(&update);
  yata_doc_destroy(doc);
  free(u.v);
  return err;
}

int small_merge(const struct update *file, double *ms, int runs, struct small *out) {
  struct updates u;
  yata_buf merged = YATA_BUF_INIT;
  int err = read_all(file, &u);
  for (int run = 0; run < runs && err == 0; run++) {
    yata_buf_clear(&merged);
    double from = bench_now_ms();
    err = (u.version == 1 ? yata_merge_updates : yata_merge_updates_v2)(u.v + u.n - TINY, TINY, &merged);
    ms[run] = bench_now_ms() - from;
  }
  out->operations = TINY;
  yata_buf_deinit(&merged);
  free(u.v);
  return err;
}
