/* SPDX-License-Identifier: MIT */
/* Tiny updates take short cuts. The same updates, written in a way that has none, must leave the same state. */
#include "random.h"
#include "testing.h"

static void put(yata_buf *out, const uint8_t *bytes, size_t n) {
  uint8_t *p = realloc(out->data, out->len + n);
  assert_non_null(p);
  out->data = p;
  out->cap = out->len + n;
  memcpy(out->data + out->len, bytes, n);
  out->len += n;
}

/* An insertion gets a client without deletions behind it; a deletion is said twice. */
static void roundabout(const yata_buf *update, yata_buf *out) {
  static const uint8_t nobody[] = {1, 5, 0}, twice = 2;
  const uint8_t *p = update->data, *end = p + update->len;
  yata_buf_clear(out);
  if (*p != 0) {
    assert_int_equal(end[-1], 0);
    put(out, p, update->len - 1);
    put(out, nobody, sizeof(nobody));
    return;
  }
  const uint8_t *range = p + 2;
  while (*range++ & 0x80) continue;
  assert_int_equal(*range, 1);
  put(out, p, (size_t)(range - p));
  put(out, &twice, 1);
  put(out, range + 1, (size_t)(end - range - 1));
  put(out, range + 1, (size_t)(end - range - 1));
}

struct pair {
  yata_doc *quick, *slow;
};

static void apply_both(struct pair *p, const yata_buf *update) {
  yata_buf longer = YATA_BUF_INIT;
  roundabout(update, &longer);
  assert_ok(yata_apply_update(p->quick, update->data, update->len, NULL));
  assert_ok(yata_apply_update(p->slow, longer.data, longer.len, NULL));
  assert_same(p->quick, p->slow);
  yata_stats a, b;
  yata_doc_stats(p->quick, &a);
  yata_doc_stats(p->slow, &b);
  assert_int_equal(a.items, b.items);
  yata_buf_deinit(&longer);
}

/* One edit: typing, erasing forwards or backwards at a cursor that jumps now and then. False: nothing to do. */
static bool edit(yata_doc *doc, yata_type text, uint32_t *cursor, yata_buf *update) {
  static const char *const words[] = {"a", "b", "xyz", "c", "\xf0\x9f\x98\x80", "\xc3\xa4", "d", "long enough"};
  uint32_t length;
  assert_ok(yata_text_length(doc, text, &length));
  if (below(8) == 0 || *cursor > length) *cursor = below(length + 1);
  uint32_t what = below(10), n = below(4) == 0 ? 3 : 1;
  yata_buf_clear(update);
  assert_ok(yata_txn_begin(doc));
  if (what < 5) {
    const char *word = words[below(8)];
    assert_ok(yata_text_insert(doc, text, *cursor, word, strlen(word)));
    *cursor += (uint32_t)(strlen(word) == 2 ? 1 : strlen(word) == 4 ? 2 : strlen(word));
  } else if (what < 8) {
    if (*cursor < n) n = *cursor;
    *cursor -= n;
    if (n > 0) assert_ok(yata_text_delete(doc, text, *cursor, n));
  } else if (*cursor < length) {
    if (n > length - *cursor) n = length - *cursor;
    assert_ok(yata_text_delete(doc, text, *cursor, n));
  }
  assert_ok(yata_txn_commit(doc, update));
  return update->len > 0;
}

static bool is_one_range(const yata_buf *update) {
  if (update->data[0] != 0) return update->data[update->len - 1] == 0 && update->data[1] == 1;
  const uint8_t *p = update->data + 2;
  while (*p++ & 0x80) continue;
  return update->data[1] == 1 && *p == 1;
}

static void session(uint32_t edits, uint32_t apart) {
  struct pair p = {new_doc(9), new_doc(9)};
  yata_doc *authors[2] = {new_doc(0x12345678), new_doc(77)};
  yata_type texts[2];
  uint32_t cursors[2] = {0, 0};
  yata_buf update = YATA_BUF_INIT, back = YATA_BUF_INIT;
  for (int i = 0; i < 2; i++) assert_ok(yata_text(authors[i], "text", &texts[i]));
  for (uint32_t i = 0; i < edits; i++) {
    uint32_t who = i / (1 + below(20)) % 2;
    if (!edit(authors[who], texts[who], &cursors[who], &update)) continue;
    if (is_one_range(&update)) {
      apply_both(&p, &update);
    } else {
      assert_ok(yata_apply_update(p.quick, update.data, update.len, NULL));
      assert_ok(yata_apply_update(p.slow, update.data, update.len, NULL));
    }
    if (below(apart) != 0) continue;
    yata_buf_clear(&back);
    assert_ok(yata_encode_state_as_update(p.quick, NULL, 0, &back));
    for (int a = 0; a < 2; a++) assert_ok(yata_apply_update(authors[a], back.data, back.len, NULL));
  }
  assert_same(p.quick, p.slow);
  for (int i = 0; i < 2; i++) yata_doc_destroy(authors[i]);
  yata_doc_destroy(p.quick);
  yata_doc_destroy(p.slow);
  yata_buf_deinit(&update);
  yata_buf_deinit(&back);
}

static void short_cuts_lead_to_the_same_state(void **state) {
  (void)state;
  for (int i = 0; i < 30; i++) session(150, 1 + below(20));
}

static void they_do_with_an_index_of_positions(void **state) {
  struct pair p = {new_doc(9), NULL};
  yata_doc *author = new_doc(77);
  yata_type text, copy;
  uint32_t cursor = 0;
  yata_buf update = YATA_BUF_INIT, a = YATA_BUF_INIT, b = YATA_BUF_INIT;
  (void)state;
  assert_ok(yata_text(author, "text", &text));
  assert_ok(yata_text(p.quick, "text", &copy));
  for (int i = 0; i < 1500; i++) {
    uint32_t length;
    if (!edit(author, text, &cursor, &update)) continue;
    assert_ok(yata_apply_update(p.quick, update.data, update.len, NULL));
    assert_ok(yata_text_length(p.quick, copy, &length));
    if (length > 0) {
      /* Ask for a position, leave no trace. */
      assert_ok(yata_txn_begin(p.quick));
      assert_ok(yata_text_delete(p.quick, copy, below(length), 1));
      yata_txn_abort(p.quick);
    }
    assert_ok(yata_doc_check(p.quick));
    yata_buf_clear(&a);
    yata_buf_clear(&b);
    assert_ok(yata_text_read(p.quick, copy, &a));
    assert_ok(yata_text_read(author, text, &b));
    assert_int_equal(a.len, b.len);
    if (a.len > 0) assert_memory_equal(a.data, b.data, a.len);
  }
  yata_buf_deinit(&update);
  yata_buf_deinit(&a);
  yata_buf_deinit(&b);
  yata_doc_destroy(author);
  yata_doc_destroy(p.quick);
}

static void type_key(yata_doc *doc, yata_type text, uint32_t at, char key, yata_buf *update) {
  yata_buf_clear(update);
  assert_ok(yata_txn_begin(doc));
  assert_ok(yata_text_insert(doc, text, at, &key, 1));
  assert_ok(yata_txn_commit(doc, update));
}

/* Keys come one after the other, some twice, some of another author, and once in a while the document is edited here.
 */
static void a_row_of_keys_leads_to_the_same_state(void **state) {
  struct pair p = {new_doc(9), new_doc(9)};
  yata_doc *author = new_doc(0x12345678), *other = new_doc(77);
  yata_type text, theirs, here[2];
  yata_buf update = YATA_BUF_INIT, back = YATA_BUF_INIT;
  (void)state;
  assert_ok(yata_text(author, "text", &text));
  assert_ok(yata_text(other, "text", &theirs));
  assert_ok(yata_text(p.quick, "text", &here[0]));
  assert_ok(yata_text(p.slow, "text", &here[1]));
  for (uint32_t i = 0; i < 700; i++) {
    uint32_t r = below(40), length;
    type_key(author, text, i, (char)('a' + i % 26), &update);
    apply_both(&p, &update);
    if (r == 0) apply_both(&p, &update);
    if (r == 1) {
      yata_buf_clear(&back);
      assert_ok(yata_encode_state_as_update(p.quick, NULL, 0, &back));
      assert_ok(yata_apply_update(other, back.data, back.len, NULL));
      assert_ok(yata_text_length(other, theirs, &length));
      type_key(other, theirs, length - below(3) % (length + 1), 'X', &update);
      apply_both(&p, &update);
    }
    for (uint32_t d = 0; d < 2 && r == 2; d++) {
      yata_doc *doc = d == 0 ? p.quick : p.slow;
      assert_ok(yata_text_length(doc, here[d], &length));
      type_key(doc, here[d], length, 'Y', &update);
    }
    assert_ok(yata_doc_check(p.quick));
  }
  assert_same(p.quick, p.slow);
  yata_doc_destroy(author);
  yata_doc_destroy(other);
  yata_doc_destroy(p.quick);
  yata_doc_destroy(p.slow);
  yata_buf_deinit(&update);
  yata_buf_deinit(&back);
}

static uint8_t *put_number(uint8_t *p, uint32_t n) {
  for (; n > 127; n >>= 7) *p++ = (uint8_t)(n | 128);
  *p++ = (uint8_t)n;
  return p;
}

static size_t key_of_7(uint8_t *update, uint32_t clock) {
  static const uint8_t start[] = {1, 1, 7}, origin[] = {0x84, 7}, end[] = {1, 'k', 0};
  memcpy(update, start, 3);
  uint8_t *p = put_number(update + 3, clock);
  memcpy(p, origin, 2);
  p = put_number(p + 2, clock - 1);
  memcpy(p, end, 3);
  return (size_t)(p + 3 - update);
}

/* Client 7 writes "a" and then keys up to that clock. */
static yata_doc *with_keys(uint32_t last) {
  static const uint8_t first[] = {1, 1, 7, 0, 4, 1, 1, 't', 1, 'a', 0};
  uint8_t update[16];
  yata_doc *doc = new_doc(9);
  assert_ok(yata_apply_update(doc, first, sizeof(first), NULL));
  for (uint32_t clock = 1; clock <= last; clock++)
    assert_ok(yata_apply_update(doc, update, key_of_7(update, clock), NULL));
  return doc;
}

/* The update is refused, waits for others, or says what is known: the text is as long as it was. */
static void check_no_key(yata_doc *doc, const uint8_t *update, size_t len, uint32_t length) {
  yata_type text;
  yata_applied applied;
  uint32_t n;
  int err = yata_apply_update(doc, update, len, &applied);
  assert_true(err == YATA_ERR_MALFORMED || (err == 0 && (applied.pending || !applied.changed)));
  assert_ok(yata_text(doc, "t", &text));
  assert_ok(yata_text_length(doc, text, &n));
  assert_int_equal(n, length);
  yata_doc_destroy(doc);
}

static void what_only_looks_like_the_next_key_is_none(void **state) {
  uint8_t carry[16];
  (void)state;
  for (uint32_t last = 255; last < 1024; last += 128) { /* the first byte of the clock, and it alone, goes on */
    size_t len = key_of_7(carry, last);
    carry[3]++;
    carry[7]++;
    check_no_key(with_keys(last), carry, len, last + 1);
  }
  for (uint8_t last = 30; last < 50; last++) { /* now and then there is no room for the next key without memory */
    const uint8_t at = (uint8_t)(last + 1);
    const uint8_t longer[] = {0x81, 0, 1, 7, at, 0x84, 7, last, 1, 'l', 0}; /* a count of two bytes */
    const uint8_t of_8[] = {0x81, 0, 1, 8, at, 0x84, 7, at, 1, 'l', 0};
    const uint8_t no_text[] = {1, 1, 7, at, 0x84, 7, last, 1, 0xe9, 0};
    const uint8_t no_end[] = {1, 1, 7, at, 0x84, 7, last, 1, 'k', 1};
    yata_doc *doc = with_keys(last);
    assert_ok(yata_apply_update(doc, longer, sizeof(longer), NULL));
    check_no_key(doc, of_8, sizeof(of_8), last + 2u);
    check_no_key(with_keys(last), no_text, sizeof(no_text), last + 1u);
    check_no_key(with_keys(last), no_end, sizeof(no_end), last + 1u);
  }
}

/* Client 7 deletes of its own text. */
static void erase_both(struct pair *p, uint32_t clock, uint32_t count) {
  static const uint8_t start[] = {0, 1, 7, 1};
  uint8_t bytes[16];
  memcpy(bytes, start, sizeof(start));
  const uint8_t *end = put_number(put_number(bytes + sizeof(start), clock), count);
  apply_both(p, &(yata_buf){.data = bytes, .len = (size_t)(end - bytes)});
}

/* A run that gets shorter at both ends: what goes is counted in the chunk of text that it stands in. */
static void a_run_gets_shorter_across_chunks_of_text(void **state) {
  static const uint8_t head[] = {1, 1, 7, 0, 4, 1, 1, 't', 0x88, 0x27};
  struct pair p = {new_doc(9), new_doc(9)};
  uint8_t update[sizeof(head) + 5000 + 1] = {0};
  (void)state;
  memcpy(update, head, sizeof(head));
  memset(update + sizeof(head), 'x', 5000);
  assert_ok(yata_apply_update(p.quick, update, sizeof(update), NULL));
  assert_ok(yata_apply_update(p.slow, update, sizeof(update), NULL));
  erase_both(&p, 0, 2000);
  for (uint32_t clock = 2000; clock < 2100; clock += 7) erase_both(&p, clock, 7);
  erase_both(&p, 4200, 800);
  for (uint32_t clock = 4200; clock > 4000; clock -= 7) erase_both(&p, clock - 7, 7);
  yata_doc_destroy(p.quick);
  yata_doc_destroy(p.slow);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(short_cuts_lead_to_the_same_state),
      cmocka_unit_test(they_do_with_an_index_of_positions),
      cmocka_unit_test(a_row_of_keys_leads_to_the_same_state),
      cmocka_unit_test(what_only_looks_like_the_next_key_is_none),
      cmocka_unit_test(a_run_gets_shorter_across_chunks_of_text),
  };
  cmocka_set_message_output(CM_OUTPUT_TAP);
  return cmocka_run_group_tests(tests, seed, NULL);
}
