/* SPDX-License-Identifier: MIT */
/* A snapshot, behind its length and before an update: in both encodings, against the document, to restore
 * it and to read text as of it. */
#include "fuzz.h"

static void round_trip(const yata_snapshot *s) {
  yata_snapshot again = YATA_SNAPSHOT_INIT;
  yata_buf out = YATA_BUF_INIT;
  REQUIRE(yata_snapshot_encode(s, &out) == 0);
  REQUIRE(yata_snapshot_decode(&again, out.data, out.len) == 0 && yata_snapshot_equal(s, &again));
  yata_buf_clear(&out);
  REQUIRE(yata_snapshot_encode_v2(s, &out) == 0);
  REQUIRE(yata_snapshot_decode_v2(&again, out.data, out.len) == 0 && yata_snapshot_equal(s, &again));
  yata_buf_deinit(&out);
  yata_snapshot_deinit(&again);
}

static yata_doc *kept_doc(void) {
  yata_options o = {.client_id = 1, .keep_deleted = true, .max_pending_bytes = 1 << 16, .max_steps = 100000};
  yata_doc *doc;
  REQUIRE(yata_doc_create(&o, &doc) == 0);
  return doc;
}

static void restore(const yata_doc *doc, const yata_snapshot *s) {
  yata_doc *old = NULL;
  int err = yata_snapshot_restore(doc, s, NULL, &old);
  REQUIRE(err == 0 || err == YATA_ERR_RANGE || err == YATA_ERR_ERASED || err == YATA_ERR_LIMIT);
  if (err < 0) return;
  REQUIRE(yata_doc_check(old) == 0);
  yata_doc_destroy(old);
}

/* Some root as text, and what changed in it between two moments. */
static void compare_text(yata_doc *doc, const yata_snapshot *a, const yata_snapshot *b) {
  const yata_text_view view = {.at = a, .before = b};
  yata_buf out = YATA_BUF_INIT;
  yata_type t;
  char text[16] = "";
  yata_slice name;
  uint32_t cursor = 0;
  if (yata_root_next(doc, &cursor, &t, &name) == 0 && name.len < sizeof(text) && name.len > 0)
    memcpy(text, name.data, name.len);
  int err = yata_text(doc, text, &t);
  if (err == 0) err = yata_text_delta_at(doc, t, &view, &out);
  REQUIRE(err == 0 || err == YATA_ERR_ERASED || err == YATA_ERR_LIMIT || err == YATA_ERR_KIND);
  if (err == 0) err = yata_text_read_at(doc, t, a, &out);
  REQUIRE(err == 0 || err == YATA_ERR_ERASED || err == YATA_ERR_LIMIT || err == YATA_ERR_KIND);
  yata_buf_deinit(&out);
}

static void with_update(const yata_snapshot *s, const uint8_t *update, size_t len) {
  yata_snapshot now = YATA_SNAPSHOT_INIT, of_bytes = YATA_SNAPSHOT_INIT;
  yata_doc *doc = kept_doc();
  bool contains = false;
  bool applied = yata_apply_update(doc, update, len, NULL) == 0;
  REQUIRE(yata_snapshot_take(&now, doc) == 0);
  restore(doc, &now);
  restore(doc, s);
  compare_text(doc, &now, s);
  compare_text(doc, s, &now);
  int err = yata_snapshot_contains_update(s, update, len, &contains);
  if (applied) REQUIRE(err == 0);
  const yata_slice all = {update, len};
  if (applied) REQUIRE(yata_snapshot_of_updates(&of_bytes, &all, 1) == 0);
  round_trip(&now);
  yata_snapshot_deinit(&now);
  yata_snapshot_deinit(&of_bytes);
  yata_doc_destroy(doc);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size == 0 || data[0] > size - 1) return 0;
  const uint8_t *bytes = data + 1, *update = bytes + data[0];
  yata_snapshot s = YATA_SNAPSHOT_INIT;
  if (yata_snapshot_decode_v2(&s, bytes, data[0]) == 0) round_trip(&s);
  if (yata_snapshot_decode(&s, bytes, data[0]) == 0) round_trip(&s);
  with_update(&s, update, size - 1 - data[0]);
  yata_snapshot_deinit(&s);
  return 0;
}
