/* SPDX-License-Identifier: MIT */
/* Updates without a document. */
#include "every.h"

#define ALL(w, v) (w)->state##v.data, (w)->state##v.len

static int look(struct world *w) {
  size_t offset;
  yata_update_info info;
  assert_ok(yata_update_validate(ALL(w, ), &offset));
  assert_ok(yata_update_validate_v2(ALL(w, _v2), &offset));
  assert_null(yata_update_explain(ALL(w, ), &offset));
  assert_null(yata_update_explain_v2(ALL(w, _v2), &offset));
  assert_ok(yata_update_inspect(ALL(w, ), &info));
  assert_ok(yata_update_inspect_v2(ALL(w, _v2), &info));
  assert_ok(yata_state_vector_validate(w->sv.data, w->sv.len, &offset));
  assert_int_equal(yata_update_detect(ALL(w, _v2)), 2);
  return 0;
}

/* Fills a buffer: on error it is as it was. */
static int filled(struct world *w, int err) {
  if (err < 0) assert_int_equal(w->out.len, 0);
  yata_buf_clear(&w->out);
  return err;
}

static int state_vector(struct world *w) {
  int err = filled(w, yata_update_state_vector(ALL(w, ), &w->out));
  THEN(filled(w, yata_update_state_vector_v2(ALL(w, _v2), &w->out)));
  return err;
}

static int merge(struct world *w) {
  const yata_slice some[] = {{FIXTURE(dependency_third)}, {ALL(w, )}, {FIXTURE(dependency_first)}};
  const yata_slice some_v2[] = {{FIXTURE(everything_v2)}, {ALL(w, _v2)}};
  int err = filled(w, yata_merge_updates(some, 3, &w->out));
  THEN(filled(w, yata_merge_updates_v2(some_v2, 2, &w->out)));
  return err;
}

static int diff(struct world *w) {
  static const uint8_t sv[] = {1, 77, 5};
  int err = filled(w, yata_diff_update(ALL(w, ), sv, sizeof(sv), &w->out));
  THEN(filled(w, yata_diff_update_v2(ALL(w, _v2), sv, sizeof(sv), &w->out)));
  return err;
}

static int intersect(struct world *w) {
  static const uint8_t ids[] = {1, 77, 1, 3, 20};
  int err = filled(w, yata_intersect_update(ALL(w, ), ids, sizeof(ids), &w->out));
  THEN(filled(w, yata_intersect_update_v2(ALL(w, _v2), ids, sizeof(ids), &w->out)));
  return err;
}

static int convert(struct world *w) {
  int err = filled(w, yata_update_v1_to_v2(ALL(w, ), &w->out));
  THEN(filled(w, yata_update_v2_to_v1(ALL(w, _v2), &w->out)));
  return err;
}

const struct scenario every_update[] = {
    {"look at updates", look},
    {"state vector of updates", state_vector},
    {"merge updates", merge},
    {"diff updates", diff},
    {"intersect updates", intersect},
    {"convert updates", convert},
    {NULL, NULL},
};
