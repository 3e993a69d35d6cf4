/* SPDX-License-Identifier: MIT */
#include "base/clock.h"
#include "base/support.h"
#include "base/textdiff.h"
#include "base/utf8.h"

static struct buf text_of(const char *text) {
  struct buf b = BUF_INIT;
  assert_int_equal(buf_append_str(&b, text), 0);
  return b;
}

/* @on with @edits applied, from the last to the first. */
static struct buf apply(const struct buf *on, const struct buf *ours, const struct text_edits *edits) {
  struct buf out = BUF_INIT;
  assert_int_equal(buf_append(&out, on->data, on->len), 0);
  for (size_t i = edits->count; i-- > 0;) {
    const struct text_edit *e = &edits->items[i];
    assert_true(e->at + e->del <= on->len && e->ins_at + e->ins <= ours->len);
    if (i > 0) assert_true(edits->items[i - 1].at + edits->items[i - 1].del <= e->at);
    struct buf next = BUF_INIT;
    assert_int_equal(buf_append(&next, out.data, e->at), 0);
    assert_int_equal(buf_append(&next, ours->data + e->ins_at, e->ins), 0);
    assert_int_equal(buf_append(&next, out.data + e->at + e->del, out.len - e->at - e->del), 0);
    buf_deinit(&out);
    out = next;
  }
  return out;
}

static bool at_char(const struct buf *b, size_t at) {
  return at == b->len || (b->data[at] & 0xc0) != 0x80;
}

static void assert_no_split_characters(const struct buf *on, const struct buf *ours, const struct text_edits *edits) {
  for (size_t i = 0; i < edits->count; i++) {
    const struct text_edit *e = &edits->items[i];
    assert_true(at_char(on, e->at) && at_char(on, e->at + e->del));
    assert_true(at_char(ours, e->ins_at) && at_char(ours, e->ins_at + e->ins));
  }
}

static void assert_same(const struct buf *a, const struct buf *b) {
  assert_int_equal(a->len, b->len);
  if (a->len > 0) assert_memory_equal(a->data, b->data, a->len);
}

static void check_diff(const struct buf *base, const struct buf *ours, struct text_edits *edits) {
  assert_int_equal(textdiff(base->data, base->len, ours->data, ours->len, edits), 0);
  assert_no_split_characters(base, ours, edits);
  struct buf result = apply(base, ours, edits);
  assert_same(&result, ours);
  buf_deinit(&result);
}

static size_t diff_size(const char *base_text, const char *ours_text) {
  struct buf base = text_of(base_text), ours = text_of(ours_text);
  struct text_edits edits = {0};
  check_diff(&base, &ours, &edits);
  size_t size = text_edits_size(&edits);
  text_edits_deinit(&edits);
  buf_deinit(&base);
  buf_deinit(&ours);
  return size;
}

static void equal_texts_need_no_edit(void **state) {
  (void)state;
  assert_int_equal(diff_size("", ""), 0);
  assert_int_equal(diff_size("héllo\n", "héllo\n"), 0);
}

static void the_edit_is_the_smallest(void **state) {
  (void)state;
  assert_int_equal(diff_size("", "abc"), 3);
  assert_int_equal(diff_size("abc", ""), 3);
  assert_int_equal(diff_size("abcabba", "cbabac"), 5); /* the example of Myers' paper */
  assert_int_equal(diff_size("int a;\nint b;\n", "int aa;\nint bb;\n"), 2);
}

static void characters_of_several_bytes_are_replaced_whole(void **state) {
  (void)state;
  assert_int_equal(diff_size("xéy", "xèy"), 4); /* c3 a9 / c3 a8 */
  assert_int_equal(diff_size("x😀y", "x😁y"), 8); /* differ in the last byte */
  assert_int_equal(diff_size("x©y", "xéy"), 4); /* c2 a9 / c3 a9 */
  assert_int_equal(diff_size("a😀😁b", "a😁b"), 4);
}

static const char *const alphabet[] = {"a", "b", "c", "\n", "é", "è", "©", "あ", "😀", "😁"};

static struct buf random_text(struct rng *r, size_t chars, size_t letters) {
  struct buf b = BUF_INIT;
  for (size_t i = 0; i < chars; i++) assert_int_equal(buf_append_str(&b, alphabet[rng_below(r, letters)]), 0);
  return b;
}

static void random_texts_are_turned_into_each_other(void **state) {
  (void)state;
  struct rng r = rng_of_test(7);
  for (int round = 0; round < 3000; round++) {
    size_t letters = 2 + rng_below(&r, COUNT_OF(alphabet) - 1);
    struct buf a = random_text(&r, rng_below(&r, 40), letters), b = random_text(&r, rng_below(&r, 40), letters);
    struct text_edits edits = {0};
    check_diff(&a, &b, &edits);
    for (size_t i = 1; i < edits.count; i++)
      assert_true(edits.items[i - 1].at + edits.items[i - 1].del < edits.items[i].at);
    text_edits_deinit(&edits);
    buf_deinit(&a);
    buf_deinit(&b);
  }
}

/* A copy of @base with random deletions and with insertions of @marks, which are in no other text.
 * @deleted tells which bytes of the base are gone. */
static struct buf random_change(struct rng *r, const struct buf *base, const char *marks, bool *deleted) {
  struct buf out = BUF_INIT;
  size_t at = 0;
  for (;;) {
    if (rng_below(r, 6) == 0)
      for (size_t i = 1 + rng_below(r, 3); i > 0; i--)
        assert_int_equal(buf_append_byte(&out, (uint8_t)marks[rng_below(r, strlen(marks))]), 0);
    if (at == base->len) return out;
    bool drop = rng_below(r, 5) == 0;
    do {
      deleted[at] = drop;
      if (!drop) assert_int_equal(buf_append_byte(&out, base->data[at]), 0);
      at++;
    } while (!at_char(base, at));
  }
}

static bool is_mark(uint8_t byte, const char *marks) {
  return byte != 0 && strchr(marks, byte) != NULL;
}

static void assert_marks_same(const struct buf *result, const struct buf *source, const char *marks) {
  size_t at = 0;
  for (size_t i = 0; i < source->len; i++) {
    if (!is_mark(source->data[i], marks)) continue;
    while (at < result->len && !is_mark(result->data[at], marks)) at++;
    assert_true(at < result->len && result->data[at] == source->data[i]);
    at++;
  }
  for (; at < result->len; at++) assert_false(is_mark(result->data[at], marks));
}

/* Every character of the base is another, so that the diff is bound to find what was really done. */
static struct buf distinct_text(struct rng *r, size_t chars) {
  struct buf b = BUF_INIT;
  uint32_t point = 0x4e00;
  for (size_t i = 0; i < chars; i++) {
    point += 1 + (uint32_t)rng_below(r, 90);
    uint8_t bytes[] = {(uint8_t)(0xe0 | point >> 12), (uint8_t)(0x80 | (point >> 6 & 0x3f)),
                       (uint8_t)(0x80 | (point & 0x3f))};
    assert_int_equal(buf_append(&b, bytes, 3), 0);
  }
  return b;
}

static void a_rebased_edit_keeps_what_both_sides_typed_and_drops_what_either_deleted(void **state) {
  (void)state;
  struct rng r = rng_of_test(11);
  for (int round = 0; round < 3000; round++) {
    struct buf base = distinct_text(&r, rng_below(&r, 60));
    bool *gone_ours = calloc(base.len + 1, 1), *gone_theirs = calloc(base.len + 1, 1);
    struct buf ours = random_change(&r, &base, "abcdefgh", gone_ours);
    struct buf current = random_change(&r, &base, "STUVWXYZ", gone_theirs);
    struct text_edits edits = {0};
    assert_int_equal(textdiff_rebase(base.data, base.len, ours.data, ours.len, current.data, current.len, &edits), 0);
    assert_no_split_characters(&current, &ours, &edits);
    struct buf result = apply(&current, &ours, &edits);
    assert_true(utf8_valid(result.data, result.len));
    assert_marks_same(&result, &ours, "abcdefgh");
    assert_marks_same(&result, &current, "STUVWXYZ");
    struct buf left = BUF_INIT, want = BUF_INIT; /* of the base */
    for (size_t i = 0; i < result.len; i++)
      if (result.data[i] >= 0x80) assert_int_equal(buf_append_byte(&left, result.data[i]), 0);
    for (size_t i = 0; i < base.len; i++)
      if (!gone_ours[i] && !gone_theirs[i]) assert_int_equal(buf_append_byte(&want, base.data[i]), 0);
    assert_same(&left, &want);
    text_edits_deinit(&edits);
    free(gone_ours);
    free(gone_theirs);
    struct buf *all[] = {&base, &ours, &current, &result, &left, &want};
    for (size_t i = 0; i < COUNT_OF(all); i++) buf_deinit(all[i]);
  }
}

static void a_rebase_is_exact_when_only_one_side_changed(void **state) {
  (void)state;
  struct rng r = rng_of_test(13);
  for (int round = 0; round < 2000; round++) {
    size_t letters = 2 + rng_below(&r, COUNT_OF(alphabet) - 1);
    struct buf base = random_text(&r, rng_below(&r, 40), letters), ours = random_text(&r, rng_below(&r, 40), letters);
    struct text_edits edits = {0};
    assert_int_equal(textdiff_rebase(base.data, base.len, ours.data, ours.len, base.data, base.len, &edits), 0);
    struct buf result = apply(&base, &ours, &edits);
    assert_same(&result, &ours);
    text_edits_deinit(&edits);
    assert_int_equal(textdiff_rebase(base.data, base.len, base.data, base.len, ours.data, ours.len, &edits), 0);
    assert_int_equal(edits.count, 0);
    buf_deinit(&result);
    buf_deinit(&base);
    buf_deinit(&ours);
  }
}

static void what_others_typed_stands_before_ours_at_the_same_place(void **state) {
  (void)state;
  static const struct {
    const char *base, *ours, *current, *result;
  } cases[] = {
      {"ab", "aXb", "aYb", "aYXb"},         {"abc", "ac", "ac", "ac"},      {"abcdef", "af", "abcXdef", "aXf"},
      {"abcdef", "aZf", "abXef", "aZXf"},   {"abcdef", "abcdefX", "", "X"}, {"", "X", "Y", "YX"},
      {"abcdef", "aXbcdYef", "af", "aXYf"},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct buf base = text_of(cases[i].base), ours = text_of(cases[i].ours), current = text_of(cases[i].current);
    struct text_edits edits = {0};
    assert_int_equal(textdiff_rebase(base.data, base.len, ours.data, ours.len, current.data, current.len, &edits), 0);
    struct buf result = apply(&current, &ours, &edits);
    assert_buf_is(&result, cases[i].result);
    text_edits_deinit(&edits);
    buf_deinit(&base);
    buf_deinit(&ours);
    buf_deinit(&current);
    buf_deinit(&result);
  }
}

static void indenting_every_line_of_a_large_file_inserts_only_the_indent(void **state) {
  (void)state;
  struct buf base = BUF_INIT, ours = BUF_INIT;
  for (int i = 0; i < 3000; i++) {
    assert_int_equal(buf_printf(&base, "line %d does something with é\n", i), 0);
    assert_int_equal(buf_printf(&ours, "  line %d does something with é\n", i), 0);
  }
  struct text_edits edits = {0};
  check_diff(&base, &ours, &edits);
  assert_int_equal(text_edits_size(&edits), 6000);
  text_edits_deinit(&edits);
  buf_deinit(&base);
  buf_deinit(&ours);
}

/* Many random lines, changed all over: past what is compared character by character at once. */
static void large_texts_with_changes_all_over_are_turned_into_each_other(void **state) {
  (void)state;
  struct rng r = rng_of_test(19);
  for (int round = 0; round < 30; round++) {
    struct buf base = random_text(&r, 20000, COUNT_OF(alphabet)), ours = BUF_INIT;
    for (size_t at = 0; at < base.len;) {
      size_t end = at + 1;
      while (!at_char(&base, end)) end++;
      if (rng_below(&r, 8) != 0) assert_int_equal(buf_append(&ours, base.data + at, end - at), 0);
      if (rng_below(&r, 8) == 0) assert_int_equal(buf_append_str(&ours, alphabet[rng_below(&r, 10)]), 0);
      at = end;
    }
    struct text_edits edits = {0};
    check_diff(&base, &ours, &edits);
    text_edits_deinit(&edits);
    buf_deinit(&base);
    buf_deinit(&ours);
  }
}

static void unlike_texts_of_a_megabyte_take_bounded_time(void **state) {
  (void)state;
  struct rng r = rng_of_test(17);
  struct buf a = random_text(&r, 700000, COUNT_OF(alphabet)), b = random_text(&r, 700000, COUNT_OF(alphabet));
  struct text_edits edits = {0};
  uint64_t began = clock_mono_ms();
  check_diff(&a, &b, &edits);
  uint64_t took = clock_mono_ms() - began;
  printf("# %" PRIu64 " ms with the check\n", took);
  assert_true(took < 2000);
  text_edits_deinit(&edits);
  buf_deinit(&a);
  buf_deinit(&b);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(equal_texts_need_no_edit),
      cmocka_unit_test(the_edit_is_the_smallest),
      cmocka_unit_test(characters_of_several_bytes_are_replaced_whole),
      cmocka_unit_test(random_texts_are_turned_into_each_other),
      cmocka_unit_test(a_rebased_edit_keeps_what_both_sides_typed_and_drops_what_either_deleted),
      cmocka_unit_test(a_rebase_is_exact_when_only_one_side_changed),
      cmocka_unit_test(what_others_typed_stands_before_ours_at_the_same_place),
      cmocka_unit_test(indenting_every_line_of_a_large_file_inserts_only_the_indent),
      cmocka_unit_test(large_texts_with_changes_all_over_are_turned_into_each_other),
      cmocka_unit_test(unlike_texts_of_a_megabyte_take_bounded_time),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
