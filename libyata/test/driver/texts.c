/* SPDX-License-Identifier: MIT */
/* Text. */
#include "driver.h"

static int insert(struct request *r, yata_doc *doc, yata_buf *out) {
  yata_type t = driver_type(r);
  uint32_t index = driver_u32(r);
  yata_slice text = driver_rest(r);
  (void)out;
  return yata_text_insert(doc, t, index, (const char *)text.data, text.len);
}

static int erase(struct request *r, yata_doc *doc, yata_buf *out) {
  yata_type t = driver_type(r);
  uint32_t index = driver_u32(r);
  (void)out;
  return yata_text_delete(doc, t, index, driver_u32(r));
}

static int length(struct request *r, yata_doc *doc, yata_buf *out) {
  uint32_t n;
  int err = yata_text_length(doc, driver_type(r), &n);
  return err < 0 ? err : driver_put_u32(out, n);
}

static int text(struct request *r, yata_doc *doc, yata_buf *out) {
  return yata_text_read(doc, driver_type(r), out);
}

const struct operation driver_texts[] = {
    {"i", insert, false}, {"x", erase, false}, {"l", length, false}, {"T", text, false}, {NULL, NULL, false},
};
