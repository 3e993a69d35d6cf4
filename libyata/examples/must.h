/* SPDX-License-Identifier: MIT */
/* What the examples do about an error: say it and end. */
#ifndef YATA_EXAMPLE_MUST_H
#define YATA_EXAMPLE_MUST_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <yata.h>

static inline void must(int err) {
  if (err >= 0) return;
  fprintf(stderr, "%s\n", yata_strerror(err));
  exit(1);
}

static inline void print_text(const char *label, const yata_doc *doc, yata_type text) {
  yata_buf out = YATA_BUF_INIT;
  must(yata_text_read(doc, text, &out));
  printf("%s: %.*s\n", label, (int)out.len, (const char *)out.data);
  yata_buf_deinit(&out);
}

static inline void print_json(const char *label, const yata_doc *doc, yata_type type) {
  yata_buf out = YATA_BUF_INIT;
  must(yata_to_json(doc, type, &out));
  printf("%s: %.*s\n", label, (int)out.len, (const char *)out.data);
  yata_buf_deinit(&out);
}

#endif
