/* SPDX-License-Identifier: MIT */
/* Version 2 that is well formed, cut short, tampered with, and made to swell. */
#include "testing.h"

static void a_state_in_version_2_makes_the_same_document(void **state) {
  (void)state;
  yata_doc *doc = new_doc(5);
  yata_buf v1 = YATA_BUF_INIT;
  yata_applied a;
  assert_ok(yata_apply_update_v2(doc, FIXTURE(everything_v2), &a));
  assert_true(a.changed);
  assert_state(doc, FIXTURE(everything));
  assert_ok(yata_apply_update_v2(doc, FIXTURE(everything_v2), &a));
  assert_false(a.changed);
  assert_ok(yata_update_v2_to_v1(FIXTURE(everything_v2), &v1));
  assert_int_equal(v1.len, sizeof(fixture_everything));
  assert_memory_equal(v1.data, fixture_everything, v1.len);
  yata_buf_deinit(&v1);
  yata_doc_destroy(doc);
}

static void what_is_cut_short_is_refused(void **state) {
  (void)state;
  yata_doc *doc = new_doc(5);
  for (size_t n = 0; n < sizeof(fixture_everything_v2); n++) {
    /* A copy of just that size, so that reading past it is found out. */
    uint8_t *copy = malloc(n + (n == 0));
    memcpy(copy, fixture_everything_v2, n);
    assert_int_equal(yata_apply_update_v2(doc, copy, n, NULL), YATA_ERR_MALFORMED);
    free(copy);
  }
  assert_int_equal(yata_update_v2_to_v1(NULL, 0, &(yata_buf)YATA_BUF_INIT), YATA_ERR_MALFORMED);
  static const uint8_t empty[] = {0, 0};
  assert_state(doc, empty, 2);
  yata_doc_destroy(doc);
}

static void what_is_tampered_with_is_refused_or_well_formed(void **state) {
  (void)state;
  uint8_t copy[sizeof(fixture_everything_v2)];
  static const uint8_t bytes[] = {0x00, 0x01, 0x7f, 0x80, 0xff, 0x40};
  yata_buf v1 = YATA_BUF_INIT;
  for (size_t i = 0; i < sizeof(copy); i++) {
    for (size_t b = 0; b < sizeof(bytes); b++) {
      memcpy(copy, fixture_everything_v2, sizeof(copy));
      copy[i] = bytes[b];
      yata_buf_clear(&v1);
      yata_doc *doc = new_doc(5);
      if (yata_update_v2_to_v1(copy, sizeof(copy), &v1) == 0)
        assert_ok(yata_update_validate(v1.data, v1.len, NULL));
      else
        assert_int_equal(v1.len, 0);
      int err = yata_apply_update_v2(doc, copy, sizeof(copy), NULL);
      assert_true(err == 0 || err == YATA_ERR_MALFORMED || err == YATA_ERR_LIMIT);
      assert_ok(yata_doc_check(doc));
      yata_doc_destroy(doc);
    }
  }
  yata_buf_deinit(&v1);
}

/* 2^31 - 1 structs in a few bytes: every one is a GC struct of length 1. */
static void few_bytes_that_swell_are_refused(void **state) {
  (void)state;
  static const uint8_t bomb[] = {
      0,                                  /* flags */
      0, 1,    7,                         /* keys; the client */
      0, 0,    1,    0,                   /* clocks; info: 0 for ever */
      0, 0,    0,                         /* strings, parents, types */
      6, 0x41, 0xff, 0xff, 0xff, 0xff, 7, /* lengths: 1, very often */
      1, 0xff, 0xff, 0xff, 0xff, 7,    0, /* one client, that many structs, from clock 0 */
      0,                                  /* no deletions */
  };
  yata_buf v1 = YATA_BUF_INIT;
  assert_int_equal(yata_update_v2_to_v1(bomb, sizeof(bomb), &v1), YATA_ERR_LIMIT);
  assert_true(v1.cap < 200000);
  yata_buf_deinit(&v1);
}

struct failing {
  long countdown;
};

static void *resize(void *user, void *ptr, size_t old_size, size_t new_size) {
  struct failing *f = user;
  (void)old_size;
  if (new_size == 0) {
    free(ptr);
    return NULL;
  }
  if (f->countdown > 0 && --f->countdown == 0) return NULL;
  return realloc(ptr, new_size);
}

static void without_memory_nothing_changes(void **state) {
  (void)state;
  static const uint8_t empty[] = {0, 0};
  int err = YATA_ERR_NOMEM;
  for (long n = 1; err < 0; n++) {
    struct failing f = {0};
    yata_allocator alloc = {resize, &f};
    yata_options o = {.alloc = &alloc};
    yata_doc *doc;
    assert_ok(yata_doc_create(&o, &doc));
    f.countdown = n;
    err = yata_apply_update_v2(doc, FIXTURE(everything_v2), NULL);
    assert_true(err == 0 || err == YATA_ERR_NOMEM);
    f.countdown = 0;
    if (err < 0) assert_state(doc, empty, 2);
    yata_doc_destroy(doc);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_state_in_version_2_makes_the_same_document),
      cmocka_unit_test(what_is_cut_short_is_refused),
      cmocka_unit_test(what_is_tampered_with_is_refused_or_well_formed),
      cmocka_unit_test(few_bytes_that_swell_are_refused),
      cmocka_unit_test(without_memory_nothing_changes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
