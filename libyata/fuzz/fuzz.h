/* SPDX-License-Identifier: MIT */
#ifndef YATA_FUZZ_H
#define YATA_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <yata.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define REQUIRE(condition)                                                                                             \
  do {                                                                                                                 \
    if (!(condition)) {                                                                                                \
      fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                                                  \
      abort();                                                                                                         \
    }                                                                                                                  \
  } while (0)

/* Small limits, so that an input cannot make the fuzzer wait. */
static inline yata_doc *fuzz_doc(uint64_t client) {
  yata_options o = {.client_id = client, .max_pending_bytes = 1 << 16, .max_steps = 100000};
  yata_doc *doc;
  REQUIRE(yata_doc_create(&o, &doc) == 0);
  return doc;
}

static inline void fuzz_encode(const yata_doc *doc, yata_buf *out) {
  yata_buf_clear(out);
  REQUIRE(yata_encode_state_as_update(doc, NULL, 0, out) == 0);
}

#endif
