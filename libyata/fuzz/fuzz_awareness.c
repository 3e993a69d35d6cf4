/* SPDX-License-Identifier: MIT */
/* Awareness updates, each behind its length: taken one after the other by a small table, with its time
 * going on. What was refused changes nothing. */
#include "fuzz.h"

static void encode(const yata_awareness *a, yata_buf *out) {
  yata_buf_clear(out);
  REQUIRE(yata_awareness_encode(a, NULL, 0, out) == 0);
  REQUIRE(yata_awareness_validate(out->data, out->len, NULL) == 0);
}

static bool same(const yata_buf *a, const yata_buf *b) {
  return a->len == b->len && memcmp(a->data, b->data, a->len) == 0;
}

static int turn(void *user, const yata_awareness_entry *entry, yata_slice *json) {
  static const uint8_t null[] = "null";
  (void)user;
  if (entry->clock == 99) return YATA_ERR_RANGE;
  if (entry->clock % 2 == 0) *json = (yata_slice){null, 4};
  return 0;
}

static void take(yata_awareness *a, const uint8_t *update, size_t len, uint64_t now) {
  yata_awareness_changes changes;
  yata_buf before = YATA_BUF_INIT, after = YATA_BUF_INIT, modified = YATA_BUF_INIT;
  encode(a, &before);
  int err = yata_awareness_apply(a, update, len, now, &changes);
  encode(a, &after);
  REQUIRE((err == YATA_ERR_MALFORMED) == (yata_awareness_validate(update, len, NULL) < 0));
  if (err < 0) REQUIRE(same(&before, &after));
  size_t told = changes.added.len + changes.updated.len + changes.removed.len;
  if (told == 0) REQUIRE(same(&before, &after));
  err = yata_awareness_modify(update, len, turn, NULL, &modified);
  if (err == 0)
    REQUIRE(yata_awareness_validate(modified.data, modified.len, NULL) == 0);
  else
    REQUIRE(modified.len == 0);
  REQUIRE(yata_awareness_count(a) <= 8);
  yata_buf_deinit(&before);
  yata_buf_deinit(&after);
  yata_buf_deinit(&modified);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  yata_awareness_options o = {.client_id = 1, .max_clients = 8, .max_bytes = 256, .max_state_bytes = 64};
  yata_awareness *a;
  uint64_t now = 0;
  REQUIRE(yata_awareness_create(&o, &a) == 0);
  REQUIRE(yata_awareness_set(a, "{}", 2, now, NULL) == 0);
  while (size > 0 && data[0] < size) {
    size_t len = data[0];
    take(a, data + 1, len, now);
    data += len + 1;
    size -= len + 1;
    now += 9000;
    REQUIRE(yata_awareness_tick(a, now, NULL) == 0);
    yata_slice json;
    REQUIRE(yata_awareness_get(a, 1, &json, NULL) == 0 && json.data != NULL);
  }
  yata_awareness_destroy(a);
  return 0;
}
