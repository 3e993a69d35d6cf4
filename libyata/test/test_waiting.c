/* SPDX-License-Identifier: MIT */
/* Updates that came too early, in any order. */
#include "random.h"

#define MANY 400

/* Of a few texts typed by turns each update, and how many there are. */
static size_t write_all(yata_buf *updates, const char *typed) {
  yata_doc *docs[] = {new_doc(7), new_doc(300)};
  yata_type texts[2];
  for (int i = 0; i < 2; i++) assert_ok(yata_text(docs[i], i == 0 ? "a" : "b", &texts[i]));
  for (uint32_t i = 0; i < MANY; i++) {
    updates[i] = (yata_buf)YATA_BUF_INIT;
    assert_ok(yata_txn_begin(docs[i % 2]));
    assert_ok(yata_text_insert(docs[i % 2], texts[i % 2], i / 2, typed + i / 2, 1));
    assert_ok(yata_txn_commit(docs[i % 2], &updates[i]));
  }
  for (int i = 0; i < 2; i++) yata_doc_destroy(docs[i]);
  return MANY;
}

static void shuffle(uint32_t *order, uint32_t n) {
  for (uint32_t i = 0; i < n; i++) order[i] = i;
  for (uint32_t i = n; i > 1; i--) {
    uint32_t j = below(i), x = order[j];
    order[j] = order[i - 1];
    order[i - 1] = x;
  }
}

static void updates_wait_in_any_order(void **state) {
  (void)state;
  static yata_buf updates[MANY];
  static uint32_t order[MANY];
  static char typed[MANY / 2 + 1];
  for (uint32_t i = 0; i < MANY / 2; i++) typed[i] = (char)('a' + i % 26);
  size_t n = write_all(updates, typed);
  for (int round = 0; round < 6; round++) {
    yata_doc *doc = new_doc(1);
    yata_applied a;
    shuffle(order, MANY);
    /* The first two, without which nothing can be done, come last; some come twice. */
    for (size_t i = 0; i < n; i++) {
      const yata_buf *u = &updates[order[i]];
      if (order[i] < 2) continue;
      assert_ok(yata_apply_update(doc, u->data, u->len, &a));
      assert_true(a.pending);
      if (below(4) == 0) assert_ok(yata_apply_update(doc, u->data, u->len, &a));
      assert_ok(yata_doc_check(doc));
    }
    for (int i = 0; i < 2; i++) assert_ok(yata_apply_update(doc, updates[i].data, updates[i].len, &a));
    assert_false(a.pending);
    for (int i = 0; i < 2; i++) {
      yata_type text;
      assert_ok(yata_text(doc, i == 0 ? "a" : "b", &text));
      assert_text(doc, text, typed);
    }
    yata_doc_destroy(doc);
  }
  for (size_t i = 0; i < n; i++) yata_buf_deinit(&updates[i]);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(updates_wait_in_any_order)};
  return cmocka_run_group_tests(tests, seed, NULL);
}
