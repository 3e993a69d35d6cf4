/* SPDX-License-Identifier: MIT */
/* Updates without a document. */
#include "driver.h"

static int merge_by(int (*merge)(const yata_slice *, size_t, yata_buf *), struct request *r, yata_buf *out) {
  uint32_t n = driver_u32(r);
  yata_slice *updates = driver_take(n * sizeof(*updates));
  for (uint32_t i = 0; i < n; i++) updates[i] = driver_bytes(r);
  return merge(updates, n, out);
}

static int merge(struct request *r, yata_doc *doc, yata_buf *out) {
  (void)doc;
  return merge_by(yata_merge_updates, r, out);
}

static int merge_v2(struct request *r, yata_doc *doc, yata_buf *out) {
  (void)doc;
  return merge_by(yata_merge_updates_v2, r, out);
}

/* ---- of an update, or of an update and a state vector or set of ids -------------------------- */

#define OF_ONE(name, function)                                                                                         \
  static int name(struct request *r, yata_doc *doc, yata_buf *out) {                                                   \
    yata_slice update = driver_bytes(r);                                                                               \
    (void)doc;                                                                                                         \
    return function(update.data, update.len, out);                                                                     \
  }

#define OF_TWO(name, function)                                                                                         \
  static int name(struct request *r, yata_doc *doc, yata_buf *out) {                                                   \
    yata_slice update = driver_bytes(r), other = driver_bytes(r);                                                      \
    (void)doc;                                                                                                         \
    return function(update.data, update.len, other.data, other.len, out);                                              \
  }

OF_ONE(v2_to_v1, yata_update_v2_to_v1)
OF_ONE(v1_to_v2, yata_update_v1_to_v2)
OF_ONE(state_vector, yata_update_state_vector)
OF_ONE(state_vector_v2, yata_update_state_vector_v2)
OF_TWO(diff, yata_diff_update)
OF_TWO(diff_v2, yata_diff_update_v2)
OF_TWO(intersect, yata_intersect_update)
OF_TWO(intersect_v2, yata_intersect_update_v2)

static int detect(struct request *r, yata_doc *doc, yata_buf *out) {
  yata_slice update = driver_bytes(r);
  (void)doc;
  return driver_put_u32(out, (uint32_t)yata_update_detect(update.data, update.len));
}

const struct operation driver_updates[] = {
    {"M", merge, true},
    {"merge2", merge_v2, true},
    {"D", diff, true},
    {"diff2", diff_v2, true},
    {"C", v2_to_v1, true},
    {"to2", v1_to_v2, true},
    {"U", state_vector, true},
    {"sv2", state_vector_v2, true},
    {"intersect", intersect, true},
    {"intersect2", intersect_v2, true},
    {"detect", detect, true},
    {NULL, NULL, false},
};
