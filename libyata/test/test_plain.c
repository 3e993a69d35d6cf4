/* SPDX-License-Identifier: MIT */
/* What large updates are made of goes a short way (yata_integrate_plain): where it must not, and that it does there
 * what the general way does. Each update begins with a struct that makes its client known; the next one is meant. */
#include "testing.h"

#define APPLY(doc, bytes) assert_ok(yata_apply_update(doc, bytes, sizeof(bytes), NULL))

/* "abc" of client 5 before "R" of client 9. */
static const uint8_t beside[] = {2, 1, 9, 0, 4, 1, 1, 't', 1, 'R', 1, 5, 0, 0x44, 9, 0, 3, 'a', 'b', 'c', 0};

static void assert_becomes(const uint8_t *first, size_t first_len, const uint8_t *second, size_t second_len,
                           const char *expected) {
  yata_doc *doc = new_doc(1);
  yata_type text;
  assert_ok(yata_text(doc, "t", &text));
  assert_ok(yata_apply_update(doc, first, first_len, NULL));
  assert_ok(yata_apply_update(doc, second, second_len, NULL));
  assert_text(doc, text, expected);
  yata_doc_destroy(doc);
}

/* Before "R", behind "a" when that was all: "bc" was written at the same time, and the lower client goes first. */
static void what_went_in_at_the_same_place_is_seen(void **state) {
  (void)state;
  static const uint8_t low[] = {1, 2, 4, 0, 0x84, 9, 0, 1, 'x', 0xc4, 5, 0, 9, 0, 1, 'B', 0};
  static const uint8_t high[] = {1, 2, 6, 0, 0x84, 9, 0, 1, 'x', 0xc4, 5, 0, 9, 0, 1, 'B', 0};
  assert_becomes(beside, sizeof(beside), low, sizeof(low), "aBbcRx");
  assert_becomes(beside, sizeof(beside), high, sizeof(high), "abcBRx");
}

/* The right origin is a GC struct, and the left one the last of its list: it becomes a GC struct, too. */
static void what_went_in_before_something_collected_is_collected(void **state) {
  (void)state;
  static const uint8_t first[] = {2, 1, 9, 0, 0, 1, 1, 5, 0, 4, 1, 1, 't', 1, 'a', 0};
  static const uint8_t second[] = {1, 2, 4, 0, 0x44, 5, 0, 1, 'x', 0xc4, 5, 0, 9, 0, 1, 'B', 0};
  assert_becomes(first, sizeof(first), second, sizeof(second), "xa");
}

/* A text in an array goes before somebody else's "b" comes to it, or behind that. */
static void what_goes_into_a_deleted_type_is_deleted(void **state) {
  (void)state;
  static const uint8_t first[] = {2, 1, 9, 0, 0x84, 5, 1, 1, 'c', 2, 5, 0, 7, 1, 1, 'r', 2, 4, 0, 5, 0, 1, 'a', 0};
  static const uint8_t more[] = {1, 2, 4, 0, 0x84, 9, 0, 1, 'x', 0xc4, 5, 1, 9, 0, 1, 'b', 0};
  static const uint8_t gone[] = {0, 1, 5, 1, 0, 1};
  for (int keep = 0; keep < 2; keep++) {
    const yata_options o = {.client_id = 1, .keep_deleted = keep};
    yata_doc *before, *behind;
    assert_ok(yata_doc_create(&o, &before));
    assert_ok(yata_doc_create(&o, &behind));
    APPLY(before, first);
    APPLY(before, gone);
    APPLY(before, more);
    APPLY(behind, first);
    APPLY(behind, more);
    APPLY(behind, gone);
    assert_same(before, behind);
    yata_doc_destroy(before);
    yata_doc_destroy(behind);
  }
}

static void hear(void *user, const yata_txn_event *txn) {
  yata_range *heard = user;
  uint32_t cursor = 0;
  assert_ok(yata_txn_next_deleted(txn, &cursor, heard));
}

/* The update that says so says it once, as a struct, and not among its deletions. */
static void what_comes_deleted_was_deleted_by_the_transaction(void **state) {
  (void)state;
  static const uint8_t more[] = {1, 2, 4, 0, 0x84, 9, 0, 1, 'x', 0xc1, 5, 2, 9, 0, 3, 0};
  yata_doc *doc = new_doc(1);
  yata_range heard = {0};
  APPLY(doc, beside);
  assert_ok(yata_observe_txn(doc, hear, &heard, NULL));
  APPLY(doc, more);
  assert_int_equal(heard.client, 4);
  assert_int_equal(heard.clock, 1);
  assert_int_equal(heard.len, 3);
  yata_doc_destroy(doc);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_went_in_at_the_same_place_is_seen),
      cmocka_unit_test(what_went_in_before_something_collected_is_collected),
      cmocka_unit_test(what_goes_into_a_deleted_type_is_deleted),
      cmocka_unit_test(what_comes_deleted_was_deleted_by_the_transaction),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
