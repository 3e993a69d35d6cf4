/* SPDX-License-Identifier: MIT */
/* A relative position, behind its length and before an update: as bytes and as JSON, and in the document. */
#include "fuzz.h"

static void round_trip(const yata_relpos *pos) {
  yata_relpos again = YATA_RELPOS_INIT;
  yata_buf out = YATA_BUF_INIT, json = YATA_BUF_INIT;
  REQUIRE(yata_relpos_encode(pos, &out) == 0);
  REQUIRE(yata_relpos_decode(&again, out.data, out.len) == 0);
  REQUIRE(again.assoc == pos->assoc && again.has_item == pos->has_item);
  REQUIRE(yata_relpos_to_json(pos, &json) == 0);
  if (pos->has_item || pos->has_type || pos->name.len > 0)
    REQUIRE(yata_relpos_from_json(&again, (const char *)json.data, json.len) == 0 && again.assoc == pos->assoc);
  yata_buf_deinit(&out);
  yata_buf_deinit(&json);
  yata_relpos_deinit(&again);
}

/* Where it is, a position made anew is, too. */
static void find(yata_doc *doc, const yata_relpos *pos) {
  yata_relpos made = YATA_RELPOS_INIT;
  yata_type type, again;
  uint32_t index, same;
  int err = yata_relpos_resolve(doc, pos, true, &type, &index);
  if (err == 0) err = yata_relpos_create(doc, type, index, pos->assoc, &made);
  if (err == 0) {
    round_trip(&made);
    REQUIRE(yata_relpos_resolve(doc, &made, true, &again, &same) == 0);
    REQUIRE(same == index && again.slot == type.slot);
  }
  REQUIRE(err != YATA_ERR_NOMEM);
  REQUIRE(yata_doc_check(doc) == 0);
  yata_relpos_deinit(&made);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size == 0 || data[0] > size - 1) return 0;
  const uint8_t *bytes = data + 1, *update = bytes + data[0];
  yata_relpos pos = YATA_RELPOS_INIT;
  yata_doc *doc = fuzz_doc(1);
  int err = yata_apply_update(doc, update, size - 1 - data[0], NULL);
  (void)err; /* positions of an empty document are as good */
  if (yata_relpos_decode(&pos, bytes, data[0]) == 0) {
    round_trip(&pos);
    find(doc, &pos);
  }
  if (yata_relpos_from_json(&pos, (const char *)bytes, data[0]) == 0) {
    round_trip(&pos);
    find(doc, &pos);
  }
  yata_relpos_deinit(&pos);
  yata_doc_destroy(doc);
  return 0;
}
