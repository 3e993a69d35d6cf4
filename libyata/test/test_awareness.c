/* SPDX-License-Identifier: MIT */
#include "failing.h"
#include "testing.h"

static yata_awareness *new_awareness(uint64_t client) {
  yata_awareness_options o = {.client_id = client, .max_clients = 4, .max_bytes = 100, .max_state_bytes = 40};
  yata_awareness *a;
  assert_ok(yata_awareness_create(&o, &a));
  return a;
}

static void set(yata_awareness *a, const char *json, uint64_t now) {
  assert_ok(yata_awareness_set(a, json, json != NULL ? strlen(json) : 0, now, NULL));
}

/* What one knows goes to the other. */
static void send(const yata_awareness *from, const uint64_t *clients, size_t count, yata_awareness *to, uint64_t now,
                 yata_awareness_changes *changes) {
  yata_buf out = YATA_BUF_INIT;
  assert_ok(yata_awareness_encode(from, clients, count, &out));
  assert_ok(yata_awareness_validate(out.data, out.len, NULL));
  assert_ok(yata_awareness_apply(to, out.data, out.len, now, changes));
  yata_buf_deinit(&out);
}

static void assert_state_of(const yata_awareness *a, uint64_t client, const char *json, uint64_t clock) {
  yata_slice s;
  uint64_t c;
  assert_ok(yata_awareness_get(a, client, &s, &c));
  assert_int_equal(c, clock);
  assert_int_equal(s.len, json != NULL ? strlen(json) : 0);
  if (json != NULL) assert_memory_equal(s.data, json, s.len);
}

static void assert_clients(yata_clients list, const uint64_t *expected, size_t count) {
  assert_int_equal(list.len, count);
  for (size_t i = 0; i < count; i++) assert_int_equal(list.v[i], expected[i]);
}

#define ONE(client) (const uint64_t[]){client}, 1

static void a_state_reaches_others(void **state) {
  (void)state;
  yata_awareness *a = new_awareness(1), *b = new_awareness(2);
  yata_awareness_changes changes;
  set(a, "{\"x\":3}", 0);
  send(a, NULL, 0, b, 0, &changes);
  assert_clients(changes.added, ONE(1));
  assert_int_equal(changes.updated.len + changes.changed.len + changes.removed.len, 0);
  assert_state_of(b, 1, "{\"x\":3}", 1);
  set(a, "{\"x\":3}", 0);
  send(a, NULL, 0, b, 0, &changes);
  assert_clients(changes.updated, ONE(1));
  assert_int_equal(changes.changed.len + changes.added.len, 0);
  set(a, "{\"x\":4}", 0);
  send(a, NULL, 0, b, 0, &changes);
  assert_clients(changes.changed, ONE(1));
  send(a, NULL, 0, b, 0, &changes);
  assert_int_equal(changes.updated.len, 0);
  set(a, NULL, 0);
  send(a, ONE(1), b, 0, &changes);
  assert_clients(changes.removed, ONE(1));
  assert_state_of(b, 1, NULL, 4);
  assert_int_equal(yata_awareness_count(b), 0);
  yata_awareness_destroy(a);
  yata_awareness_destroy(b);
}

static void a_first_clock_of_zero_is_not_news(void **state) {
  (void)state;
  yata_awareness *b = new_awareness(2);
  static const uint8_t update[] = {1, 1, 0, 2, '{', '}'};
  assert_ok(yata_awareness_apply(b, update, sizeof(update), 0, NULL));
  assert_int_equal(yata_awareness_count(b), 0);
  yata_awareness_destroy(b);
}

static void others_cannot_remove_the_local_state(void **state) {
  (void)state;
  yata_awareness *a = new_awareness(1), *b = new_awareness(2);
  yata_awareness_changes changes;
  set(a, "1", 0);
  send(a, NULL, 0, b, 0, NULL);
  assert_ok(yata_awareness_remove(b, ONE(1), 0, &changes));
  assert_clients(changes.removed, ONE(1));
  send(b, ONE(1), a, 5, &changes);
  assert_clients(changes.updated, ONE(1));
  assert_int_equal(changes.changed.len + changes.removed.len, 0);
  assert_state_of(a, 1, "1", 2);
  send(a, NULL, 0, b, 0, &changes);
  assert_state_of(b, 1, "1", 2);
  yata_awareness_destroy(a);
  yata_awareness_destroy(b);
}

static void silence_is_leaving(void **state) {
  (void)state;
  yata_awareness *a = new_awareness(1), *b = new_awareness(2);
  yata_awareness_changes changes;
  set(a, "2", 0);
  set(b, "{}", 0);
  send(a, NULL, 0, b, 1000, NULL);
  assert_ok(yata_awareness_tick(b, 14999, &changes));
  assert_int_equal(changes.updated.len + changes.removed.len, 0);
  assert_ok(yata_awareness_tick(b, 15000, &changes));
  assert_clients(changes.updated, ONE(2));
  assert_int_equal(changes.changed.len, 0);
  assert_state_of(b, 2, "{}", 2);
  assert_ok(yata_awareness_tick(b, 30999, &changes));
  assert_int_equal(changes.removed.len, 0);
  assert_ok(yata_awareness_tick(b, 31000, &changes));
  assert_clients(changes.removed, ONE(1));
  assert_state_of(b, 1, NULL, 1);
  assert_int_equal(yata_awareness_count(b), 1);
  yata_awareness_destroy(a);
  yata_awareness_destroy(b);
}

static void those_who_come_back_are_last(void **state) {
  (void)state;
  yata_awareness *a = new_awareness(9);
  static const uint8_t come[] = {3, 5, 1, 1, '1', 6, 1, 1, '2', 7, 1, 1, '3'};
  static const uint8_t leave[] = {1, 5, 2, 4, 'n', 'u', 'l', 'l'}, back[] = {1, 5, 3, 1, '4'};
  const uint64_t expected[] = {6, 7, 5};
  uint32_t cursor = 0;
  uint64_t client;
  assert_ok(yata_awareness_apply(a, come, sizeof(come), 0, NULL));
  assert_ok(yata_awareness_apply(a, leave, sizeof(leave), 0, NULL));
  assert_ok(yata_awareness_apply(a, back, sizeof(back), 0, NULL));
  for (int i = 0; i < 3; i++) {
    assert_ok(yata_awareness_next(a, &cursor, &client, NULL));
    assert_int_equal(client, expected[i]);
  }
  assert_int_equal(yata_awareness_next(a, &cursor, &client, NULL), YATA_ERR_NOT_FOUND);
  yata_awareness_destroy(a);
}

/* Refused, and all is as it was. */
static void refuse(yata_awareness *a, const uint8_t *update, size_t len, int expected) {
  yata_buf before = YATA_BUF_INIT, after = YATA_BUF_INIT;
  assert_ok(yata_awareness_encode(a, NULL, 0, &before));
  assert_int_equal(yata_awareness_apply(a, update, len, 99, NULL), expected);
  assert_ok(yata_awareness_encode(a, NULL, 0, &after));
  assert_int_equal(before.len, after.len);
  assert_memory_equal(before.data, after.data, before.len);
  yata_buf_deinit(&before);
  yata_buf_deinit(&after);
}

static void bad_updates_change_nothing(void **state) {
  (void)state;
  yata_awareness *a = new_awareness(1);
  static const uint8_t come[] = {2, 5, 1, 1, '1', 6, 1, 1, '2'};
  static const uint8_t no_json[] = {2, 5, 2, 1, '7', 6, 2, 1, '}'}, cut[] = {2, 5, 2, 1, '7', 6, 2, 2, '1'};
  static const uint8_t more[] = {1, 5, 2, 1, '7', 0}, not_utf8[] = {1, 5, 2, 3, '"', 0xff, '"'};
  static const uint8_t clients[] = {4, 5, 2, 4, 'n', 'u', 'l', 'l', 7, 1, 1, '3', 8, 1, 1, '4', 9, 1, 1, '5'};
  static const uint8_t crowd[] = {6, 5,   2, 4, 'n', 'u', 'l', 'l', 7, 1,   1, '3', 8, 1,
                                  1, '4', 9, 1, 1,   '5', 10,  1,   1, '6', 5, 3,   1, '8'};
  static const uint8_t declared[] = {0xff, 0xff, 0xff, 0xff, 0x0f};
  uint8_t large[50] = {1, 7, 1, 46, '"'};
  memset(large + 5, 'x', 44);
  large[49] = '"';
  assert_ok(yata_awareness_apply(a, come, sizeof(come), 0, NULL));
  refuse(a, no_json, sizeof(no_json), YATA_ERR_MALFORMED);
  refuse(a, cut, sizeof(cut), YATA_ERR_MALFORMED);
  refuse(a, more, sizeof(more), YATA_ERR_MALFORMED);
  refuse(a, not_utf8, sizeof(not_utf8), YATA_ERR_MALFORMED);
  refuse(a, declared, sizeof(declared), YATA_ERR_MALFORMED);
  refuse(a, NULL, 0, YATA_ERR_MALFORMED);
  refuse(a, large, sizeof(large), YATA_ERR_LIMIT);
  refuse(a, crowd, sizeof(crowd), YATA_ERR_LIMIT);
  assert_ok(yata_awareness_apply(a, clients, sizeof(clients), 0, NULL));
  assert_int_equal(yata_awareness_count(a), 4);
  assert_int_equal(yata_awareness_set(a, "{}", 2, 0, NULL), YATA_ERR_LIMIT);
  assert_int_equal(yata_awareness_set(a, "{", 1, 0, NULL), YATA_ERR_INVALID);
  yata_awareness_destroy(a);
}

static void all_states_together_are_bounded(void **state) {
  (void)state;
  yata_awareness *a = new_awareness(1);
  uint8_t update[3 * 43 + 1] = {3};
  for (uint8_t i = 0; i < 3; i++) {
    uint8_t *e = update + 1 + i * 43;
    e[0] = (uint8_t)(i + 2);
    e[1] = 1;
    e[2] = 40;
    memset(e + 3, '1', 40);
  }
  refuse(a, update, sizeof(update), YATA_ERR_LIMIT);
  update[0] = 2;
  assert_ok(yata_awareness_apply(a, update, 1 + 2 * 43, 0, NULL));
  yata_awareness_destroy(a);
}

/* More who left than there may be present: their clocks are forgotten, nobody who is present is. */
static void those_who_left_do_not_pile_up(void **state) {
  (void)state;
  yata_awareness *a = new_awareness(1);
  set(a, "\"me\"", 0);
  for (uint8_t client = 2; client < 120; client++) {
    const uint8_t come[] = {1, client, 1, 1, '1'}, leave[] = {1, client, 1, 4, 'n', 'u', 'l', 'l'};
    assert_ok(yata_awareness_apply(a, come, sizeof(come), 0, NULL));
    assert_int_equal(yata_awareness_count(a), 2);
    assert_ok(yata_awareness_apply(a, leave, sizeof(leave), 0, NULL));
    assert_state_of(a, 1, "\"me\"", 1);
  }
  assert_int_equal(yata_awareness_get(a, 2, NULL, NULL), YATA_ERR_NOT_FOUND);
  assert_ok(yata_awareness_get(a, 119, NULL, NULL));
  yata_awareness_destroy(a);
}

static int greet(void *user, const yata_awareness_entry *entry, yata_slice *json) {
  if (entry->client == 9) return YATA_ERR_RANGE;
  if (entry->client == 8) return 0;
  *json = (yata_slice){user, strlen(user)};
  return 0;
}

static void updates_can_be_modified(void **state) {
  (void)state;
  yata_buf out = YATA_BUF_INIT;
  static const uint8_t nine[] = {2, 2, 1, 1, '1', 9, 1, 1, '1'}, two[] = {2, 2, 1, 1, '1', 8, 3, 1, '2'};
  static const uint8_t expected[] = {2, 2, 1, 4, '"', 'h', 'i', '"', 8, 3, 1, '2'};
  char hi[] = "\"hi\"", bad[] = "hi";
  assert_int_equal(yata_awareness_modify(nine, sizeof(nine), greet, hi, &out), YATA_ERR_RANGE);
  assert_int_equal(yata_awareness_modify(two, sizeof(two), greet, bad, &out), YATA_ERR_INVALID);
  assert_int_equal(yata_awareness_modify(two, sizeof(two) - 1, greet, hi, &out), YATA_ERR_MALFORMED);
  assert_int_equal(out.len, 0);
  assert_ok(yata_awareness_modify(two, sizeof(two), greet, hi, &out));
  assert_int_equal(out.len, sizeof(expected));
  assert_memory_equal(out.data, expected, sizeof(expected));
  yata_buf_deinit(&out);
}

static void without_memory_nothing_changes(void **state) {
  (void)state;
  static const uint8_t first[] = {2, 5, 1, 1, '1', 6, 1, 1, '2'};
  static const uint8_t second[] = {4, 5, 2, 4, 'n', 'u', 'l', 'l', 6, 2, 1, '3', 7, 1, 1, '4', 5, 3, 1, '9'};
  for (long n = 1;; n++) {
    struct failing f = {n, 0};
    yata_allocator alloc = {failing_resize, &f};
    yata_awareness_options o = {.client_id = 1, .alloc = &alloc};
    yata_awareness *a = NULL;
    yata_buf before = YATA_BUF_INIT, after = YATA_BUF_INIT;
    int err = yata_awareness_create(&o, &a);
    if (err == 0) err = yata_awareness_set(a, "{}", 2, 0, NULL);
    if (err == 0) err = yata_awareness_apply(a, first, sizeof(first), 0, NULL);
    if (err == 0) {
      assert_ok(yata_awareness_encode(a, NULL, 0, &before));
      err = yata_awareness_apply(a, second, sizeof(second), 0, NULL);
      assert_ok(yata_awareness_encode(a, NULL, 0, &after));
      if (err < 0) {
        assert_int_equal(before.len, after.len);
        assert_memory_equal(before.data, after.data, before.len);
      }
    }
    if (err == 0) err = yata_awareness_tick(a, 40000, NULL);
    yata_buf_deinit(&before);
    yata_buf_deinit(&after);
    yata_awareness_destroy(a);
    assert_int_equal(f.live, 0);
    if (err == 0) {
      assert_true(n > 5);
      return;
    }
    assert_int_equal(err, YATA_ERR_NOMEM);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_state_reaches_others),
      cmocka_unit_test(a_first_clock_of_zero_is_not_news),
      cmocka_unit_test(others_cannot_remove_the_local_state),
      cmocka_unit_test(silence_is_leaving),
      cmocka_unit_test(those_who_come_back_are_last),
      cmocka_unit_test(bad_updates_change_nothing),
      cmocka_unit_test(all_states_together_are_bounded),
      cmocka_unit_test(those_who_left_do_not_pile_up),
      cmocka_unit_test(updates_can_be_modified),
      cmocka_unit_test(without_memory_nothing_changes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
