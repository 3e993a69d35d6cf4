/* SPDX-License-Identifier: MIT */
#include "room/presence.h"

#include <stdbool.h>
#include <string.h>

#include "support.h"
#include "wire/yproto.h"

static struct presence presence;
static int ann, bob; /* two connections */

static int tidy(void **state) {
  (void)state;
  presence_deinit(&presence);
  return 0;
}

/* Send one entry; returns the error, and what is passed on in *out. */
static int say(const void *who, uint64_t client, uint64_t clock, const char *json, struct buf *out) {
  struct buf update = BUF_INIT;
  struct yproto_awareness_entry e = {client, clock, (const uint8_t *)json, strlen(json)};
  assert_int_equal(buf_append_varuint(&update, 1), 0);
  assert_int_equal(yproto_awareness_append(&update, &e), 0);
  int err = presence_take(&presence, who, (struct presence_limits){2, 40}, update.data, update.len, out);
  buf_deinit(&update);
  return err;
}

static bool passed_on(const void *who, uint64_t client, uint64_t clock, const char *json) {
  struct buf out = BUF_INIT;
  assert_int_equal(say(who, client, clock, json, &out), 0);
  bool any = out.len > 0;
  buf_deinit(&out);
  return any;
}

/* How many are present. */
static uint64_t count_present(void) {
  struct buf all = BUF_INIT;
  size_t pos = 0;
  uint64_t count = 0;
  assert_int_equal(presence_encode(&presence, &all), 0);
  if (all.len) assert_int_equal(yproto_awareness_count(all.data, all.len, &pos, &count), 0);
  buf_deinit(&all);
  return count;
}

static void a_newer_state_is_passed_on_and_an_older_one_dropped(void **state) {
  (void)state;
  assert_true(passed_on(&ann, 7, 2, "{}"));
  assert_false(passed_on(&ann, 7, 1, "{\"old\":1}"));
  assert_false(passed_on(&ann, 7, 2, "{}"));
  assert_true(passed_on(&ann, 7, 3, "{}"));
  assert_int_equal(count_present(), 1);
}

static void nobody_speaks_for_the_client_of_another(void **state) {
  (void)state;
  assert_true(passed_on(&ann, 7, 1, "{}"));
  assert_false(passed_on(&bob, 7, 99, "{\"name\":\"Ann\"}"));
  assert_false(passed_on(&bob, 7, 99, "null"));
  assert_true(passed_on(&ann, 7, 2, "{}"));
}

static void a_connection_has_a_limited_number_of_clients(void **state) {
  (void)state;
  struct buf out = BUF_INIT;
  assert_true(passed_on(&ann, 1, 1, "{}"));
  assert_true(passed_on(&ann, 2, 1, "{}"));
  assert_int_equal(say(&ann, 3, 1, "{}", &out), ERR_FULL);
  buf_deinit(&out);
  assert_int_equal(count_present(), 2);
}

static void a_connection_has_a_limited_number_of_bytes(void **state) {
  (void)state;
  struct buf out = BUF_INIT;
  assert_true(passed_on(&ann, 1, 1, "{\"a\":\"0123456789012345\"}"));
  assert_int_equal(say(&ann, 2, 1, "{\"b\":\"0123456789012345\"}", &out), ERR_FULL);
  assert_true(passed_on(&ann, 1, 2, "{\"a\":\"012345678901234567890123456789\"}")); /* it replaces the first */
  assert_int_equal(say(&bob, 3, 1, "{\"b\":\"0123456789012345\"}", &out), 0);
  buf_deinit(&out);
}

static void leaving_withdraws_and_coming_back_with_the_old_clock_is_seen(void **state) {
  (void)state;
  struct buf out = BUF_INIT;
  struct yproto_awareness_entry e;
  uint64_t count = 0;
  size_t pos = 0;
  assert_true(passed_on(&ann, 7, 5, "{}"));
  assert_int_equal(presence_withdraw(&presence, &ann, &out), 0);
  assert_int_equal(yproto_awareness_count(out.data, out.len, &pos, &count), 0);
  assert_int_equal(yproto_awareness_next(out.data, out.len, &pos, &e), 0);
  assert_int_equal(e.clock, 5);
  assert_memory_equal(e.json, "null", 4);
  assert_int_equal(count_present(), 0);
  buf_clear(&out);
  assert_int_equal(say(&bob, 7, 5, "{}", &out), 0);
  pos = 0;
  assert_int_equal(yproto_awareness_count(out.data, out.len, &pos, &count), 0);
  assert_int_equal(yproto_awareness_next(out.data, out.len, &pos, &e), 0);
  assert_int_equal(e.clock, 6); /* others ignore 5: they saw it withdrawn */
  buf_deinit(&out);
}

static void a_malformed_message_changes_nothing(void **state) {
  (void)state;
  const uint8_t cut[] = {2, 7, 1, 2, '{', '}', 8, 1, 50, '{'};
  struct buf out = BUF_INIT;
  assert_int_equal(presence_take(&presence, &ann, (struct presence_limits){2, 40}, cut, sizeof cut, &out),
                   ERR_MALFORMED);
  assert_int_equal(out.len, 0);
  assert_int_equal(count_present(), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_teardown(a_newer_state_is_passed_on_and_an_older_one_dropped, tidy),
      cmocka_unit_test_teardown(nobody_speaks_for_the_client_of_another, tidy),
      cmocka_unit_test_teardown(a_connection_has_a_limited_number_of_clients, tidy),
      cmocka_unit_test_teardown(a_connection_has_a_limited_number_of_bytes, tidy),
      cmocka_unit_test_teardown(leaving_withdraws_and_coming_back_with_the_old_clock_is_seen, tidy),
      cmocka_unit_test_teardown(a_malformed_message_changes_nothing, tidy),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
