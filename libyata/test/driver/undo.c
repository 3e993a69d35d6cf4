/* SPDX-License-Identifier: MIT */
/* Transactions with an origin, and undo managers. */
#include "driver.h"

/* A document's managers go with it: what stands here for an older one is void. */
static struct {
  yata_undo_manager *v[4];
  uint8_t skips[4]; /* the divisor of times that are not captured, 0: all are */
} managers[DRIVER_DOCS];

static const char origins[252];

/* 0: none; from 252 on: the document's managers. */
static const void *origin(struct request *r) {
  uint8_t n = driver_u8(r);
  if (n >= sizeof(origins)) return managers[r->peer - r->peers].v[n - sizeof(origins)];
  return n != 0 ? &origins[n] : NULL;
}

static yata_cause cause(struct request *r) {
  const void *by = origin(r);
  return (yata_cause){by, driver_u64(r)};
}

static int begin_as(struct request *r, yata_doc *doc, yata_buf *out) {
  yata_cause by = cause(r);
  (void)out;
  return yata_txn_begin_as(doc, &by);
}

static int apply_with(int (*apply)(yata_doc *, const uint8_t *, size_t, const yata_cause *, yata_applied *),
                      struct request *r, yata_doc *doc, yata_buf *out) {
  yata_cause by = cause(r);
  yata_slice s = driver_bytes(r);
  yata_applied a;
  int err = apply(doc, s.data, s.len, &by, &a);
  return err < 0 ? err : driver_put_type(out, (yata_type){a.changed, a.pending});
}

static int apply_as(struct request *r, yata_doc *doc, yata_buf *out) {
  return apply_with(yata_apply_update_as, r, doc, out);
}

static int apply_v2_as(struct request *r, yata_doc *doc, yata_buf *out) {
  return apply_with(yata_apply_update_v2_as, r, doc, out);
}

/* Of times that can be divided by what `user` says nothing is captured. */
static bool is_captured(void *user, const yata_txn_event *txn) {
  return txn->time_ms % *(const uint8_t *)user != 0;
}

static yata_undo_manager **manager(struct request *r) {
  return &managers[r->peer - r->peers].v[driver_u8(r) % 4];
}

static int create(struct request *r, yata_doc *doc, yata_buf *out) {
  yata_undo_manager **m = manager(r);
  uint8_t *skips = &managers[r->peer - r->peers].skips[m - managers[r->peer - r->peers].v];
  const void *from[256];
  yata_type scope[DRIVER_PLACES];
  yata_undo_options o = {.origins = from, .scope = scope};
  (void)out;
  o.capture_timeout_ms = (int64_t)driver_u64(r);
  o.ignore_remote_map_changes = driver_u8(r);
  *skips = driver_u8(r);
  if (*skips != 0) o.capture = is_captured;
  o.user = skips;
  o.n_origins = driver_u8(r);
  for (size_t i = 0; i < o.n_origins; i++) from[i] = origin(r);
  while (r->p < r->end && o.n_scope < DRIVER_PLACES) scope[o.n_scope++] = driver_type(r);
  return yata_undo_create(doc, &o, m);
}

static int undo_or_redo(struct request *r, yata_buf *out,
                        int (*run)(yata_undo_manager *, uint64_t, yata_buf *, bool *)) {
  yata_undo_manager **m = manager(r);
  yata_buf update = YATA_BUF_INIT;
  bool done;
  int err = run(*m, driver_u64(r), &update, &done);
  uint8_t byte = done;
  if (err == 0) err = driver_put(out, &byte, 1);
  if (err == 0) err = driver_put(out, update.data, update.len);
  yata_buf_deinit(&update);
  return err;
}

static int undo(struct request *r, yata_doc *doc, yata_buf *out) {
  (void)doc;
  return undo_or_redo(r, out, yata_undo_undo);
}

static int redo(struct request *r, yata_doc *doc, yata_buf *out) {
  (void)doc;
  return undo_or_redo(r, out, yata_undo_redo);
}

static int stop(struct request *r, yata_doc *doc, yata_buf *out) {
  (void)doc;
  (void)out;
  yata_undo_stop_capturing(*manager(r));
  return 0;
}

static int clear(struct request *r, yata_doc *doc, yata_buf *out) {
  yata_undo_manager **m = manager(r);
  bool of_undo = driver_u8(r), of_redo = driver_u8(r);
  (void)doc;
  (void)out;
  return yata_undo_clear(*m, of_undo, of_redo, driver_u64(r));
}

static int scope(struct request *r, yata_doc *doc, yata_buf *out) {
  yata_undo_manager **m = manager(r);
  (void)doc;
  (void)out;
  return yata_undo_add_scope(*m, driver_type(r));
}

static int track(struct request *r, yata_doc *doc, yata_buf *out) {
  yata_undo_manager **m = manager(r);
  const void *by = origin(r);
  (void)doc;
  (void)out;
  if (driver_u8(r)) return yata_undo_add_origin(*m, by);
  yata_undo_remove_origin(*m, by);
  return 0;
}

static int depth(struct request *r, yata_doc *doc, yata_buf *out) {
  yata_undo_manager **m = manager(r);
  (void)doc;
  int err = driver_put_u32(out, (uint32_t)yata_undo_depth(*m, YATA_STACK_UNDO));
  return err < 0 ? err : driver_put_u32(out, (uint32_t)yata_undo_depth(*m, YATA_STACK_REDO));
}

const struct operation driver_undo[] = {
    {"begin as", begin_as, false}, {"apply as", apply_as, false}, {"apply2 as", apply_v2_as, false},
    {"um new", create, false},     {"um undo", undo, false},      {"um redo", redo, false},
    {"um stop", stop, false},      {"um clear", clear, false},    {"um depth", depth, false},
    {"um scope", scope, false},    {"um track", track, false},    {NULL, NULL, false},
};
