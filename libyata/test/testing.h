/* SPDX-License-Identifier: MIT */
/* What the tests of libyata share. */
#ifndef YATA_TESTING_H
#define YATA_TESTING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <yata.h>

#include "fixtures.h"

#define FIXTURE(name) fixture_##name, sizeof(fixture_##name)
#define assert_ok(expr) assert_int_equal(expr, 0)

static inline yata_doc *new_doc(uint64_t client) {
  yata_options o = {.client_id = client};
  yata_doc *doc;
  assert_ok(yata_doc_create(&o, &doc));
  return doc;
}

static inline void assert_state(const yata_doc *doc, const uint8_t *bytes, size_t len) {
  yata_buf out = YATA_BUF_INIT;
  assert_ok(yata_doc_check(doc));
  assert_ok(yata_encode_state_as_update(doc, NULL, 0, &out));
  assert_int_equal(out.len, len);
  assert_memory_equal(out.data, bytes, len);
  yata_buf_deinit(&out);
}

static inline void assert_same(const yata_doc *a, const yata_doc *b) {
  yata_buf out = YATA_BUF_INIT;
  assert_ok(yata_encode_state_as_update(b, NULL, 0, &out));
  assert_state(a, out.data, out.len);
  yata_buf_deinit(&out);
}

static inline void assert_text(const yata_doc *doc, yata_type text, const char *expected) {
  yata_buf out = YATA_BUF_INIT;
  assert_ok(yata_doc_check(doc));
  assert_ok(yata_text_read(doc, text, &out));
  assert_int_equal(out.len, strlen(expected));
  if (out.len > 0) assert_memory_equal(out.data, expected, out.len);
  yata_buf_deinit(&out);
}

static inline void insert(yata_doc *doc, yata_type text, uint32_t index, const char *s) {
  assert_ok(yata_txn_begin(doc));
  assert_ok(yata_text_insert(doc, text, index, s, strlen(s)));
  assert_ok(yata_txn_commit(doc, NULL));
}

static inline void erase(yata_doc *doc, yata_type text, uint32_t index, uint32_t count) {
  assert_ok(yata_txn_begin(doc));
  assert_ok(yata_text_delete(doc, text, index, count));
  assert_ok(yata_txn_commit(doc, NULL));
}

#endif
