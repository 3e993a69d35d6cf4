/* SPDX-License-Identifier: MIT */
/* Documents, their encoding, transactions. */
#include "every.h"

static int create(struct world *w) {
  yata_options o = {.client_id = 5, .alloc = &w->alloc};
  yata_doc *doc = NULL;
  yata_stats stats;
  int err = yata_doc_create(&o, &doc);
  if (err < 0) return err;
  yata_doc_set_limits(doc, 1000, 1000);
  yata_doc_stats(doc, &stats);
  assert_int_equal(yata_doc_client_id(doc), 5);
  assert_string_equal(yata_strerror(YATA_OK), yata_strerror(yata_doc_check(doc)));
  yata_doc_destroy(doc);
  return 0;
}

static int load(struct world *w, bool v2, bool as) {
  const yata_cause cause = {w, 5};
  yata_options o = {.client_id = 5, .keep_deleted = true, .alloc = &w->alloc};
  yata_doc *doc = NULL;
  yata_buf *state = v2 ? &w->state_v2 : &w->state;
  int err = yata_doc_create(&o, &doc);
  if (as)
    THEN(v2 ? yata_apply_update_v2_as(doc, state->data, state->len, &cause, NULL)
            : yata_apply_update_as(doc, state->data, state->len, &cause, NULL));
  else
    THEN(v2 ? yata_apply_update_v2(doc, state->data, state->len, NULL)
            : yata_apply_update(doc, state->data, state->len, NULL));
  if (err == 0) assert_state(doc, w->state.data, w->state.len);
  yata_doc_destroy(doc);
  return err;
}

static int load_v1(struct world *w) {
  return load(w, false, false);
}

static int load_v2(struct world *w) {
  return load(w, true, false);
}

static int load_v1_as(struct world *w) {
  return load(w, false, true);
}

static int load_v2_as(struct world *w) {
  return load(w, true, true);
}

static int merge_in(struct world *w) {
  return yata_apply_update(w->doc, FIXTURE(everything), NULL);
}

static int merge_in_v2(struct world *w) {
  return yata_apply_update_v2(w->doc, FIXTURE(everything_v2), NULL);
}

static int wait_for_more(struct world *w) {
  return yata_apply_update(w->doc, FIXTURE(dependency_third), NULL);
}

static int tidied(struct world *w) {
  return yata_tidied(w->doc, &w->out);
}

static int encode(struct world *w) {
  int err = yata_encode_state_as_update(w->doc, NULL, 0, &w->out);
  yata_buf_clear(&w->out);
  return err;
}

static int encode_v2(struct world *w) {
  int err = yata_encode_state_as_update_v2(w->doc, w->sv.data, w->sv.len, &w->out);
  yata_buf_clear(&w->out);
  return err;
}

static int encode_sv(struct world *w) {
  int err = yata_encode_state_vector(w->doc, &w->out);
  yata_buf_clear(&w->out);
  yata_buf_deinit(&w->out);
  return err;
}

static int commit(struct world *w) {
  int err = yata_txn_begin(w->doc);
  THEN(yata_text_insert(w->doc, w->text, 0, "x", 1));
  THEN(yata_txn_commit(w->doc, &w->out));
  return err;
}

static int commit_v2(struct world *w) {
  const yata_cause cause = {w, 5};
  yata_buf out;
  yata_buf_init(&out, &w->alloc);
  int err = yata_txn_begin_as(w->doc, &cause);
  THEN(yata_text_delete(w->doc, w->text, 0, 3));
  THEN(yata_txn_commit_v2(w->doc, &out));
  yata_buf_deinit(&out);
  return err;
}

static int give_up(struct world *w) {
  int err = yata_txn_begin(w->doc);
  THEN(yata_map_set(w->doc, w->map, "new", 3, &(yata_any){.kind = YATA_ANY_NULL}));
  yata_txn_abort(w->doc);
  assert_state(w->doc, w->state.data, w->state.len);
  return err;
}

/* A transaction that could not be committed for lack of memory can be committed again. */
static int commit_twice(struct world *w) {
  int err = yata_txn_begin(w->doc);
  THEN(yata_map_clear(w->doc, w->map));
  if (err < 0) return err;
  AGAIN(yata_txn_commit(w->doc, &w->out));
  return 0;
}

const struct scenario every_document[] = {
    {"create", create},
    {"load v1", load_v1},
    {"load v2", load_v2},
    {"load v1 as", load_v1_as},
    {"load v2 as", load_v2_as},
    {"merge in", merge_in},
    {"merge in v2", merge_in_v2},
    {"wait for more", wait_for_more},
    {"tidied", tidied},
    {"encode", encode},
    {"encode v2", encode_v2},
    {"encode the state vector", encode_sv},
    {"commit", commit},
    {"commit v2", commit_v2},
    {"give up", give_up},
    {"commit twice", commit_twice},
    {NULL, NULL},
};
