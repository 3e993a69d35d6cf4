/* SPDX-License-Identifier: MIT */
/* Text against a naive model: an array of characters. And two replicas that exchange updates. */
#include "random.h"

#define MODEL_MAX 4096

static void text_edits_agree_with_an_array_of_characters(void **state) {
  (void)state;
  static char model[MODEL_MAX + 1];
  uint32_t n = 0;
  yata_doc *doc = new_doc(1), *other = new_doc(2);
  yata_type text;
  yata_buf update = YATA_BUF_INIT;
  assert_ok(yata_text(doc, "t", &text));
  for (int step = 0; step < 3000; step++) {
    uint32_t at = below(n + 1), count = 1 + below(12);
    yata_buf_clear(&update);
    assert_ok(yata_txn_begin(doc));
    if (below(100) < 60 && n + count < MODEL_MAX) {
      char piece[16];
      for (uint32_t i = 0; i < count; i++) piece[i] = (char)('a' + below(26));
      memmove(model + at + count, model + at, n - at);
      memcpy(model + at, piece, count);
      n += count;
      assert_ok(yata_text_insert(doc, text, at, piece, count));
    } else {
      if (count > n - at) count = n - at;
      memmove(model + at, model + at + count, n - at - count);
      n -= count;
      assert_ok(yata_text_delete(doc, text, at, count));
    }
    assert_ok(yata_txn_commit(doc, &update));
    if (update.len > 0) assert_ok(yata_apply_update(other, update.data, update.len, NULL));
    model[n] = 0;
    assert_text(doc, text, model);
  }
  assert_same(doc, other);
  yata_buf_deinit(&update);
  yata_doc_destroy(doc);
  yata_doc_destroy(other);
}

static void sync(yata_doc *from, yata_doc *to) {
  yata_buf sv = YATA_BUF_INIT, diff = YATA_BUF_INIT;
  assert_ok(yata_encode_state_vector(to, &sv));
  assert_ok(yata_encode_state_as_update(from, sv.data, sv.len, &diff));
  assert_ok(yata_apply_update(to, diff.data, diff.len, NULL));
  assert_ok(yata_doc_check(to));
  yata_buf_deinit(&sv);
  yata_buf_deinit(&diff);
}

static void replicas_that_edit_apart_agree_after_exchange(void **state) {
  (void)state;
  yata_doc *docs[3];
  yata_type texts[3];
  static const char *const pieces[] = {"a", "bc", "😀", "\n", "déf"};
  for (int i = 0; i < 3; i++) {
    docs[i] = new_doc((uint64_t)i + 10);
    assert_ok(yata_text(docs[i], "t", &texts[i]));
  }
  for (int round = 0; round < 200; round++) {
    for (int i = 0; i < 3; i++) {
      uint32_t n;
      assert_ok(yata_text_length(docs[i], texts[i], &n));
      uint32_t at = below(n + 1);
      if (below(3) > 0 || n - at == 0)
        insert(docs[i], texts[i], at, pieces[below(5)]);
      else
        erase(docs[i], texts[i], at, 1 + below(n - at < 4 ? n - at : 4));
    }
    sync(docs[below(3)], docs[below(3)]);
  }
  for (int i = 0; i < 9; i++) sync(docs[i / 3], docs[i % 3]);
  for (int i = 0; i < 9; i++) sync(docs[i / 3], docs[i % 3]);
  yata_buf a = YATA_BUF_INIT, b = YATA_BUF_INIT;
  assert_ok(yata_text_read(docs[0], texts[0], &a));
  for (int i = 1; i < 3; i++) {
    yata_buf_clear(&b);
    assert_ok(yata_text_read(docs[i], texts[i], &b));
    assert_int_equal(a.len, b.len);
    assert_memory_equal(a.data, b.data, a.len);
  }
  yata_buf_deinit(&a);
  yata_buf_deinit(&b);
  for (int i = 0; i < 3; i++) yata_doc_destroy(docs[i]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup(text_edits_agree_with_an_array_of_characters, seed),
      cmocka_unit_test_setup(replicas_that_edit_apart_agree_after_exchange, seed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
