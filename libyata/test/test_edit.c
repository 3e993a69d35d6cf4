/* SPDX-License-Identifier: MIT */
#include "testing.h"

static void text_is_inserted_and_deleted_by_utf16_position(void **state) {
  (void)state;
  yata_doc *doc = new_doc(1);
  yata_type text;
  uint32_t n;
  assert_ok(yata_text(doc, "t", &text));
  insert(doc, text, 0, "hé😀o");
  assert_ok(yata_text_length(doc, text, &n));
  assert_int_equal(n, 5);
  insert(doc, text, 4, "ll");
  assert_text(doc, text, "hé😀llo");
  erase(doc, text, 1, 3);
  assert_text(doc, text, "hllo");
  yata_doc_destroy(doc);
}

static void a_split_surrogate_pair_becomes_two_replacement_characters(void **state) {
  (void)state;
  yata_doc *doc = new_doc(1);
  yata_type text;
  assert_ok(yata_text(doc, "t", &text));
  insert(doc, text, 0, "a😀b");
  insert(doc, text, 2, "x");
  assert_text(doc, text,
              "a\xef\xbf\xbdx\xef\xbf\xbd"
              "b");
  yata_doc_destroy(doc);
}

/* Keys go on in one text at a time, and in none that is gone, though another one took its place. */
static void keys_go_to_the_text_they_are_meant_for(void **state) {
  (void)state;
  yata_doc *doc = new_doc(1);
  yata_type text, other, array, old, new = {0, 0};
  assert_ok(yata_text(doc, "t", &text));
  assert_ok(yata_text(doc, "o", &other));
  assert_ok(yata_array(doc, "a", &array));
  for (uint32_t i = 0; i < 10; i++) insert(doc, text, i, "x");
  insert(doc, other, 0, "0123456789abcdef");
  for (uint32_t i = 10; i < 13; i++) {
    insert(doc, text, i, "x");
    insert(doc, text, i, "x");
    insert(doc, other, i + 1, "y");
  }
  assert_text(doc, text, "xxxxxxxxxxxxxxxx");
  assert_text(doc, other, "0123456789ayyybcdef");
  for (uint32_t i = 0; i < 2; i++) {
    old = new;
    assert_ok(yata_txn_begin(doc));
    assert_ok(yata_array_insert_type(doc, array, 0, YATA_KIND_TEXT, &new));
    assert_ok(yata_txn_commit(doc, NULL));
    if (i > 0) break;
    assert_ok(yata_txn_begin(doc));
    assert_ok(yata_array_delete(doc, array, 0, 1));
    assert_ok(yata_txn_commit(doc, NULL));
  }
  assert_int_equal(old.slot, new.slot);
  for (uint32_t i = 0; i < 10; i++) insert(doc, new, i, "z");
  assert_ok(yata_txn_begin(doc));
  assert_int_equal(yata_text_insert(doc, old, 10, "z", 1), YATA_ERR_GONE);
  assert_ok(yata_txn_commit(doc, NULL));
  erase(doc, new, 6, 1);
  erase(doc, new, 5, 1);
  assert_ok(yata_txn_begin(doc));
  assert_int_equal(yata_text_delete(doc, old, 4, 1), YATA_ERR_GONE);
  assert_ok(yata_txn_commit(doc, NULL));
  assert_text(doc, new, "zzzzzzzz");
  yata_doc_destroy(doc);
}

static void nothing_and_half_a_character_are_no_keys(void **state) {
  (void)state;
  yata_doc *doc = new_doc(1);
  yata_type text;
  yata_buf update = YATA_BUF_INIT;
  assert_ok(yata_text(doc, "t", &text));
  insert(doc, text, 0, "0123456789");
  for (uint32_t i = 6; i > 3; i--) erase(doc, text, i, 1);
  assert_ok(yata_txn_begin(doc));
  assert_ok(yata_text_delete(doc, text, 4, 0));
  assert_ok(yata_txn_commit(doc, &update));
  assert_int_equal(update.len, 0);
  for (uint32_t i = 0; i < 9; i++) insert(doc, text, i, "k");
  assert_ok(yata_txn_begin(doc));
  assert_int_equal(yata_text_insert(doc, text, 9, "\x80", 1), YATA_ERR_INVALID);
  yata_txn_abort(doc);
  assert_text(doc, text, "kkkkkkkkk0123789");
  yata_buf_deinit(&update);
  yata_doc_destroy(doc);
}

static void positions_past_the_end_are_refused(void **state) {
  (void)state;
  yata_doc *doc = new_doc(1);
  yata_type text, array;
  yata_any v = yata_any_number(1);
  assert_ok(yata_text(doc, "t", &text));
  assert_ok(yata_array(doc, "a", &array));
  assert_ok(yata_txn_begin(doc));
  assert_int_equal(yata_text_insert(doc, text, 1, "x", 1), YATA_ERR_RANGE);
  assert_int_equal(yata_text_delete(doc, text, 0, 1), YATA_ERR_RANGE);
  assert_int_equal(yata_array_insert(doc, array, 1, &v, 1), YATA_ERR_RANGE);
  assert_int_equal(yata_array_delete(doc, array, 0, 1), YATA_ERR_RANGE);
  assert_int_equal(yata_text_insert(doc, text, 0, "\xff", 1), YATA_ERR_INVALID);
  assert_ok(yata_txn_commit(doc, NULL));
  yata_doc_destroy(doc);
}

static void edits_outside_of_a_transaction_are_refused(void **state) {
  (void)state;
  yata_doc *doc = new_doc(1);
  yata_type text;
  assert_ok(yata_text(doc, "t", &text));
  assert_int_equal(yata_text_insert(doc, text, 0, "x", 1), YATA_ERR_STATE);
  assert_int_equal(yata_txn_commit(doc, NULL), YATA_ERR_STATE);
  assert_ok(yata_txn_begin(doc));
  assert_int_equal(yata_txn_begin(doc), YATA_ERR_STATE);
  assert_int_equal(yata_apply_update(doc, FIXTURE(text), NULL), YATA_ERR_STATE);
  yata_txn_abort(doc);
  yata_doc_destroy(doc);
}

static void an_aborted_transaction_leaves_no_trace(void **state) {
  (void)state;
  yata_doc *doc = new_doc(1), *before = new_doc(1);
  yata_type text, map, inner;
  yata_any v = yata_any_string("a value longer than what is stored inline");
  assert_ok(yata_apply_update(doc, FIXTURE(everything), NULL));
  assert_ok(yata_apply_update(before, FIXTURE(everything), NULL));
  assert_ok(yata_text(doc, "rich", &text));
  assert_ok(yata_map(doc, "map", &map));
  assert_ok(yata_txn_begin(doc));
  assert_ok(yata_text_insert(doc, text, 3, "😀😀", 8));
  assert_ok(yata_text_insert(doc, text, 4, "x", 1));
  assert_ok(yata_text_delete(doc, text, 1, 6));
  assert_ok(yata_map_set(doc, map, "new", 3, &v));
  assert_ok(yata_map_set(doc, map, "number", 6, &v));
  assert_ok(yata_map_delete(doc, map, "list", 4));
  assert_ok(yata_map_set_type(doc, map, "inner", 5, YATA_KIND_ARRAY, &inner));
  assert_ok(yata_array_insert(doc, inner, 0, &v, 1));
  yata_txn_abort(doc);
  assert_same(doc, before);
  assert_int_equal(yata_type_kind(doc, inner), YATA_KIND_NONE);
  yata_doc_destroy(doc);
  yata_doc_destroy(before);
}

static void a_transaction_gives_the_update_that_makes_it_elsewhere(void **state) {
  (void)state;
  yata_doc *doc = new_doc(1), *other = new_doc(2);
  yata_type text;
  yata_buf update = YATA_BUF_INIT;
  assert_ok(yata_text(doc, "t", &text));
  assert_ok(yata_txn_begin(doc));
  assert_ok(yata_text_insert(doc, text, 0, "hello", 5));
  assert_ok(yata_text_delete(doc, text, 1, 2));
  assert_ok(yata_txn_commit(doc, &update));
  assert_ok(yata_apply_update(other, update.data, update.len, NULL));
  assert_same(doc, other);
  yata_buf_clear(&update);
  assert_ok(yata_txn_begin(doc));
  assert_ok(yata_txn_commit(doc, &update));
  assert_int_equal(update.len, 0);
  yata_buf_deinit(&update);
  yata_doc_destroy(doc);
  yata_doc_destroy(other);
}

static void a_map_holds_every_kind_of_value(void **state) {
  (void)state;
  yata_doc *doc = new_doc(1);
  yata_type map;
  yata_value v;
  assert_ok(yata_apply_update(doc, FIXTURE(everything), NULL));
  assert_ok(yata_map(doc, "map", &map));
  assert_ok(yata_map_get(doc, map, "null", 4, &v));
  assert_int_equal(v.any.kind, YATA_ANY_NULL);
  assert_ok(yata_map_get(doc, map, "number", 6, &v));
  assert_true(v.any.u.number == 1.5);
  assert_ok(yata_map_get(doc, map, "big", 3, &v));
  assert_true(v.any.u.bigint == 123456789012);
  assert_ok(yata_map_get(doc, map, "binary", 6, &v));
  assert_int_equal(v.any.u.bytes.len, 3);
  assert_ok(yata_map_get(doc, map, "nested", 6, &v));
  assert_int_equal(v.any.kind, YATA_ANY_OBJECT);
  const yata_any *a = &v.any.u.object.entries[0].value;
  assert_int_equal(a->u.array.len, 3);
  assert_true(a->u.array.items[2].u.boolean);
  yata_value_deinit(&v);
  assert_ok(yata_map_get(doc, map, "text", 4, &v));
  assert_int_equal(yata_type_kind(doc, v.type), YATA_KIND_TEXT);
  assert_text(doc, v.type, "inner");
  assert_int_equal(yata_map_get(doc, map, "gone", 4, &v), YATA_ERR_NOT_FOUND);
  uint32_t n;
  assert_ok(yata_map_length(doc, map, &n));
  assert_int_equal(n, 7);
  yata_doc_destroy(doc);
}

/* As in JavaScript, whose objects have no other order: every replica is to have the same bytes. */
static void members_that_are_indices_come_first(void **state) {
  (void)state;
  static const uint8_t expected[] = {1,   1,   1, 0, 0x28, 1,   1,   'm', 1, 'k', 1,   118, 3, 1,
                                     '2', 125, 2, 2, '1',  '0', 125, 1,   1, 'b', 125, 0,   0};
  const yata_any_entry members[] = {{{(const uint8_t *)"b", 1}, yata_any_number(0)},
                                    {{(const uint8_t *)"10", 2}, yata_any_number(1)},
                                    {{(const uint8_t *)"2", 1}, yata_any_number(2)}};
  const yata_any object = {.kind = YATA_ANY_OBJECT, .u.object = {members, 3}};
  yata_doc *doc = new_doc(1);
  yata_buf update = YATA_BUF_INIT;
  yata_type map;
  assert_ok(yata_map(doc, "m", &map));
  assert_ok(yata_txn_begin(doc));
  assert_ok(yata_map_set(doc, map, "k", 1, &object));
  assert_ok(yata_txn_commit(doc, &update));
  assert_int_equal(update.len, sizeof(expected));
  assert_memory_equal(update.data, expected, sizeof(expected));
  /* So do keys of a map where it is shown as an object. */
  static const char json[] = "{\"2\":0,\"10\":0,\"k\":{\"2\":2,\"10\":1,\"b\":0},\"02\":0}";
  const yata_any zero = yata_any_number(0);
  assert_ok(yata_txn_begin(doc));
  assert_ok(yata_map_set(doc, map, "10", 2, &zero));
  assert_ok(yata_map_set(doc, map, "02", 2, &zero));
  assert_ok(yata_map_set(doc, map, "2", 1, &zero));
  assert_ok(yata_txn_commit(doc, NULL));
  yata_buf_clear(&update);
  assert_ok(yata_to_json(doc, map, &update));
  assert_int_equal(update.len, strlen(json));
  assert_memory_equal(update.data, json, strlen(json));
  yata_buf_deinit(&update);
  yata_doc_destroy(doc);
}

static void keys_are_walked_in_the_order_they_came(void **state) {
  (void)state;
  yata_doc *doc = new_doc(1);
  yata_type map;
  yata_any v = yata_any_bool(true);
  yata_slice key;
  uint32_t cursor = 0;
  assert_ok(yata_map(doc, "m", &map));
  assert_ok(yata_txn_begin(doc));
  assert_ok(yata_map_set(doc, map, "b", 1, &v));
  assert_ok(yata_map_set(doc, map, "x", 1, &v));
  assert_ok(yata_map_set(doc, map, "a", 1, &v));
  assert_ok(yata_map_delete(doc, map, "x", 1));
  assert_int_equal(yata_map_delete(doc, map, "x", 1), YATA_ERR_NOT_FOUND);
  assert_ok(yata_txn_commit(doc, NULL));
  assert_ok(yata_map_next(doc, map, &cursor, &key));
  assert_int_equal(key.data[0], 'b');
  assert_ok(yata_map_next(doc, map, &cursor, &key));
  assert_int_equal(key.data[0], 'a');
  assert_int_equal(yata_map_next(doc, map, &cursor, &key), YATA_ERR_NOT_FOUND);
  yata_doc_destroy(doc);
}

static void an_array_is_walked_and_indexed_alike(void **state) {
  (void)state;
  yata_doc *doc = new_doc(1);
  yata_type array;
  yata_any three[] = {yata_any_number(0), yata_any_number(1), yata_any_number(2)};
  yata_array_cursor cursor = {0, 0};
  yata_value v;
  uint32_t i = 0;
  assert_ok(yata_array(doc, "a", &array));
  assert_ok(yata_txn_begin(doc));
  assert_ok(yata_array_insert(doc, array, 0, three, 3));
  assert_ok(yata_array_insert(doc, array, 1, three, 3));
  assert_ok(yata_array_delete(doc, array, 2, 2));
  assert_ok(yata_txn_commit(doc, NULL));
  static const double expected[] = {0, 0, 1, 2};
  while (yata_array_next(doc, array, &cursor, &v) == 0) {
    assert_true(v.any.u.number == expected[i]);
    assert_ok(yata_array_get(doc, array, i, &v));
    assert_true(v.any.u.number == expected[i++]);
  }
  assert_int_equal(i, 4);
  assert_int_equal(yata_array_get(doc, array, 4, &v), YATA_ERR_RANGE);
  yata_doc_destroy(doc);
}

static void a_handle_to_a_deleted_type_is_gone_for_good(void **state) {
  (void)state;
  yata_doc *doc = new_doc(1);
  yata_type map, text, deep, again;
  uint32_t n;
  assert_ok(yata_map(doc, "m", &map));
  assert_ok(yata_txn_begin(doc));
  assert_ok(yata_map_set_type(doc, map, "k", 1, YATA_KIND_MAP, &text));
  assert_ok(yata_map_set_type(doc, text, "k", 1, YATA_KIND_TEXT, &deep));
  assert_ok(yata_text_insert(doc, deep, 0, "x", 1));
  assert_ok(yata_map_delete(doc, map, "k", 1));
  assert_int_equal(yata_text_length(doc, deep, &n), YATA_ERR_GONE);
  assert_ok(yata_txn_commit(doc, NULL));
  assert_ok(yata_txn_begin(doc));
  assert_ok(yata_map_set_type(doc, map, "k", 1, YATA_KIND_TEXT, &again));
  assert_ok(yata_map_set_type(doc, map, "l", 1, YATA_KIND_TEXT, &again));
  assert_int_equal(yata_text_insert(doc, deep, 0, "x", 1), YATA_ERR_GONE);
  assert_int_equal(yata_map_delete(doc, text, "k", 1), YATA_ERR_GONE);
  assert_ok(yata_txn_commit(doc, NULL));
  assert_ok(yata_doc_check(doc));
  yata_type wild = {12345, 1}, none = {0, 0};
  assert_int_equal(yata_text_length(doc, wild, &n), YATA_ERR_GONE);
  assert_int_equal(yata_text_length(doc, none, &n), YATA_ERR_GONE);
  yata_doc_destroy(doc);
}

static void a_root_has_one_kind(void **state) {
  (void)state;
  yata_doc *doc = new_doc(1);
  yata_type type, text;
  uint32_t n;
  assert_ok(yata_text(doc, "t", &text));
  assert_int_equal(yata_map(doc, "t", &type), YATA_ERR_KIND);
  assert_int_equal(yata_array_length(doc, text, &n), YATA_ERR_KIND);
  assert_ok(yata_text(doc, "t", &type));
  assert_memory_equal(&type, &text, sizeof(type));
  yata_doc_destroy(doc);
}

static void a_document_is_shown_as_json(void **state) {
  (void)state;
  static const char expected[] = "{\"map\":{\"null\":null,\"number\":1.5,\"big\":123456789012,"
                                 "\"nested\":{\"a\":[1,\"two\",true]},\"binary\":\"AQID\",\"text\":\"inner\","
                                 "\"list\":[1,\"x\",{}]},\"rich\":\"plain bold\","
                                 "\"xml\":\"<p class=\\\"c\\\"></p>t\"}";
  yata_doc *doc = new_doc(1);
  yata_buf out = YATA_BUF_INIT;
  assert_ok(yata_apply_update(doc, FIXTURE(everything), NULL));
  assert_ok(yata_to_json(doc, (yata_type){0, 0}, &out));
  assert_int_equal(out.len, strlen(expected));
  assert_memory_equal(out.data, expected, out.len);
  yata_buf_deinit(&out);
  yata_doc_destroy(doc);
}

static void kept_deletions_stay_readable_to_others(void **state) {
  (void)state;
  yata_options keep = {.client_id = 1, .keep_deleted = true};
  yata_doc *kept, *collected = new_doc(1);
  yata_type a, b;
  yata_buf out = YATA_BUF_INIT;
  assert_ok(yata_doc_create(&keep, &kept));
  assert_ok(yata_text(kept, "t", &a));
  assert_ok(yata_text(collected, "t", &b));
  insert(kept, a, 0, "secret words");
  insert(collected, b, 0, "secret words");
  erase(kept, a, 0, 12);
  erase(collected, b, 0, 12);
  assert_ok(yata_encode_state_as_update(kept, NULL, 0, &out));
  assert_true(out.len > 20);
  yata_buf_clear(&out);
  assert_ok(yata_encode_state_as_update(collected, NULL, 0, &out));
  assert_true(out.len < 20);
  yata_buf_deinit(&out);
  yata_doc_destroy(kept);
  yata_doc_destroy(collected);
}

static void options_out_of_range_are_refused(void **state) {
  (void)state;
  yata_options o = {.client_id = YATA_CLIENT_MAX + 1};
  yata_doc *doc;
  assert_int_equal(yata_doc_create(&o, &doc), YATA_ERR_INVALID);
  o = (yata_options){.max_nesting = 65};
  assert_int_equal(yata_doc_create(&o, &doc), YATA_ERR_INVALID);
  yata_doc_destroy(NULL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(text_is_inserted_and_deleted_by_utf16_position),
      cmocka_unit_test(a_split_surrogate_pair_becomes_two_replacement_characters),
      cmocka_unit_test(keys_go_to_the_text_they_are_meant_for),
      cmocka_unit_test(nothing_and_half_a_character_are_no_keys),
      cmocka_unit_test(positions_past_the_end_are_refused),
      cmocka_unit_test(edits_outside_of_a_transaction_are_refused),
      cmocka_unit_test(an_aborted_transaction_leaves_no_trace),
      cmocka_unit_test(a_transaction_gives_the_update_that_makes_it_elsewhere),
      cmocka_unit_test(a_map_holds_every_kind_of_value),
      cmocka_unit_test(members_that_are_indices_come_first),
      cmocka_unit_test(keys_are_walked_in_the_order_they_came),
      cmocka_unit_test(an_array_is_walked_and_indexed_alike),
      cmocka_unit_test(a_handle_to_a_deleted_type_is_gone_for_good),
      cmocka_unit_test(a_root_has_one_kind),
      cmocka_unit_test(a_document_is_shown_as_json),
      cmocka_unit_test(kept_deletions_stay_readable_to_others),
      cmocka_unit_test(options_out_of_range_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
