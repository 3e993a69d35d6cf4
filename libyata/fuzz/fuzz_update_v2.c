/* SPDX-License-Identifier: MIT */
/* One update in version 2: refused without a change, or what comes out in version 1 is taken. */
#include "fuzz.h"

/* Does version 1 have all values that the update has? Then it is the same, without anything known, by way of either. */
static bool is_whole(const uint8_t *data, size_t size, const yata_buf *v1) {
  static const uint8_t nothing[] = {0};
  yata_buf diff = YATA_BUF_INIT, a = YATA_BUF_INIT, b = YATA_BUF_INIT;
  REQUIRE(yata_diff_update(v1->data, v1->len, nothing, 1, &diff) == 0);
  REQUIRE(yata_update_v1_to_v2(diff.data, diff.len, &a) == 0);
  REQUIRE(yata_diff_update_v2(data, size, nothing, 1, &b) == 0);
  REQUIRE(yata_update_validate_v2(b.data, b.len, NULL) == 0);
  bool same = a.len == b.len && memcmp(a.data, b.data, a.len) == 0;
  yata_buf_deinit(&diff);
  yata_buf_deinit(&a);
  yata_buf_deinit(&b);
  return same;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  yata_doc *doc = fuzz_doc(1), *copy = fuzz_doc(2);
  yata_buf v1 = YATA_BUF_INIT, a = YATA_BUF_INIT, b = YATA_BUF_INIT;
  int valid = yata_update_v2_to_v1(data, size, &v1);
  int err = yata_apply_update_v2(doc, data, size, NULL);
  /* A document with a small max_steps may refuse the number of structs before it reads what is wrong with them. */
  REQUIRE(valid == 0 || ((err == valid || err == YATA_ERR_LIMIT) && v1.len == 0));
  REQUIRE(v1.len <= size * 1024 + (4 << 20));
  REQUIRE(yata_update_validate_v2(data, size, NULL) == valid);
  REQUIRE((valid < 0) == (yata_update_explain_v2(data, size, NULL) != NULL));
  REQUIRE(yata_doc_check(doc) == 0);
  if (valid == 0) {
    REQUIRE(yata_update_validate(v1.data, v1.len, NULL) == 0);
    bool whole = is_whole(data, size, &v1);
    int other = yata_apply_update(copy, v1.data, v1.len, NULL);
    REQUIRE(other == err || (!whole && (other == YATA_ERR_LIMIT || err == YATA_ERR_LIMIT)));
    fuzz_encode(doc, &a);
    fuzz_encode(copy, &b);
    REQUIRE(!whole || (a.len == b.len && memcmp(a.data, b.data, a.len) == 0));
    /* Both ways round, what was made of it stays. */
    yata_buf_clear(&b);
    REQUIRE(yata_update_v1_to_v2(v1.data, v1.len, &b) == 0);
    yata_buf_clear(&a);
    REQUIRE(yata_update_v2_to_v1(b.data, b.len, &a) == 0);
    yata_buf_clear(&v1);
    REQUIRE(yata_update_v1_to_v2(a.data, a.len, &v1) == 0);
    REQUIRE(v1.len == b.len && memcmp(v1.data, b.data, b.len) == 0);
    yata_buf_clear(&b);
    REQUIRE(yata_encode_state_as_update_v2(doc, NULL, 0, &b) == 0);
    REQUIRE(yata_update_validate_v2(b.data, b.len, NULL) == 0);
  }
  yata_buf_deinit(&v1);
  yata_buf_deinit(&a);
  yata_buf_deinit(&b);
  yata_doc_destroy(doc);
  yata_doc_destroy(copy);
  return 0;
}
