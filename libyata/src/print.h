/* SPDX-License-Identifier: MIT */
/* Printing a document as text: how much of it at most, and giving back what was printed when that is too much. */
#ifndef YATA_PRINT_H
#define YATA_PRINT_H

#include "store.h"

/*
 * A document is a tree, and holds each value once. But a value of formats is printed in each run of text where it is in
 * force, and a long key, or name, in each map and element that has it: a small document can be long as text. All
 * between two checks is held by the document once, so that what is printed is never longer than the limit and that.
 */
struct yata_printer {
  struct yata_doc *doc; /* walking and sorting take memory of it; its content stays as it is */
  yata_buf *out;
  size_t from, cap; /* its len and its cap before */
  size_t most;      /* bytes that may be printed … */
  size_t read;      /* … or read of formats that print less than they hold */
};

/** How many bytes one call may print, or hand out of formats. */
size_t yata_output_most(const struct yata_doc *doc);

struct yata_printer yata_print_begin(const struct yata_doc *doc, yata_buf *out);

static inline size_t yata_print_spent(const struct yata_printer *pr) {
  return pr->out->len - pr->from + pr->read;
}

/** YATA_ERR_LIMIT: it is more than may be. */
static inline YATA_CHECKED int yata_print_check(const struct yata_printer *pr) {
  return yata_print_spent(pr) > pr->most ? YATA_ERR_LIMIT : 0;
}

/** The result of it all: `err`, or that of a last check. On an error the buffer is as it was before, and its memory. */
YATA_CHECKED int yata_print_end(const struct yata_printer *pr, int err);

/** Append a type as JSON, or with 0 the whole document. `depth`: how deep it is nested. */
YATA_CHECKED int yata_json_put_type(struct yata_printer *pr, uint32_t type, uint32_t depth);
/** Append what the toString of a type of that kind gives: markup, or text. */
YATA_CHECKED int yata_xml_put(struct yata_printer *pr, uint32_t type, enum yata_kind kind, uint32_t depth);
#define YATA_DEPTH_MAX 200

#endif
