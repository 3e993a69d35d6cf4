/* SPDX-License-Identifier: MIT */
#include "testing.h"

static void applying_what_yjs_wrote_encodes_to_the_same_bytes(void **state) {
  (void)state;
  yata_doc *doc = new_doc(5);
  yata_applied a;
  assert_ok(yata_apply_update(doc, FIXTURE(text), &a));
  assert_true(a.changed);
  assert_false(a.pending);
  assert_state(doc, FIXTURE(text));
  yata_doc_destroy(doc);
  doc = new_doc(5);
  assert_ok(yata_apply_update(doc, FIXTURE(everything), NULL));
  assert_state(doc, FIXTURE(everything));
  yata_doc_destroy(doc);
}

static void applying_an_update_again_changes_nothing(void **state) {
  (void)state;
  yata_doc *doc = new_doc(5);
  yata_applied a;
  assert_ok(yata_apply_update(doc, FIXTURE(everything), NULL));
  assert_ok(yata_apply_update(doc, FIXTURE(everything), &a));
  assert_false(a.changed);
  assert_state(doc, FIXTURE(everything));
  yata_doc_destroy(doc);
}

static void the_state_vector_is_that_of_yjs(void **state) {
  (void)state;
  yata_doc *doc = new_doc(5);
  yata_buf out = YATA_BUF_INIT;
  assert_ok(yata_apply_update(doc, FIXTURE(text), NULL));
  assert_ok(yata_encode_state_vector(doc, &out));
  assert_int_equal(out.len, sizeof(fixture_text_state_vector));
  assert_memory_equal(out.data, fixture_text_state_vector, out.len);
  yata_buf_clear(&out);
  assert_ok(yata_update_state_vector(FIXTURE(text), &out));
  assert_int_equal(out.len, sizeof(fixture_text_state_vector));
  assert_memory_equal(out.data, fixture_text_state_vector, out.len);
  yata_buf_deinit(&out);
  yata_doc_destroy(doc);
}

static void an_update_that_came_too_early_waits_as_pending(void **state) {
  (void)state;
  yata_doc *doc = new_doc(5);
  yata_applied a;
  assert_ok(yata_apply_update(doc, FIXTURE(dependency_second), &a));
  assert_true(a.changed);
  assert_true(a.pending);
  assert_state(doc, FIXTURE(pending_state));
  assert_ok(yata_apply_update(doc, FIXTURE(dependency_second), &a));
  assert_false(a.changed);
  assert_ok(yata_apply_update(doc, FIXTURE(dependency_third), &a));
  assert_true(a.pending);
  assert_ok(yata_apply_update(doc, FIXTURE(dependency_first), &a));
  assert_true(a.changed);
  assert_false(a.pending);
  assert_state(doc, FIXTURE(dependency_all));
  yata_doc_destroy(doc);
}

static void updates_in_any_order_come_to_the_same_document(void **state) {
  (void)state;
  const yata_slice all[] = {{FIXTURE(dependency_first)}, {FIXTURE(dependency_second)}, {FIXTURE(dependency_third)}};
  static const int orders[][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
  for (size_t i = 0; i < 6; i++) {
    yata_doc *doc = new_doc(5);
    for (int j = 0; j < 3; j++) assert_ok(yata_apply_update(doc, all[orders[i][j]].data, all[orders[i][j]].len, NULL));
    assert_state(doc, FIXTURE(dependency_all));
    yata_doc_destroy(doc);
  }
}

static void merging_and_diffing_give_the_bytes_of_yjs(void **state) {
  (void)state;
  yata_buf merged = YATA_BUF_INIT, sv = YATA_BUF_INIT, diff = YATA_BUF_INIT;
  const yata_slice two[] = {{FIXTURE(dependency_second)}, {FIXTURE(dependency_first)}};
  assert_ok(yata_merge_updates(two, 2, &merged));
  assert_int_equal(merged.len, sizeof(fixture_merged));
  assert_memory_equal(merged.data, fixture_merged, merged.len);
  assert_ok(yata_update_state_vector(FIXTURE(dependency_first), &sv));
  assert_ok(yata_diff_update(merged.data, merged.len, sv.data, sv.len, &diff));
  assert_int_equal(diff.len, sizeof(fixture_diffed));
  assert_memory_equal(diff.data, fixture_diffed, diff.len);
  yata_buf_deinit(&merged);
  yata_buf_deinit(&sv);
  yata_buf_deinit(&diff);
}

/* Both must refuse, or both accept; a refusal changes nothing. */
static void try_bytes(yata_doc *doc, const uint8_t *data, size_t len, const uint8_t *before, size_t before_len) {
  size_t offset = 0;
  int expected = yata_update_validate(data, len, &offset);
  yata_applied a;
  int err = yata_apply_update(doc, data, len, &a);
  if (expected < 0) {
    assert_int_equal(err, expected);
    assert_true(offset <= len);
    assert_int_equal(a.error_offset, offset);
    assert_non_null(yata_update_explain(data, len, &offset));
    assert_state(doc, before, before_len);
  }
  assert_ok(yata_doc_check(doc));
}

static void a_truncated_update_is_refused_and_changes_nothing(void **state) {
  (void)state;
  yata_doc *doc = new_doc(5);
  assert_ok(yata_apply_update(doc, FIXTURE(text), NULL));
  for (size_t n = 0; n < sizeof(fixture_everything); n++) {
    /* A copy of its own size, so that reading beyond it is found out. */
    uint8_t *copy = malloc(n + 1);
    memcpy(copy, fixture_everything, n);
    uint8_t *exact = realloc(copy, n ? n : 1);
    assert_int_equal(yata_update_validate(exact, n, NULL), YATA_ERR_MALFORMED);
    try_bytes(doc, exact, n, FIXTURE(text));
    free(exact);
  }
  yata_doc_destroy(doc);
}

static void flipped_bits_never_break_a_document(void **state) {
  (void)state;
  uint8_t copy[sizeof(fixture_everything)];
  for (size_t i = 0; i < sizeof(copy) * 8; i++) {
    yata_doc *doc = new_doc(5);
    assert_ok(yata_apply_update(doc, FIXTURE(text), NULL));
    memcpy(copy, fixture_everything, sizeof(copy));
    copy[i / 8] ^= (uint8_t)(1 << i % 8);
    try_bytes(doc, copy, sizeof(copy), FIXTURE(text));
    yata_doc_destroy(doc);
  }
}

static void numbers_that_promise_more_than_there_is_are_refused(void **state) {
  (void)state;
  static const struct {
    uint8_t bytes[24];
    size_t len;
  } bad[] = {
      {{0xff, 0xff, 0xff, 0xff, 0x0f, 0x00}, 6},                   /* clients */
      {{0x01, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x01, 0x00, 0x00}, 9}, /* structs */
      {{0x01, 0x01, 0x01, 0x00, 0x08, 0x01, 0x01, 't', 0xff, 0xff, 0xff, 0x07}, 12},
      {{0x01, 0x01, 0x01, 0x00, 0x04, 0x01, 0x01, 't', 0xff, 0xff, 0x03, 'x'}, 12},
      {{0x01, 0x01, 0x01, 0x00, 0x08, 0x01, 0x01, 't', 0x01, 117, 0xff, 0xff, 0x7f}, 13},
      {{0x00, 0x01, 0x01, 0xff, 0xff, 0xff, 0x7f, 0x00, 0x01}, 9},        /* deleted ranges */
      {{0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f}, 10}, /* above 2^53 */
  };
  for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
    yata_doc *doc = new_doc(5);
    assert_int_equal(yata_apply_update(doc, bad[i].bytes, bad[i].len, NULL), YATA_ERR_MALFORMED);
    yata_doc_destroy(doc);
  }
}

static void a_long_run_that_takes_few_bytes_takes_little_memory(void **state) {
  (void)state;
  /* A GC struct, and a deleted item, of a thousand million units. */
  static const uint8_t gc[] = {1, 1, 1, 0, 0x00, 0x80, 0x94, 0xeb, 0xdc, 0x03, 0};
  static const uint8_t deleted[] = {1, 1, 2, 0, 0x01, 1, 1, 't', 0x80, 0x94, 0xeb, 0xdc, 0x03, 0};
  static const uint8_t too_long[] = {1, 1, 3, 0, 0x00, 0x80, 0x80, 0x80, 0x80, 0x08, 0};
  static const uint8_t too_late[] = {0, 1, 1, 1, 0x80, 0x80, 0x80, 0x80, 0x08, 1};
  yata_doc *doc = new_doc(5);
  yata_stats stats;
  assert_ok(yata_apply_update(doc, gc, sizeof(gc), NULL));
  assert_ok(yata_apply_update(doc, deleted, sizeof(deleted), NULL));
  assert_ok(yata_doc_check(doc));
  yata_doc_stats(doc, &stats);
  assert_int_equal(stats.units, 2000000000);
  assert_true(stats.live_bytes < 20000);
  assert_int_equal(yata_apply_update(doc, too_long, sizeof(too_long), NULL), YATA_ERR_LIMIT);
  assert_int_equal(yata_apply_update(doc, too_late, sizeof(too_late), NULL), YATA_ERR_LIMIT);
  yata_doc_destroy(doc);
}

static size_t nested(uint8_t *out, uint32_t depth) {
  static const uint8_t head[] = {1, 1, 1, 0, 0x08, 1, 1, 'a', 1};
  size_t n = sizeof(head);
  memcpy(out, head, n);
  for (uint32_t i = 0; i < depth; i++) {
    out[n++] = 117;
    out[n++] = 1;
  }
  out[n++] = 126;
  out[n++] = 0;
  return n;
}

static void values_nested_more_than_64_deep_are_refused(void **state) {
  (void)state;
  uint8_t bytes[100000];
  yata_doc *doc = new_doc(5);
  yata_type array;
  yata_value value;
  assert_int_equal(yata_apply_update(doc, bytes, nested(bytes, 65), NULL), YATA_ERR_LIMIT);
  assert_int_equal(yata_apply_update(doc, bytes, nested(bytes, 40000), NULL), YATA_ERR_LIMIT);
  assert_ok(yata_apply_update(doc, bytes, nested(bytes, 64), NULL));
  assert_ok(yata_array(doc, "a", &array));
  assert_ok(yata_array_get(doc, array, 0, &value));
  assert_int_equal(value.any.kind, YATA_ANY_ARRAY);
  yata_value_deinit(&value);
  yata_doc_destroy(doc);
}

static void a_struct_that_depends_on_its_own_future_is_refused(void **state) {
  (void)state;
  static const uint8_t bytes[] = {1, 1, 1, 0, 0x84, 1, 0, 1, 'x', 0};
  yata_doc *doc = new_doc(5);
  assert_int_equal(yata_apply_update(doc, bytes, sizeof(bytes), NULL), YATA_ERR_MALFORMED);
  yata_doc_destroy(doc);
}

static void pending_beyond_its_limit_is_refused(void **state) {
  (void)state;
  yata_options o = {.client_id = 5, .max_pending_bytes = 10};
  yata_doc *doc;
  yata_stats stats;
  assert_ok(yata_doc_create(&o, &doc));
  assert_int_equal(yata_apply_update(doc, FIXTURE(dependency_second), NULL), YATA_ERR_LIMIT);
  yata_doc_stats(doc, &stats);
  assert_int_equal(stats.pending_bytes, 0);
  yata_doc_destroy(doc);
}

static size_t put_uint(uint8_t *p, uint32_t v) {
  size_t n = 0;
  for (; v > 0x7f; v >>= 7) p[n++] = (uint8_t)(v | 0x80);
  p[n++] = (uint8_t)v;
  return n;
}

/* `count` clients with one GC struct each, at clock 0 or, waiting for more, at clock 1. */
static uint8_t *many_clients(uint32_t count, uint8_t clock, size_t *len) {
  uint8_t *bytes = malloc((size_t)count * 10 + 16);
  size_t n = put_uint(bytes, count);
  for (uint32_t i = 0; i < count; i++) {
    bytes[n++] = 1;
    n += put_uint(bytes + n, i * 7919u % 1000003u + 1);
    bytes[n++] = clock;
    bytes[n++] = 0;
    bytes[n++] = 1;
  }
  bytes[n++] = 0;
  *len = n;
  return bytes;
}

static void a_hundred_thousand_clients_are_taken_without_delay(void **state) {
  (void)state;
  size_t n, m;
  uint8_t *now = many_clients(100000, 0, &n), *later = many_clients(100000, 1, &m);
  yata_doc *doc = new_doc(5);
  yata_applied a;
  yata_stats stats;
  assert_ok(yata_apply_update(doc, later, m, &a));
  assert_true(a.pending);
  assert_ok(yata_apply_update(doc, now, n, &a));
  assert_false(a.pending);
  yata_doc_stats(doc, &stats);
  assert_int_equal(stats.clients, 100000);
  assert_int_equal(stats.units, 200000);
  assert_ok(yata_doc_check(doc));
  yata_doc_destroy(doc);
  free(now);
  free(later);
}

/* Yjs integrates the highest client first, wherever in the update it stands. */
static void clients_are_integrated_from_the_highest_down(void **state) {
  (void)state;
  static const uint8_t keys[] = {2, 1, 1, 0,    0x28, 1, 1,   'm', 1,   'a', 1,    0x7e, /* client 1 sets a */
                                 1, 2, 0, 0x28, 1,    1, 'm', 1,   'b', 1,   0x7e, 0 /* client 2 sets b */};
  enum { N = 12000 };
  uint8_t *bytes = malloc((size_t)N * 16), *p = bytes;
  yata_doc *doc = new_doc(5);
  yata_type map;
  yata_slice key;
  uint32_t cursor = 0;
  assert_ok(yata_apply_update(doc, keys, sizeof(keys), NULL));
  assert_ok(yata_map(doc, "m", &map));
  assert_ok(yata_map_next(doc, map, &cursor, &key));
  assert_memory_equal(key.data, "b", 1);
  /* At one place, the lowest first: each would have to step over all before it. */
  p += put_uint(p, N);
  for (uint32_t i = 0; i < N; i++) {
    *p++ = 1;
    p += put_uint(p, i + 10);
    memcpy(p, "\0\4\1\1t\1x", 7);
    p += 7;
  }
  *p++ = 0;
  assert_ok(yata_apply_update(doc, bytes, (size_t)(p - bytes), NULL));
  assert_ok(yata_doc_check(doc));
  yata_doc_destroy(doc);
  free(bytes);
}

/* The last first: all but the very first have to wait. */
static void what_waits_in_thousands_of_parts_is_all_there(void **state) {
  (void)state;
  enum { N = 3000 };
  static yata_buf updates[N];
  yata_doc *doc = new_doc(5), *other = new_doc(6), *third = new_doc(7);
  yata_buf half = YATA_BUF_INIT;
  yata_type text;
  yata_applied a;
  assert_ok(yata_text(doc, "text", &text));
  for (uint32_t i = 0; i < N; i++) {
    updates[i] = (yata_buf)YATA_BUF_INIT;
    assert_ok(yata_txn_begin(doc));
    assert_ok(yata_text_insert(doc, text, i / 2, "x", 1));
    assert_ok(yata_txn_commit(doc, &updates[i]));
  }
  for (uint32_t i = N - 1; i > 0; i--) {
    assert_ok(yata_apply_update(other, updates[i].data, updates[i].len, &a));
    assert_true(a.changed && a.pending);
    if (i % 100 != 0) continue;
    assert_ok(yata_apply_update(other, updates[i].data, updates[i].len, &a));
    assert_true(!a.changed && a.pending);
  }
  assert_ok(yata_encode_state_as_update(other, NULL, 0, &half));
  assert_ok(yata_apply_update(third, half.data, half.len, &a));
  assert_true(a.pending);
  assert_ok(yata_apply_update(third, updates[0].data, updates[0].len, &a));
  assert_ok(yata_apply_update(other, updates[0].data, updates[0].len, &a));
  assert_false(a.pending);
  assert_same(doc, other);
  assert_same(doc, third);
  assert_ok(yata_doc_check(other));
  for (uint32_t i = 0; i < N; i++) yata_buf_deinit(&updates[i]);
  yata_buf_deinit(&half);
  yata_doc_destroy(doc);
  yata_doc_destroy(other);
  yata_doc_destroy(third);
}

/* Ids and lengths of as many bytes as they can have, into buffers of every size: nothing is written past the end. */
static void the_longest_structs_find_room(void **state) {
#define ID 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f  /* 2^53 - 1 */
#define CLOCK(low) 0x80 | (low), 0x80, 0x80, 0x80, 0x01    /* 2^28 + low */
#define LONGEST 0xc1, ID, CLOCK(0), ID, CLOCK(1), CLOCK(0) /* deleted; between two units of the first */
  static const uint8_t update[] = {1,        7,       ID,      0,       1,       1,       1,       't',
                                   CLOCK(2), LONGEST, LONGEST, LONGEST, LONGEST, LONGEST, LONGEST, 0};
  yata_doc *doc = new_doc(1);
  yata_buf whole = YATA_BUF_INIT;
  (void)state;
  assert_ok(yata_apply_update(doc, update, sizeof(update), NULL));
  assert_ok(yata_encode_state_as_update(doc, NULL, 0, &whole));
  assert_true(whole.len > sizeof(update));
  for (size_t room = 1; room < 2 * whole.len; room++) {
    yata_buf out = {.data = malloc(room), .cap = room};
    assert_non_null(out.data);
    assert_ok(yata_encode_state_as_update(doc, NULL, 0, &out));
    assert_int_equal(out.len, whole.len);
    assert_memory_equal(out.data, whole.data, whole.len);
    yata_buf_deinit(&out);
  }
  yata_buf_deinit(&whole);
  yata_doc_destroy(doc);
}

static void a_state_vector_that_is_none_is_refused(void **state) {
  (void)state;
  static const uint8_t bad[] = {0xff, 0xff, 0x03, 1, 1};
  yata_doc *doc = new_doc(5);
  yata_buf out = YATA_BUF_INIT;
  size_t offset;
  assert_int_equal(yata_encode_state_as_update(doc, bad, sizeof(bad), &out), YATA_ERR_MALFORMED);
  assert_int_equal(yata_state_vector_validate(bad, sizeof(bad), &offset), YATA_ERR_MALFORMED);
  assert_ok(yata_state_vector_validate(FIXTURE(text_state_vector), NULL));
  assert_int_equal(out.len, 0);
  yata_buf_deinit(&out);
  yata_doc_destroy(doc);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(applying_what_yjs_wrote_encodes_to_the_same_bytes),
      cmocka_unit_test(applying_an_update_again_changes_nothing),
      cmocka_unit_test(the_state_vector_is_that_of_yjs),
      cmocka_unit_test(an_update_that_came_too_early_waits_as_pending),
      cmocka_unit_test(updates_in_any_order_come_to_the_same_document),
      cmocka_unit_test(merging_and_diffing_give_the_bytes_of_yjs),
      cmocka_unit_test(a_truncated_update_is_refused_and_changes_nothing),
      cmocka_unit_test(flipped_bits_never_break_a_document),
      cmocka_unit_test(numbers_that_promise_more_than_there_is_are_refused),
      cmocka_unit_test(a_long_run_that_takes_few_bytes_takes_little_memory),
      cmocka_unit_test(values_nested_more_than_64_deep_are_refused),
      cmocka_unit_test(a_struct_that_depends_on_its_own_future_is_refused),
      cmocka_unit_test(pending_beyond_its_limit_is_refused),
      cmocka_unit_test(a_hundred_thousand_clients_are_taken_without_delay),
      cmocka_unit_test(clients_are_integrated_from_the_highest_down),
      cmocka_unit_test(what_waits_in_thousands_of_parts_is_all_there),
      cmocka_unit_test(the_longest_structs_find_room),
      cmocka_unit_test(a_state_vector_that_is_none_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
