/* SPDX-License-Identifier: MIT */
/* Arrays. */
#include "driver.h"

static int insert(struct request *r, yata_doc *doc, yata_buf *out) {
  yata_type t = driver_type(r);
  uint32_t index = driver_u32(r), n = driver_u32(r);
  yata_any *values = driver_take(n * sizeof(*values));
  (void)out;
  for (uint32_t i = 0; i < n; i++) values[i] = driver_any(r);
  return yata_array_insert(doc, t, index, values, n);
}

static int insert_type(struct request *r, yata_doc *doc, yata_buf *out) {
  yata_type t = driver_type(r), made;
  uint32_t index = driver_u32(r);
  int err = yata_array_insert_type(doc, t, index, driver_kind(r), &made);
  return err < 0 ? err : driver_put_type(out, made);
}

static int get_type(struct request *r, yata_doc *doc, yata_buf *out) {
  yata_type t = driver_type(r);
  yata_value v = {0};
  int err = yata_array_get(doc, t, driver_u32(r), &v);
  if (err == 0) err = driver_put_type(out, v.type);
  yata_value_deinit(&v);
  return err;
}

static int erase(struct request *r, yata_doc *doc, yata_buf *out) {
  yata_type t = driver_type(r);
  uint32_t index = driver_u32(r);
  (void)out;
  return yata_array_delete(doc, t, index, driver_u32(r));
}

const struct operation driver_arrays[] = {
    {"v", insert, false}, {"V", insert_type, false}, {"G", get_type, false}, {"w", erase, false}, {NULL, NULL, false},
};
