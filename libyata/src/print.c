/* SPDX-License-Identifier: MIT */
#include "print.h"

#define LEAST ((size_t)64 << 20)
#define FACTOR 16

size_t yata_output_most(const struct yata_doc *doc) {
  if (doc->max_output != 0) return doc->max_output;
  size_t most = doc->mem.live > SIZE_MAX / FACTOR ? SIZE_MAX : doc->mem.live * FACTOR;
  return most > LEAST ? most : LEAST;
}

struct yata_printer yata_print_begin(const struct yata_doc *doc, yata_buf *out) {
  return (struct yata_printer){
      .doc = (struct yata_doc *)doc,
      .out = out,
      .from = out->len,
      .cap = out->cap,
      .most = yata_output_most(doc),
  };
}

int yata_print_end(const struct yata_printer *pr, int err) {
  if (err == 0) err = yata_print_check(pr);
  if (err < 0) yata_buf_restore(pr->out, pr->from, pr->cap);
  return err;
}
