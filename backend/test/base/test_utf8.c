/* SPDX-License-Identifier: MIT */
#include "base/support.h"
#include "base/utf8.h"

static bool valid(const char *text) {
  return utf8_valid((const uint8_t *)text, strlen(text));
}

/* RFC 3629 by its arithmetic: decode, then look at the number. */
static bool oracle(const uint8_t *t, size_t len) {
  for (size_t i = 0; i < len;) {
    size_t n = t[i] < 0x80 ? 1 : t[i] >> 5 == 6 ? 2 : t[i] >> 4 == 14 ? 3 : t[i] >> 3 == 30 ? 4 : 0;
    if (n == 0 || n > len - i) return false;
    uint32_t point = n == 1 ? t[i] : t[i] & (0x7fu >> n);
    for (size_t k = 1; k < n; k++) {
      if (t[i + k] >> 6 != 2) return false;
      point = point << 6 | (t[i + k] & 0x3f);
    }
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (point < least[n] || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return false;
    i += n;
  }
  return true;
}

static void every_sequence_of_three_bytes_is_judged_as_by_arithmetic(void **state) {
  (void)state;
  for (uint32_t v = 0; v < 1u << 24; v += 1 + (v & 0xff) % 3) {
    uint8_t t[3] = {(uint8_t)(v >> 16), (uint8_t)(v >> 8), (uint8_t)v};
    if (utf8_valid(t, 3) != oracle(t, 3)) fail_msg("%06x", v);
  }
}

static void four_byte_sequences_are_judged_as_by_arithmetic(void **state) {
  (void)state;
  static const uint8_t ends[] = {0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff};
  for (unsigned first = 0xe0; first <= 0xff; first++)
    for (unsigned second = 0; second <= 0xff; second++)
      for (size_t i = 0; i < COUNT_OF(ends) * COUNT_OF(ends); i++) {
        uint8_t t[4] = {(uint8_t)first, (uint8_t)second, ends[i / COUNT_OF(ends)], ends[i % COUNT_OF(ends)]};
        if (utf8_valid(t, 4) != oracle(t, 4)) fail_msg("%02x %02x %02x %02x", t[0], t[1], t[2], t[3]);
      }
}

static void long_texts_are_checked_behind_their_ascii(void **state) {
  (void)state;
  assert_true(valid(""));
  assert_true(valid("0123456789abcdefé0123456789😀"));
  assert_false(valid("0123456789abcdef\xff"));
  assert_false(valid("0123456789abcdef\xc3"));
}

static void feeding_stops_at_the_first_byte_that_cannot_be(void **state) {
  (void)state;
  struct utf8_state s = {0};
  assert_true(utf8_feed(&s, (const uint8_t *)"a\xf0\x9f", 3));
  assert_false(utf8_complete(&s));
  assert_true(utf8_feed(&s, (const uint8_t *)"\x98\x80", 2));
  assert_true(utf8_complete(&s));
  assert_false(utf8_feed(&s, (const uint8_t *)"\xc0", 1));
  s = (struct utf8_state){0};
  assert_true(utf8_feed(&s, (const uint8_t *)"\xed", 1));
  assert_false(utf8_feed(&s, (const uint8_t *)"\xa0", 1));
}

static void positions_count_in_utf16_units(void **state) {
  (void)state;
  const uint8_t *text = (const uint8_t *)"aé😀b"; /* 1 + 1 + 2 + 1 units, 1 + 2 + 4 + 1 bytes */
  static const size_t offsets[] = {0, 1, 3, 3, 7, 8, 8, 8};
  assert_int_equal(utf8_utf16_len(text, 8), 5);
  for (size_t i = 0; i < COUNT_OF(offsets); i++) assert_int_equal(utf8_offset_of_utf16(text, 8, i), offsets[i]);
  assert_int_equal(utf8_offset_of_utf16(text, 8, SIZE_MAX), 8);
}

static void line_ends_become_lf(void **state) {
  (void)state;
  static const char *const cases[][2] = {
      {"", ""}, {"a", "a"}, {"\r", "\n"}, {"\r\n", "\n"}, {"\r\r\n\n", "\n\n\n"}, {"a\r\nb\rc\n", "a\nb\nc\n"}};
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct buf b = BUF_INIT;
    assert_int_equal(utf8_append_lf(&b, (const uint8_t *)cases[i][0], strlen(cases[i][0])), 0);
    assert_buf_is(&b, cases[i][1]);
    buf_deinit(&b);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_sequence_of_three_bytes_is_judged_as_by_arithmetic),
      cmocka_unit_test(four_byte_sequences_are_judged_as_by_arithmetic),
      cmocka_unit_test(long_texts_are_checked_behind_their_ascii),
      cmocka_unit_test(feeding_stops_at_the_first_byte_that_cannot_be),
      cmocka_unit_test(positions_count_in_utf16_units),
      cmocka_unit_test(line_ends_become_lf),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
