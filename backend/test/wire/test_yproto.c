/* SPDX-License-Identifier: MIT */
#include "base/support.h"
#include "wire/yproto.h"

static int decode(const char *bytes, size_t len, struct yproto_message *m) {
  static uint8_t copy[64];
  memcpy(copy, bytes, len);
  const char *why = "not set";
  int err = yproto_decode(copy, len, m, &why);
  assert_true(err ? why != NULL && strcmp(why, "not set") != 0 : why == NULL);
  return err;
}

static void each_message_is_told_apart(void **state) {
  (void)state;
  static const struct {
    const char *bytes;
    size_t len;
    enum yproto_kind kind;
    const char *data;
  } cases[] = {
      {"\x00\x00\x02sv", 5, YPROTO_SYNC_STEP1, "sv"}, {"\x00\x01\x01u", 4, YPROTO_SYNC_STEP2, "u"},
      {"\x00\x02\x00", 3, YPROTO_UPDATE, ""},         {"\x01\x03xyz", 5, YPROTO_AWARENESS, "xyz"},
      {"\x02\x00\x02no", 5, YPROTO_AUTH, NULL},       {"\x03", 1, YPROTO_QUERY_AWARENESS, ""},
      {"\x64rest", 5, YPROTO_UNKNOWN, "rest"},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct yproto_message m;
    assert_int_equal(decode(cases[i].bytes, cases[i].len, &m), 0);
    assert_int_equal(m.kind, cases[i].kind);
    if (!cases[i].data) continue;
    assert_int_equal(m.len, strlen(cases[i].data));
    if (m.len) assert_memory_equal(m.data, cases[i].data, m.len);
  }
  struct yproto_message m;
  assert_int_equal(decode("\x10\xac\x02", 3, &m), 0);
  assert_int_equal(m.kind, YPROTO_SAVED);
  assert_int_equal(m.token, 300);
}

static void cut_overlong_and_unknown_messages_are_malformed(void **state) {
  (void)state;
  static const struct {
    const char *bytes;
    size_t len;
  } cases[] = {
      {"", 0},
      {"\x80", 1},
      {"\x00", 1},
      {"\x00\x03\x00", 3},
      {"\x00\x00", 2},
      {"\x00\x00\x02s", 4},
      {"\x00\x00\x01sX", 5},
      {"\x01\x02x", 3},
      {"\x01\x00x", 3},
      {"\x03x", 2},
      {"\x10", 1},
      {"\x10\x01x", 3},
      {"\x00\x02\xff\xff\xff\xff\xff\xff\xff\x0f", 10},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct yproto_message m;
    assert_int_equal(decode(cases[i].bytes, cases[i].len, &m), ERR_MALFORMED);
  }
}

static void a_varuint_holds_up_to_2_to_the_53_minus_1(void **state) {
  (void)state;
  static const uint64_t values[] = {0, 1, 127, 128, 300, 16383, 16384, UINT32_MAX, (UINT64_C(1) << 53) - 1};
  for (size_t i = 0; i < COUNT_OF(values); i++) {
    struct buf b = BUF_INIT;
    uint64_t value;
    size_t pos = 0;
    assert_int_equal(buf_append_varuint(&b, values[i]), 0);
    assert_int_equal(yproto_read_varuint(b.data, b.len, &pos, &value), 0);
    assert_true(value == values[i] && pos == b.len);
    buf_deinit(&b);
  }
  static const char *const bad[] = {"\x80\x80\x80\x80\x80\x80\x80\x10", "\xff\xff\xff\xff\xff\xff\xff\xff\x01",
                                    "\x80\x80\x80\x80\x80\x80\x80\x80\x01", "\x80"};
  for (size_t i = 0; i < COUNT_OF(bad); i++) {
    uint64_t value;
    size_t pos = 0;
    assert_int_equal(yproto_read_varuint((const uint8_t *)bad[i], strlen(bad[i]), &pos, &value), ERR_MALFORMED);
    assert_int_equal(pos, 0);
  }
}

static void what_we_append_we_decode(void **state) {
  (void)state;
  int (*const append[])(struct buf *, const uint8_t *, size_t) = {yproto_append_step1, yproto_append_step2,
                                                                  yproto_append_update, yproto_append_awareness};
  static const enum yproto_kind kinds[] = {YPROTO_SYNC_STEP1, YPROTO_SYNC_STEP2, YPROTO_UPDATE, YPROTO_AWARENESS};
  uint8_t data[300];
  memset(data, 7, sizeof(data));
  for (size_t i = 0; i < COUNT_OF(kinds); i++) {
    for (size_t len = 0; len <= sizeof(data); len += 50) {
      struct buf b = BUF_INIT;
      struct yproto_message m;
      assert_int_equal(append[i](&b, len ? data : NULL, len), 0);
      assert_int_equal(yproto_decode(b.data, b.len, &m, NULL), 0);
      assert_int_equal(m.kind, kinds[i]);
      assert_int_equal(m.len, len);
      buf_deinit(&b);
    }
  }
  struct buf b = BUF_INIT;
  struct yproto_message m;
  assert_int_equal(yproto_append_saved(&b, (UINT64_C(1) << 53) - 1), 0);
  assert_int_equal(yproto_decode(b.data, b.len, &m, NULL), 0);
  assert_true(m.kind == YPROTO_SAVED && m.token == (UINT64_C(1) << 53) - 1);
  buf_deinit(&b);
}

static void awareness_entries_come_back_one_by_one(void **state) {
  (void)state;
  struct buf b = BUF_INIT;
  const struct yproto_awareness_entry in[] = {{1, 2, (const uint8_t *)"{}", 2},
                                              {(UINT64_C(1) << 53) - 1, 300, (const uint8_t *)"null", 4},
                                              {5, 0, (const uint8_t *)"\"é\"", 4}};
  assert_int_equal(buf_append_varuint(&b, COUNT_OF(in)), 0);
  for (size_t i = 0; i < COUNT_OF(in); i++) assert_int_equal(yproto_awareness_append(&b, &in[i]), 0);
  size_t pos = 0;
  uint64_t count;
  assert_int_equal(yproto_awareness_count(b.data, b.len, &pos, &count), 0);
  assert_int_equal(count, COUNT_OF(in));
  for (size_t i = 0; i < COUNT_OF(in); i++) {
    struct yproto_awareness_entry e;
    assert_int_equal(yproto_awareness_next(b.data, b.len, &pos, &e), 0);
    assert_true(e.client == in[i].client && e.clock == in[i].clock && e.json_len == in[i].json_len);
    assert_memory_equal(e.json, in[i].json, e.json_len);
  }
  assert_int_equal(pos, b.len);
  struct yproto_awareness_entry e;
  assert_int_equal(yproto_awareness_next(b.data, b.len, &pos, &e), ERR_MALFORMED);
  buf_deinit(&b);
}

static void awareness_that_lies_about_itself_is_malformed(void **state) {
  (void)state;
  size_t pos = 0;
  uint64_t count;
  struct yproto_awareness_entry e;
  const uint8_t *many = (const uint8_t *)"\x02\x01\x01\x00"; /* two entries do not fit */
  assert_int_equal(yproto_awareness_count(many, 4, &pos, &count), ERR_MALFORMED);
  assert_int_equal(yproto_awareness_next((const uint8_t *)"\x01\x01\x05{}", 5, &pos, &e), ERR_MALFORMED);
  assert_int_equal(yproto_awareness_next((const uint8_t *)"\x01\x01\x01\xff", 4, &pos, &e), ERR_MALFORMED);
  assert_int_equal(pos, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_message_is_told_apart),
      cmocka_unit_test(cut_overlong_and_unknown_messages_are_malformed),
      cmocka_unit_test(a_varuint_holds_up_to_2_to_the_53_minus_1),
      cmocka_unit_test(what_we_append_we_decode),
      cmocka_unit_test(awareness_entries_come_back_one_by_one),
      cmocka_unit_test(awareness_that_lies_about_itself_is_malformed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
