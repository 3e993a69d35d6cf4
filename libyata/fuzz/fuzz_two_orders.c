/* SPDX-License-Identifier: MIT */
/* Two updates, in both orders: whatever they hold, both are taken or the document stays whole.
 * Nothing can be asked of the result when one client's clocks mean different things in the two,
 * but that every document is sound and that merging bytes never fails for what was taken. */
#include "fuzz.h"

static bool take(yata_doc *doc, yata_slice a, yata_slice b) {
  bool ok = yata_apply_update(doc, a.data, a.len, NULL) == 0;
  REQUIRE(yata_doc_check(doc) == 0);
  ok = yata_apply_update(doc, b.data, b.len, NULL) == 0 && ok;
  REQUIRE(yata_doc_check(doc) == 0);
  return ok;
}

/* Units that are known must agree: both saw the same updates. */
static void compare(yata_doc *ab, yata_doc *ba) {
  yata_stats x, y;
  yata_doc_stats(ab, &x);
  yata_doc_stats(ba, &y);
  if (x.pending_bytes == 0 && y.pending_bytes == 0) REQUIRE(x.units == y.units && x.clients == y.clients);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 2) return 0;
  size_t cut = (size_t)data[0] << 8 | data[1];
  data += 2;
  size -= 2;
  cut = cut > size ? size : cut;
  yata_slice a = {data, cut}, b = {data + cut, size - cut};
  yata_doc *ab = fuzz_doc(1), *ba = fuzz_doc(1), *merged = fuzz_doc(1);
  yata_buf out = YATA_BUF_INIT;
  bool one = take(ab, a, b), two = take(ba, b, a);
  if (one && two) {
    const yata_slice both[] = {a, b};
    compare(ab, ba);
    REQUIRE(yata_merge_updates(both, 2, &out) == 0);
    REQUIRE(yata_update_validate(out.data, out.len, NULL) == 0);
    int err = yata_apply_update(merged, out.data, out.len, NULL);
    REQUIRE(err == 0 || err == YATA_ERR_LIMIT);
    REQUIRE(yata_doc_check(merged) == 0);
  }
  yata_buf_deinit(&out);
  yata_doc_destroy(ab);
  yata_doc_destroy(ba);
  yata_doc_destroy(merged);
  return 0;
}
