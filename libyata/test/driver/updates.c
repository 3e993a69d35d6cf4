/* SPDX-License-Identifier: MIT */
/* Updates without a document. */
#include "driver.h"

static int merge(struct request *r, yata_doc *doc, yata_buf *out) {
  uint32_t n = driver_u32(r);
  yata_slice *updates = driver_take(n * sizeof(*updates));
  (void)doc;
  for (uint32_t i = 0; i < n; i++) updates[i] = driver_bytes(r);
  return yata_merge_updates(updates, n, out);
}

static int diff(struct request *r, yata_doc *doc, yata_buf *out) {
  yata_slice update = driver_bytes(r), sv = driver_bytes(r);
  (void)doc;
  return yata_diff_update(update.data, update.len, sv.data, sv.len, out);
}

static int v2_to_v1(struct request *r, yata_doc *doc, yata_buf *out) {
  yata_slice update = driver_bytes(r);
  (void)doc;
  return yata_update_v2_to_v1(update.data, update.len, out);
}

static int state_vector(struct request *r, yata_doc *doc, yata_buf *out) {
  yata_slice update = driver_bytes(r);
  (void)doc;
  return yata_update_state_vector(update.data, update.len, out);
}

const struct operation driver_updates[] = {
    {"M", merge, true}, {"D", diff, true}, {"C", v2_to_v1, true}, {"U", state_vector, true}, {NULL, NULL, false},
};
