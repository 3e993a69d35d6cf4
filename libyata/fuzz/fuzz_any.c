/* SPDX-License-Identifier: MIT */
/* A value as lib0 writes `any`: in an array's only item, read, written again and read again. */
#include "fuzz.h"

/* One struct of client 2: content of kind any, with one value, in the root array "a". */
static const uint8_t head[] = {1, 1, 2, 0, 8, 1, 1, 'a', 1};

static bool load(yata_doc *doc, const uint8_t *value, size_t len, yata_type *array) {
  uint8_t update[sizeof(head) + 4096 + 1];
  if (len > 4096) return false;
  memcpy(update, head, sizeof(head));
  if (len > 0) memcpy(update + sizeof(head), value, len);
  update[sizeof(head) + len] = 0;
  if (yata_apply_update(doc, update, sizeof(head) + len + 1, NULL) < 0) return false;
  return yata_array(doc, "a", array) == 0;
}

/* Into another document: its array must look the same. */
static void again(const yata_doc *doc, yata_type array, const yata_any *any) {
  yata_buf one = YATA_BUF_INIT, two = YATA_BUF_INIT;
  yata_doc *other = fuzz_doc(3);
  yata_type other_array;
  yata_value copy;
  REQUIRE(yata_array(other, "a", &other_array) == 0);
  REQUIRE(yata_txn_begin(other) == 0);
  REQUIRE(yata_array_insert(other, other_array, 0, any, 1) == 0);
  REQUIRE(yata_txn_commit(other, NULL) == 0);
  REQUIRE(yata_doc_check(other) == 0);
  REQUIRE(yata_array_get(other, other_array, 0, &copy) == 0 && copy.any.kind == any->kind);
  REQUIRE(yata_to_json(doc, array, &one) == 0);
  REQUIRE(yata_to_json(other, other_array, &two) == 0);
  REQUIRE(one.len == two.len && memcmp(one.data, two.data, one.len) == 0);
  yata_value_deinit(&copy);
  yata_doc_destroy(other);
  yata_buf_deinit(&one);
  yata_buf_deinit(&two);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  yata_doc *doc = fuzz_doc(1);
  yata_type array;
  yata_value value;
  uint32_t length;
  bool one = load(doc, data, size, &array) && yata_array_length(doc, array, &length) == 0 && length == 1;
  if (one) { /* what stands behind the value may go on with other structs, and deletions */
    REQUIRE(yata_array_get(doc, array, 0, &value) == 0);
    if (value.type.slot == 0 && value.any.kind != YATA_ANY_JSON) again(doc, array, &value.any);
    yata_value_deinit(&value);
  }
  yata_doc_destroy(doc);
  return 0;
}
