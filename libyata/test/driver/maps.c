/* SPDX-License-Identifier: MIT */
/* Maps. */
#include "driver.h"

static int set(struct request *r, yata_doc *doc, yata_buf *out) {
  yata_type t = driver_type(r);
  yata_slice key = driver_bytes(r);
  yata_any any = driver_any(r);
  (void)out;
  return yata_map_set(doc, t, (const char *)key.data, key.len, &any);
}

static int set_type(struct request *r, yata_doc *doc, yata_buf *out) {
  yata_type t = driver_type(r), made;
  yata_slice key = driver_bytes(r);
  int err = yata_map_set_type(doc, t, (const char *)key.data, key.len, driver_kind(r), &made);
  return err < 0 ? err : driver_put_type(out, made);
}

static int get_type(struct request *r, yata_doc *doc, yata_buf *out) {
  yata_type t = driver_type(r);
  yata_slice key = driver_bytes(r);
  yata_value v = {0};
  int err = yata_map_get(doc, t, (const char *)key.data, key.len, &v);
  if (err == 0) err = driver_put_type(out, v.type);
  yata_value_deinit(&v);
  return err;
}

static int erase(struct request *r, yata_doc *doc, yata_buf *out) {
  yata_type t = driver_type(r);
  yata_slice key = driver_bytes(r);
  (void)out;
  return yata_map_delete(doc, t, (const char *)key.data, key.len);
}

const struct operation driver_maps[] = {
    {"k", set, false}, {"K", set_type, false}, {"g", get_type, false}, {"d", erase, false}, {NULL, NULL, false},
};
