/* SPDX-License-Identifier: MIT */
/* One update: refused without a change, or taken; what comes out goes in again. */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  yata_doc *doc = fuzz_doc(1), *copy = fuzz_doc(2);
  yata_buf state = YATA_BUF_INIT, json = YATA_BUF_INIT;
  yata_applied applied;
  int valid = yata_update_validate(data, size, NULL);
  int err = yata_apply_update(doc, data, size, &applied);
  REQUIRE(valid == 0 || err == valid);
  REQUIRE((valid < 0) == (yata_update_explain(data, size, NULL) != NULL));
  REQUIRE(yata_doc_check(doc) == 0);
  fuzz_encode(doc, &state);
  if (err < 0) REQUIRE(state.len == 2 && state.data[0] == 0 && state.data[1] == 0);
  REQUIRE(yata_update_validate(state.data, state.len, NULL) == 0);
  REQUIRE(yata_apply_update(copy, state.data, state.len, NULL) == 0);
  REQUIRE(yata_doc_check(copy) == 0);
  int shown = yata_to_json(doc, (yata_type){0, 0}, &json);
  REQUIRE(shown == 0 || shown == YATA_ERR_LIMIT);
  if (err == 0) {
    REQUIRE(yata_apply_update(doc, data, size, NULL) == 0);
    REQUIRE(yata_doc_check(doc) == 0);
  }
  yata_buf_deinit(&state);
  yata_buf_deinit(&json);
  yata_doc_destroy(doc);
  yata_doc_destroy(copy);
  return 0;
}
