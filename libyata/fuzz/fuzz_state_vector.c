/* SPDX-License-Identifier: MIT */
/* A state vector, behind its length and before an update: diffs by document and by bytes. */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size == 0 || data[0] > size - 1) return 0;
  const uint8_t *sv = data + 1, *update = sv + data[0];
  size_t sv_len = data[0], update_len = size - 1 - sv_len;
  yata_buf out = YATA_BUF_INIT;
  yata_doc *doc = fuzz_doc(1);
  bool valid = yata_state_vector_validate(sv, sv_len, NULL) == 0;
  bool applied = yata_apply_update(doc, update, update_len, NULL) == 0;
  int err = yata_encode_state_as_update(doc, sv, sv_len, &out);
  REQUIRE((err == 0) == valid);
  if (err == 0) REQUIRE(yata_update_validate(out.data, out.len, NULL) == 0);
  yata_buf_clear(&out);
  err = yata_diff_update(update, update_len, sv, sv_len, &out);
  if (applied && valid) REQUIRE(err == 0);
  if (applied && valid) REQUIRE(yata_update_validate(out.data, out.len, NULL) == 0);
  yata_buf_clear(&out);
  if (yata_update_state_vector(update, update_len, &out) == 0)
    REQUIRE(yata_state_vector_validate(out.data, out.len, NULL) == 0);
  yata_buf_deinit(&out);
  yata_doc_destroy(doc);
  return 0;
}
