/* SPDX-License-Identifier: MIT */
/* What the tests of formatted text, XML and sub-documents share. */
#ifndef YATA_TEST_ATTRIBUTES_H
#define YATA_TEST_ATTRIBUTES_H

#include "testing.h"

static inline yata_any json(const char *text) {
  yata_any any = yata_any_string(text);
  any.kind = YATA_ANY_JSON;
  return any;
}

/* An object of one member: declares `name`. */
#define OBJECT(name, key_, value_)                                                                                     \
  const yata_any_entry name##_entry = {{(const uint8_t *)(key_), sizeof(key_) - 1}, value_};                           \
  yata_any name = {.kind = YATA_ANY_OBJECT};                                                                           \
  name.u.object.entries = &name##_entry;                                                                               \
  name.u.object.len = 1

static const yata_any nothing = {.kind = YATA_ANY_OBJECT};

static inline void assert_bytes(const yata_buf *out, const char *expected) {
  assert_int_equal(out->len, strlen(expected));
  if (out->len > 0) assert_memory_equal(out->data, expected, out->len);
}

static inline void assert_delta(const yata_doc *doc, yata_type text, const char *expected) {
  yata_buf out = YATA_BUF_INIT;
  assert_ok(yata_doc_check(doc));
  assert_ok(yata_text_delta(doc, text, &out));
  assert_bytes(&out, expected);
  yata_buf_deinit(&out);
}

static inline void assert_markup(const yata_doc *doc, yata_type xml, const char *expected) {
  yata_buf out = YATA_BUF_INIT;
  assert_ok(yata_doc_check(doc));
  assert_ok(yata_xml_to_string(doc, xml, &out));
  assert_bytes(&out, expected);
  yata_buf_deinit(&out);
}

static inline void assert_json(const yata_doc *doc, yata_type type, const char *expected) {
  yata_buf out = YATA_BUF_INIT;
  assert_ok(yata_doc_check(doc));
  assert_ok(yata_to_json(doc, type, &out));
  assert_bytes(&out, expected);
  yata_buf_deinit(&out);
}

/* Give `to` what it lacks of `from`. */
static inline void sync_to(yata_doc *from, yata_doc *to, yata_applied *applied) {
  yata_buf sv = YATA_BUF_INIT, update = YATA_BUF_INIT;
  assert_ok(yata_encode_state_vector(to, &sv));
  assert_ok(yata_encode_state_as_update(from, sv.data, sv.len, &update));
  assert_ok(yata_apply_update(to, update.data, update.len, applied));
  assert_ok(yata_doc_check(to));
  yata_buf_deinit(&sv);
  yata_buf_deinit(&update);
}

#endif
