/* SPDX-License-Identifier: MIT */
/* Whole documents: creating, applying, encoding, transactions, root types. */
#include "driver.h"

static int create(struct request *r, yata_doc *doc, yata_buf *out) {
  yata_options o = {.client_id = driver_u64(r)};
  (void)out;
  o.keep_deleted = driver_u8(r);
  yata_doc_destroy(doc);
  *r->peer = (struct peer){0};
  return yata_doc_create(&o, &r->peer->doc);
}

static int answer_applied(int err, const yata_applied *a, yata_buf *out) {
  return err < 0 ? err : driver_put_type(out, (yata_type){a->changed, a->pending});
}

static int apply(struct request *r, yata_doc *doc, yata_buf *out) {
  yata_applied a;
  yata_slice s = driver_bytes(r);
  return answer_applied(yata_apply_update(doc, s.data, s.len, &a), &a, out);
}

static int apply_v2(struct request *r, yata_doc *doc, yata_buf *out) {
  yata_applied a;
  yata_slice s = driver_bytes(r);
  return answer_applied(yata_apply_update_v2(doc, s.data, s.len, &a), &a, out);
}

static int state_vector(struct request *r, yata_doc *doc, yata_buf *out) {
  (void)r;
  return yata_encode_state_vector(doc, out);
}

static int encode(struct request *r, yata_doc *doc, yata_buf *out) {
  yata_slice s = {NULL, 0};
  if (r->p < r->end) s = driver_bytes(r);
  return yata_encode_state_as_update(doc, s.data, s.len, out);
}

static int encode_v2(struct request *r, yata_doc *doc, yata_buf *out) {
  yata_slice s = {NULL, 0};
  if (r->p < r->end) s = driver_bytes(r);
  return yata_encode_state_as_update_v2(doc, s.data, s.len, out);
}

static int json(struct request *r, yata_doc *doc, yata_buf *out) {
  (void)r;
  return yata_to_json(doc, (yata_type){0, 0}, out);
}

static int begin(struct request *r, yata_doc *doc, yata_buf *out) {
  (void)r;
  (void)out;
  return yata_txn_begin(doc);
}

static int commit(struct request *r, yata_doc *doc, yata_buf *out) {
  (void)r;
  return yata_txn_commit(doc, out);
}

static int commit_v2(struct request *r, yata_doc *doc, yata_buf *out) {
  (void)r;
  return yata_txn_commit_v2(doc, out);
}

static int discard(struct request *r, yata_doc *doc, yata_buf *out) {
  (void)r;
  (void)out;
  yata_txn_abort(doc);
  return 0;
}

static int root(struct request *r, yata_doc *doc, yata_buf *out) {
  enum yata_kind kind = driver_kind(r);
  const char *name = driver_name(r);
  yata_type t;
  int err = yata_root(doc, name, kind, &t);
  return err < 0 ? err : driver_put_type(out, t);
}

static int step(yata_doc *doc, yata_type *t, struct request *r) {
  yata_value v = {0};
  int err;
  char kind = (char)driver_u8(r);
  if (kind == 'e') return driver_embedded(doc, *t, driver_u32(r), t);
  if (kind == 'm') {
    yata_slice key = driver_bytes(r);
    err = yata_map_get(doc, *t, (const char *)key.data, key.len, &v);
  } else {
    err = yata_array_get(doc, *t, driver_u32(r), &v);
  }
  if (err == 0) *t = v.type;
  yata_value_deinit(&v);
  return err;
}

/* Put a type into a place: place, a type to start from, and steps to one inside: 'm' and a key, 'a'
 * or 'e' (in a text) and an index. */
static int place(struct request *r, yata_doc *doc, yata_buf *out) {
  uint8_t n = driver_u8(r);
  yata_type t = driver_type(r);
  int err = 0;
  while (err == 0 && r->p < r->end) err = step(doc, &t, r);
  if (err < 0 || n >= DRIVER_PLACES) return err < 0 ? err : YATA_ERR_INVALID;
  r->peer->places[n] = t;
  return driver_put_type(out, t);
}

const struct operation driver_documents[] = {
    {"c", create, true},      {"a", apply, false}, {"2", apply_v2, false},  {"s", state_vector, false},
    {"e", encode, false},     {"j", json, false},  {"b", begin, false},     {"m", commit, false},
    {"A", discard, false},    {"r", root, false},  {"place", place, false}, {"e2", encode_v2, false},
    {"m2", commit_v2, false}, {NULL, NULL, false},
};
