/* SPDX-License-Identifier: MIT */
#include "support.h"

#include "fixture.h"

#define MANY 48   /* members: turns are gathered for 2 ms */
#define PLENTY 12 /* messages: no more are waited for */

static struct fixture f;
static struct member *members[MANY];

static void on_output(void *ctx) {
  (void)ctx;
}

static void on_close(void *ctx, uint16_t code, const char *reason) {
  (void)ctx, (void)code;
  fail_msg("closed: %s", reason);
}

static const struct member_hooks hooks = {on_output, on_close};

static void drain(void) {
  for (int i = 0; i < MANY; i++) member_output_consume(members[i], member_output_pending(members[i]));
}

static int start(void **state) {
  fixture_start(state);
  struct member_options options = {.kind = MEMBER_YJS, .name = "", .hooks = &hooks};
  for (int i = 0; i < MANY; i++) assert_int_equal(room_join(f.room, &options, f.now_ms, &members[i]), 0);
  fixture_settle(&f);
  drain();
  f.now_ms += 1000;
  return 0;
}

static int stop(void **state) {
  f.now_ms += 1000;
  for (int i = 0; i < MANY; i++) room_leave(members[i], f.now_ms);
  fixture_settle(&f);
  return fixture_stop(state);
}

/* One character of a client of its own into getText('t'). */
static void type(int member) {
  uint8_t message[] = {0, 2, 11, 1, 1, (uint8_t)(member + 1), 0, 4, 1, 1, 't', 1, 'a', 0};
  member_on_message(members[member], true, message, sizeof message, f.now_ms, 1);
}

#define FRAME_BYTES 16 /* of that message */

static void sends_at_once_in_a_quiet_room(void **state) {
  (void)state;
  type(0);
  assert_int_equal(registry_flush(f.registry, f.now_ms), 0);
  assert_int_equal(member_output_pending(members[1]), FRAME_BYTES);
  assert_int_equal(member_output_pending(members[0]), 0);
}

static void gathers_what_follows_within_a_few_ms(void **state) {
  (void)state;
  type(0);
  assert_int_equal(registry_flush(f.registry, f.now_ms), 0);
  drain();
  type(1);
  assert_int_equal(registry_flush(f.registry, f.now_ms), 2);
  type(2);
  assert_int_equal(registry_flush(f.registry, f.now_ms + 1), 1);
  assert_int_equal(member_output_pending(members[3]), 0);
  assert_int_equal(registry_flush(f.registry, f.now_ms + 2), 0);
  assert_int_equal(member_output_pending(members[3]), 2 * FRAME_BYTES);
  assert_int_equal(member_output_pending(members[1]), FRAME_BYTES);
}

static void holds_nothing_back_when_there_is_plenty(void **state) {
  (void)state;
  type(0);
  assert_int_equal(registry_flush(f.registry, f.now_ms), 0);
  drain();
  for (int i = 1; i < PLENTY; i++) type(i);
  assert_int_equal(registry_flush(f.registry, f.now_ms), 2);
  f.dirty = false;
  member_on_message(members[0], true, (const uint8_t[]){1, 6, 1, 99, 1, 2, '{', '}'}, 8, f.now_ms, 1);
  assert_true(f.dirty); /* asks for the flush itself */
  assert_int_equal(registry_flush(f.registry, f.now_ms), 0);
  assert_true(member_output_pending(members[0]) > (PLENTY - 1) * FRAME_BYTES);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_prestate_setup_teardown(sends_at_once_in_a_quiet_room, start, stop, &f),
      cmocka_unit_test_prestate_setup_teardown(gathers_what_follows_within_a_few_ms, start, stop, &f),
      cmocka_unit_test_prestate_setup_teardown(holds_nothing_back_when_there_is_plenty, start, stop, &f),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
