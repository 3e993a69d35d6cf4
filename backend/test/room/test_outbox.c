/* SPDX-License-Identifier: MIT */
#include "room/outbox.h"

#include <string.h>

#include "support.h"

static void nothing_queued_gives_nothing(void **state) {
  (void)state;
  struct outbox box = {0};
  struct iovec iov[4];
  assert_int_equal(outbox_peek(&box, iov, 4), 0);
  outbox_consume(&box, 0);
  assert_int_equal(box.bytes, 0);
}

static void ranges_that_touch_are_one(void **state) {
  (void)state;
  struct outbox box = {0};
  struct blob *blob = blob_create("abcdefgh", 8);
  assert_int_equal(outbox_push(&box, blob, 0, 3), 0);
  assert_int_equal(outbox_push(&box, blob, 3, 5), 0);
  assert_int_equal(outbox_push(&box, blob, 6, 8), 0);
  assert_int_equal(outbox_push(&box, blob, 8, 8), 0);
  struct iovec iov[4];
  assert_int_equal(outbox_peek(&box, iov, 4), 2);
  assert_int_equal(iov[0].iov_len, 5);
  assert_memory_equal(iov[1].iov_base, "gh", 2);
  assert_int_equal(box.bytes, 7);
  outbox_deinit(&box);
  assert_int_equal(blob->refs, 1);
  blob_unref(blob);
}

static void what_is_sent_in_part_goes_on_where_it_stopped(void **state) {
  (void)state;
  struct outbox box = {0};
  struct blob *one = blob_create("abc", 3), *two = blob_create("defg", 4);
  assert_int_equal(outbox_push(&box, one, 0, 3), 0);
  assert_int_equal(outbox_push(&box, two, 0, 4), 0);
  outbox_consume(&box, 5);
  assert_int_equal(one->refs, 1);
  struct iovec iov[2];
  assert_int_equal(outbox_peek(&box, iov, 2), 1);
  assert_memory_equal(iov[0].iov_base, "fg", 2);
  outbox_consume(&box, 2);
  assert_null(box.ranges); /* an idle connection holds no memory */
  blob_unref(one);
  blob_unref(two);
}

static void a_long_queue_keeps_its_order_as_it_wraps_and_grows(void **state) {
  (void)state;
  struct outbox box = {0};
  uint8_t expected[600];
  size_t sent = 0, queued = 0;
  for (int round = 0; round < 200; round++) {
    for (int i = 0; i < 3; i++) {
      uint8_t byte = expected[queued] = (uint8_t)(queued * 7);
      struct blob *blob = blob_create(&byte, 1);
      assert_int_equal(outbox_push(&box, blob, 0, 1), 0);
      blob_unref(blob);
      queued++;
    }
    struct iovec iov[2];
    int n = outbox_peek(&box, iov, 2);
    for (int i = 0; i < n; i++) assert_memory_equal(iov[i].iov_base, &expected[sent + (size_t)i], 1);
    outbox_consume(&box, (size_t)n);
    sent += (size_t)n;
  }
  assert_int_equal(box.bytes, queued - sent);
  outbox_deinit(&box);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(nothing_queued_gives_nothing),
      cmocka_unit_test(ranges_that_touch_are_one),
      cmocka_unit_test(what_is_sent_in_part_goes_on_where_it_stopped),
      cmocka_unit_test(a_long_queue_keeps_its_order_as_it_wraps_and_grows),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
