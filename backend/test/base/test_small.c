/* SPDX-License-Identifier: MIT */
#include "base/clock.h"
#include "base/digest.h"
#include "base/random.h"
#include "base/support.h"

/* err, clock, random and digest: too small for a file each. */

static void every_error_has_a_text_of_its_own(void **state) {
  (void)state;
  for (int a = 0; a >= -17; a--) {
    assert_string_not_equal(err_text(a), "unknown error");
    for (int b = 0; b > a; b--) assert_string_not_equal(err_text(a), err_text(b));
  }
  assert_string_equal(err_text(-1000), "unknown error");
}

static void times_are_written_as_iso_8601(void **state) {
  (void)state;
  static const struct {
    uint64_t ms;
    const char *text;
  } cases[] = {{0, "1970-01-01T00:00:00.000Z"},
               {1769862896789, "2026-01-31T12:34:56.789Z"},
               {1709164800001, "2024-02-29T00:00:00.001Z"},
               {UINT64_MAX, "9999-12-31T23:59:59.999Z"}};
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    char out[25];
    clock_iso8601(cases[i].ms, out);
    assert_string_equal(out, cases[i].text);
  }
}

static void the_monotonic_clock_does_not_go_back(void **state) {
  (void)state;
  uint64_t last = clock_mono_us();
  for (int i = 0; i < 1000; i++) {
    uint64_t now = clock_mono_us();
    assert_true(now >= last);
    last = now;
  }
  assert_true(clock_unix_ms() > UINT64_C(1700000000000));
}

static void random_ids_differ_and_begin_with_a_letter_or_digit(void **state) {
  (void)state;
  static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  char last[RANDOM_ID_CHARS + 1] = "";
  size_t seen[64] = {0};
  for (int i = 0; i < 5000; i++) {
    char id[RANDOM_ID_CHARS + 1];
    assert_int_equal(random_id(id), 0);
    assert_int_equal(strlen(id), RANDOM_ID_CHARS);
    assert_int_equal(strspn(id, allowed), RANDOM_ID_CHARS);
    assert_true(id[0] != '-' && id[0] != '_');
    assert_string_not_equal(id, last);
    for (size_t k = 1; k < RANDOM_ID_CHARS; k++) seen[strchr(allowed, id[k]) - allowed]++;
    strcpy(last, id);
  }
  for (size_t i = 0; i < 64; i++) assert_in_range(seen[i], 1200, 1800); /* 1484 each on average, +-8 sigma */
}

static void digests_give_the_published_values(void **state) {
  (void)state;
  uint8_t out[32];
  assert_int_equal(digest_sha1("abc", 3, out), 0); /* FIPS 180-4 examples */
  assert_memory_equal(out, "\xa9\x99\x3e\x36\x47\x06\x81\x6a\xba\x3e\x25\x71\x78\x50\xc2\x6c\x9c\xd0\xd8\x9d", 20);
  assert_int_equal(digest_sha256("abc", 3, out), 0);
  assert_memory_equal(out,
                      "\xba\x78\x16\xbf\x8f\x01\xcf\xea\x41\x41\x40\xde\x5d\xae\x22\x23"
                      "\xb0\x03\x61\xa3\x96\x17\x7a\x9c\xb4\x10\xff\x61\xf2\x00\x15\xad",
                      32);
  assert_int_equal(digest_sha256("", 0, out), 0);
  assert_memory_equal(out, "\xe3\xb0\xc4\x42", 4);
}

static void base64_gives_the_values_of_rfc_4648(void **state) {
  (void)state;
  static const char *const cases[][2] = {{"", ""},
                                         {"f", "Zg=="},
                                         {"fo", "Zm8="},
                                         {"foo", "Zm9v"},
                                         {"foob", "Zm9vYg=="},
                                         {"fooba", "Zm9vYmE="},
                                         {"foobar", "Zm9vYmFy"},
                                         {"\xff\xef\xbe", "/+++"}};
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct buf b = BUF_INIT;
    assert_int_equal(digest_base64(&b, cases[i][0], strlen(cases[i][0])), 0);
    assert_buf_is(&b, cases[i][1]);
    buf_deinit(&b);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_error_has_a_text_of_its_own),
      cmocka_unit_test(times_are_written_as_iso_8601),
      cmocka_unit_test(the_monotonic_clock_does_not_go_back),
      cmocka_unit_test(random_ids_differ_and_begin_with_a_letter_or_digit),
      cmocka_unit_test(digests_give_the_published_values),
      cmocka_unit_test(base64_gives_the_values_of_rfc_4648),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
