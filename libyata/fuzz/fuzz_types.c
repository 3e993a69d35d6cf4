/* SPDX-License-Identifier: MIT */
/* An update with roots that are asked for as text: tidied up, read in every way, formatted and deleted from. */
#include "fuzz.h"

static void check(int err) {
  REQUIRE(err == 0 || err == YATA_ERR_LIMIT || err == YATA_ERR_KIND || err == YATA_ERR_RANGE || err == YATA_ERR_STATE);
}

static void read_type(yata_doc *doc, yata_type t, yata_buf *out) {
  yata_type found;
  yata_buf_clear(out);
  check(yata_text_delta(doc, t, out));
  check(yata_xml_to_string(doc, t, out));
  int err = yata_xml_first_child(doc, t, &found);
  REQUIRE(err == 0 || err == YATA_ERR_KIND || err == YATA_ERR_NOT_FOUND);
}

static void read_subdocs(yata_doc *doc) {
  uint32_t cursor = 0;
  yata_id id;
  while (yata_subdoc_next(doc, &cursor, &id) == 0) {
    yata_subdoc s;
    REQUIRE(yata_subdoc_get(doc, id, &s) == 0);
    yata_value_deinit(&s.options);
  }
}

static void edit(yata_doc *doc, yata_type t, uint8_t how) {
  uint32_t n, index;
  const yata_any_entry e = {{(const uint8_t *)"bold", 4}, how & 1 ? yata_any_null() : yata_any_bool(true)};
  yata_any attributes = {.kind = YATA_ANY_OBJECT};
  attributes.u.object.entries = &e;
  attributes.u.object.len = how & 2 ? 0 : 1;
  if (yata_text_length(doc, t, &n) < 0) return;
  index = n > 0 ? how % n : 0;
  check(yata_text_format(doc, t, index, 3, &attributes));
  check(yata_text_insert_with(doc, t, index, "x", 1, &attributes));
  check(yata_text_insert(doc, t, index, "y", 1));
  check(yata_text_delete(doc, t, index, 2));
  const yata_text_op ops[] = {{.kind = YATA_TEXT_RETAIN, .len = how, .attributes = &attributes},
                              {.kind = YATA_TEXT_EMBED, .embed = attributes, .attributes = &attributes},
                              {.kind = YATA_TEXT_DELETE, .len = how}};
  check(yata_text_apply_delta(doc, t, ops, 3));
}

/* The roots of `from` as texts of `to`. */
static void declare(yata_doc *from, yata_doc *to, bool xml) {
  uint32_t cursor = 0;
  yata_type t;
  yata_slice name;
  char copy[64];
  while (yata_root_next(from, &cursor, &t, &name) == 0) {
    if (name.len >= sizeof(copy) || memchr(name.data, 0, name.len) != NULL) continue;
    if (name.len > 0) memcpy(copy, name.data, name.len);
    copy[name.len] = 0;
    REQUIRE(yata_root(to, copy, xml ? YATA_KIND_XML_TEXT : YATA_KIND_TEXT, &t) == 0);
  }
}

static void for_roots(yata_doc *doc, bool edits, uint8_t how, yata_buf *out) {
  uint32_t cursor = 0;
  yata_type t;
  while (yata_root_next(doc, &cursor, &t, NULL) == 0) {
    if (edits) edit(doc, t, how);
    REQUIRE(yata_doc_check(doc) == 0);
    read_type(doc, t, out);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  yata_doc *names = fuzz_doc(1), *doc = fuzz_doc(2), *copy = fuzz_doc(3);
  yata_buf out = YATA_BUF_INIT;
  uint8_t how = size > 0 ? data[size / 2] : 0;
  if (yata_apply_update(names, data, size, NULL) == 0) {
    declare(names, doc, how & 4);
    int err = yata_apply_update(doc, data, size, NULL);
    REQUIRE(err == 0 || err == YATA_ERR_LIMIT);
    REQUIRE(yata_doc_check(doc) == 0);
    for_roots(doc, false, how, &out);
    REQUIRE(yata_txn_begin(doc) == 0);
    for_roots(doc, true, how, &out);
    if (how & 8)
      yata_txn_abort(doc);
    else
      REQUIRE(yata_txn_commit(doc, NULL) == 0);
    REQUIRE(yata_doc_check(doc) == 0);
    read_subdocs(doc);
    fuzz_encode(doc, &out);
    declare(names, copy, false);
    err = yata_apply_update(copy, out.data, out.len, NULL);
    REQUIRE(err == 0 || err == YATA_ERR_LIMIT);
    REQUIRE(yata_doc_check(copy) == 0);
  }
  yata_buf_deinit(&out);
  yata_doc_destroy(names);
  yata_doc_destroy(doc);
  yata_doc_destroy(copy);
  return 0;
}
