/* SPDX-License-Identifier: MIT */
#include "base/support.h"

static void appended_bytes_stand_in_order(void **state) {
  (void)state;
  struct buf b = BUF_INIT;
  assert_int_equal(buf_append(&b, NULL, 0), 0);
  assert_int_equal(buf_append_str(&b, "ab"), 0);
  assert_int_equal(buf_append_byte(&b, 'c'), 0);
  assert_int_equal(buf_printf(&b, "%d-%s", 42, "x"), 0);
  assert_buf_is(&b, "abc42-x");
  buf_deinit(&b);
  assert_null(b.data);
}

static void a_buffer_grows_past_any_first_guess(void **state) {
  (void)state;
  struct buf b = BUF_INIT;
  for (int i = 0; i < 10000; i++) assert_int_equal(buf_printf(&b, "%04d", i), 0);
  assert_int_equal(b.len, 40000);
  assert_memory_equal(b.data + 4 * 1234, "1234", 4);
  buf_deinit(&b);
}

static void consuming_drops_from_the_front(void **state) {
  (void)state;
  struct buf b = BUF_INIT;
  assert_int_equal(buf_append_str(&b, "abcdef"), 0);
  buf_consume(&b, 0);
  buf_consume(&b, 2);
  assert_buf_is(&b, "cdef");
  buf_consume(&b, 4);
  assert_buf_is(&b, "");
  buf_deinit(&b);
}

static void an_impossible_size_is_an_error_and_changes_nothing(void **state) {
  (void)state;
  struct buf b = BUF_INIT;
  assert_int_equal(buf_append_str(&b, "x"), 0);
  assert_int_equal(buf_reserve(&b, SIZE_MAX), ERR_NOMEM);
  assert_buf_is(&b, "x");
  buf_deinit(&b);
  assert_null(blob_create(NULL, SIZE_MAX));
}

static void a_varuint_is_seven_bits_a_byte_low_bits_first(void **state) {
  (void)state;
  struct buf b = BUF_INIT;
  assert_int_equal(buf_append_varuint(&b, 0), 0);
  assert_int_equal(buf_append_varuint(&b, 300), 0);
  assert_int_equal(buf_append_varuint(&b, UINT64_MAX), 0);
  assert_int_equal(b.len, 1 + 2 + 10);
  assert_memory_equal(b.data, "\x00\xac\x02\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 13);
  buf_deinit(&b);
}

static void a_blob_lives_until_its_last_reference(void **state) {
  (void)state;
  struct blob *blob = blob_create("abc", 3);
  assert_non_null(blob);
  assert_ptr_equal(blob_ref(blob), blob);
  blob_unref(blob);
  assert_memory_equal(blob->data, "abc", 3);
  blob_unref(blob);
  blob_unref(NULL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(appended_bytes_stand_in_order),
      cmocka_unit_test(a_buffer_grows_past_any_first_guess),
      cmocka_unit_test(consuming_drops_from_the_front),
      cmocka_unit_test(an_impossible_size_is_an_error_and_changes_nothing),
      cmocka_unit_test(a_varuint_is_seven_bits_a_byte_low_bits_first),
      cmocka_unit_test(a_blob_lives_until_its_last_reference),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
