/* SPDX-License-Identifier: MIT */
/* What is put in order and joined when a transaction or an update ends. */
#include "attributes.h"
#include "random.h"

/* ---- splits ------------------------------------------------------------------------------- */

static size_t items(const yata_doc *doc) {
  yata_stats stats;
  yata_doc_stats(doc, &stats);
  return stats.items;
}

/* Formatting with nothing splits at both ends of the range, and puts nothing there. */
static void split_up(yata_doc *doc, yata_type text, uint32_t index, uint32_t count) {
  assert_ok(yata_text_format(doc, text, index, count, &nothing));
}

static void what_was_split_in_vain_is_whole_again(void **state) {
  (void)state;
  yata_doc *doc = new_doc(5), *before = new_doc(5);
  yata_type text, same;
  assert_ok(yata_text(doc, "text", &text));
  assert_ok(yata_text(before, "text", &same));
  insert(doc, text, 0, "0123456789");
  insert(before, same, 0, "0123456789");
  assert_ok(yata_txn_begin(doc));
  split_up(doc, text, 2, 3);
  split_up(doc, text, 3, 4);
  assert_ok(yata_txn_commit(doc, NULL));
  assert_int_equal(items(doc), 1);
  assert_same(doc, before);
  yata_doc_destroy(doc);
  yata_doc_destroy(before);
}

/* Of three splits one stays, because something is in between; on either side of it the parts are joined. */
static void splits_around_an_edit_are_whole_again(void **state) {
  (void)state;
  yata_doc *doc = new_doc(5);
  yata_type text;
  assert_ok(yata_text(doc, "text", &text));
  insert(doc, text, 0, "0123456789");
  assert_ok(yata_txn_begin(doc));
  split_up(doc, text, 2, 6);
  assert_ok(yata_text_insert(doc, text, 5, "x", 1));
  assert_ok(yata_txn_commit(doc, NULL));
  assert_int_equal(items(doc), 3);
  assert_ok(yata_txn_begin(doc));
  split_up(doc, text, 1, 2);
  assert_ok(yata_text_delete(doc, text, 5, 1));
  split_up(doc, text, 6, 2);
  assert_ok(yata_txn_commit(doc, NULL));
  assert_int_equal(items(doc), 3);
  assert_text(doc, text, "0123456789");
  yata_doc_destroy(doc);
}

static void values_pushed_and_deleted_one_by_one_are_one_item_each(void **state) {
  (void)state;
  yata_doc *doc = new_doc(5);
  yata_type array;
  const yata_any v = yata_any_number(7);
  assert_ok(yata_array(doc, "array", &array));
  for (uint32_t i = 0; i < 100; i++) {
    assert_ok(yata_txn_begin(doc));
    assert_ok(yata_array_insert(doc, array, i, &v, 1));
    assert_ok(yata_txn_commit(doc, NULL));
    assert_int_equal(items(doc), 1);
  }
  for (uint32_t i = 0; i < 20; i++) {
    assert_ok(yata_txn_begin(doc));
    assert_ok(yata_array_delete(doc, array, 40 - i, 1));
    assert_ok(yata_array_delete(doc, array, 39 - i, 1));
    assert_ok(yata_txn_commit(doc, NULL));
    assert_ok(yata_doc_check(doc));
    assert_int_equal(items(doc), 3);
  }
  yata_doc_destroy(doc);
}

/* What its writer split hundreds of times, and what goes on where the item before it ends, in one update: a document
 * that has something already makes the items that the writer has. */
static void an_update_of_many_splits_comes_to_the_same_items(void **state) {
  (void)state;
  yata_doc *doc = new_doc(5), *other = new_doc(6);
  yata_buf update = YATA_BUF_INIT;
  yata_type text;
  char run[256];
  assert_ok(yata_text(doc, "text", &text));
  insert(doc, text, 0, "before");
  sync_to(doc, other, NULL);
  memset(run, 'r', sizeof(run));
  assert_ok(yata_txn_begin(doc));
  for (uint32_t i = 0; i < 200; i++) {
    uint32_t length;
    assert_ok(yata_text_length(doc, text, &length));
    assert_ok(yata_text_insert(doc, text, below(length + 1), run, 1 + below(sizeof(run))));
    assert_ok(yata_text_delete(doc, text, below(length), 1));
    split_up(doc, text, below(length), 1);
  }
  assert_ok(yata_txn_commit(doc, &update));
  assert_ok(yata_apply_update(other, update.data, update.len, NULL));
  assert_same(other, doc);
  assert_int_equal(items(other), items(doc));
  yata_buf_deinit(&update);
  yata_doc_destroy(doc);
  yata_doc_destroy(other);
}

/* ---- what was collected ------------------------------------------------------------------- */

/* Three values in a nested array, each put before the one before it: nothing of them merges while it is an item. Of the
 * first `gone` nothing is left when the array goes. Only their lengths stay, as one. */
static void one_stays_of_what_was_in_a_type(uint32_t gone) {
  yata_doc *doc = new_doc(5);
  yata_type array, nested;
  const yata_any v = yata_any_number(7);
  assert_ok(yata_array(doc, "array", &array));
  assert_ok(yata_txn_begin(doc));
  assert_ok(yata_array_insert_type(doc, array, 0, YATA_KIND_ARRAY, &nested));
  for (uint32_t i = 0; i < 3; i++) assert_ok(yata_array_insert(doc, nested, 0, &v, 1));
  assert_ok(yata_txn_commit(doc, NULL));
  for (uint32_t i = 0; i < gone; i++) {
    assert_ok(yata_txn_begin(doc));
    assert_ok(yata_array_delete(doc, nested, 0, 1));
    assert_ok(yata_txn_commit(doc, NULL));
  }
  assert_int_equal(items(doc), 4);
  assert_ok(yata_txn_begin(doc));
  assert_ok(yata_array_delete(doc, array, 0, 1));
  assert_ok(yata_txn_commit(doc, NULL));
  assert_ok(yata_doc_check(doc));
  assert_int_equal(items(doc), 2);
  yata_doc_destroy(doc);
}

static void what_a_deleted_type_held_is_one_item(void **state) {
  (void)state;
  for (uint32_t gone = 0; gone <= 3; gone++) one_stays_of_what_was_in_a_type(gone);
}

/* ---- ranges of deletions ------------------------------------------------------------------ */

#define CLIENTS 3
#define CLOCKS 4096

static const uint64_t ids[CLIENTS] = {0x1ffffffffffffe, 0x80000001, 3}; /* the highest first, as they are written */

static uint8_t set[CLIENTS][CLOCKS];

static uint8_t *put(uint8_t *p, uint64_t value) {
  for (; value > 0x7f; value >>= 7) *p++ = (uint8_t)(value | 0x80);
  *p++ = (uint8_t)value;
  return p;
}

/* An update that deletes what has not arrived: `n` ranges in any order. What they cover is set. */
static uint8_t *write_any_order(uint8_t *p, uint32_t n) {
  memset(set, 0, sizeof(set));
  p = put(put(p, 0), n);
  for (uint32_t i = 0; i < n; i++) {
    uint32_t client = below(CLIENTS), clock = below(CLOCKS - 8), len = 1 + below(3);
    memset(set[client] + clock, 1, len);
    p = put(put(put(put(p, ids[client]), 1), clock), len);
  }
  return p;
}

/* The runs of what is set of a client; *count of them. */
static uint8_t *write_runs(uint8_t *p, uint32_t client, uint32_t *count) {
  *count = 0;
  for (uint32_t clock = 0, end; clock < CLOCKS; clock = end + 1) {
    for (end = clock; end < CLOCKS && set[client][end] != 0;) end++;
    if (end == clock) continue;
    p = put(put(p, clock), end - clock);
    ++*count;
  }
  return p;
}

static uint8_t *write_sorted(uint8_t *p) {
  static uint8_t runs[16 * CLOCKS];
  uint32_t count, clients = 0;
  for (uint32_t i = 0; i < CLIENTS; i++) clients += write_runs(runs, i, &count) > runs;
  p = put(put(p, 0), clients);
  for (uint32_t i = 0; i < CLIENTS; i++) {
    size_t len = (size_t)(write_runs(runs, i, &count) - runs);
    if (count == 0) continue;
    p = put(put(p, ids[i]), count);
    memcpy(p, runs, len);
    p += len;
  }
  return p;
}

static void deletions_in_any_order_are_sorted_and_joined(void **state) {
  static uint8_t update[1 << 18], expected[1 << 18];
  (void)state;
  for (uint32_t n = 1; n < 8000; n += 1 + n / 3) {
    yata_doc *doc = new_doc(5);
    size_t len = (size_t)(write_any_order(update, n) - update);
    assert_ok(yata_apply_update(doc, update, len, NULL));
    assert_state(doc, expected, (size_t)(write_sorted(expected) - expected));
    yata_doc_destroy(doc);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_was_split_in_vain_is_whole_again),
      cmocka_unit_test(splits_around_an_edit_are_whole_again),
      cmocka_unit_test(values_pushed_and_deleted_one_by_one_are_one_item_each),
      cmocka_unit_test(what_a_deleted_type_held_is_one_item),
      cmocka_unit_test_setup(an_update_of_many_splits_comes_to_the_same_items, seed),
      cmocka_unit_test_setup(deletions_in_any_order_are_sorted_and_joined, seed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
