/* SPDX-License-Identifier: MIT */
#include "base/clock.h"
#include "base/support.h"
#include "wire/client_frame.h"
#include "wire/ws_frame.h"

enum { MAX_MESSAGE = 1000 };

/* What the decoder made of some bytes, as text: one line an event. */
static struct buf transcript(const struct buf *in, uint64_t max_message, size_t step, struct rng *r) {
  struct ws_decoder d;
  struct buf out = BUF_INIT;
  ws_decoder_init(&d, max_message);
  for (size_t at = 0; at < in->len;) {
    size_t chunk = step ? step : 1 + rng_below(r, 40);
    if (chunk > in->len - at) chunk = in->len - at;
    uint8_t *copy = malloc(chunk); /* exactly as large as it is, for the sanitizer */
    memcpy(copy, in->data + at, chunk);
    for (size_t pos = 0; pos < chunk;) {
      size_t used;
      struct ws_event ev;
      assert_int_equal(ws_decoder_feed(&d, copy + pos, chunk - pos, &used, &ev), 0);
      assert_true(used > 0 && used <= chunk - pos);
      pos += used;
      if (ev.kind == WS_EVENT_NONE) continue;
      assert_int_equal(buf_printf(&out, "%d %d %d %.*s %s\n", (int)ev.kind, ev.binary, ev.code, (int)ev.len,
                                  (const char *)ev.data, ev.reason ? ev.reason : ""),
                       0);
    }
    ws_decoder_trim(&d);
    free(copy);
    at += chunk;
  }
  ws_decoder_deinit(&d);
  return out;
}

/* The events of @in, which must be the same however it is split. */
static struct buf decode(struct buf *in, uint64_t max_message) {
  struct buf whole = transcript(in, max_message, in->len + 1, NULL);
  for (size_t step = 1; step < 9; step++) {
    struct buf split = transcript(in, max_message, step, NULL);
    assert_int_equal(buf_append_byte(&split, 0), 0);
    split.len--;
    assert_buf_is(&whole, (const char *)split.data);
    buf_deinit(&split);
  }
  return whole;
}

static void expect(struct buf *in, const char *events) {
  struct buf out = decode(in, MAX_MESSAGE);
  assert_buf_is(&out, events);
  buf_deinit(&out);
  buf_deinit(in);
}

static void expect_error(struct buf *in, unsigned code) {
  struct buf out = decode(in, MAX_MESSAGE);
  char want[32];
  snprintf(want, sizeof(want), "%d 0 %u ", WS_EVENT_ERROR, code);
  if (out.len < strlen(want) || memcmp(out.data, want, strlen(want)) != 0)
    fail_msg("\"%.*s\" does not begin with \"%s\"", (int)out.len, out.data ? (char *)out.data : "", want);
  assert_ptr_equal(memchr(out.data, '\n', out.len), out.data + out.len - 1); /* nothing after an error */
  buf_deinit(&out);
  buf_deinit(in);
}

static struct buf frame(unsigned first, const char *payload, size_t len) {
  struct buf b = BUF_INIT;
  append_client_frame(&b, first, payload, len);
  return b;
}

static void raw_error(const char *bytes, size_t len, unsigned code) {
  struct buf b = BUF_INIT;
  assert_int_equal(buf_append(&b, bytes, len), 0);
  expect_error(&b, code);
}

static void whole_messages_come_out_as_they_went_in(void **state) {
  (void)state;
  struct buf b = frame(0x81, "hello", 5);
  append_client_frame(&b, 0x82, "", 0);
  append_client_frame(&b, 0x81, "", 0);
  append_client_frame(&b, 0x82, "abcdefghijklmnopqrst", 20);
  expect(&b, "1 0 0 hello \n1 1 0  \n1 0 0  \n1 1 0 abcdefghijklmnopqrst \n");
}

static void the_samples_of_the_rfc_are_decoded(void **state) {
  (void)state;
  static const char masked_hello[] = "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"; /* section 5.7 */
  struct buf b = BUF_INIT;
  assert_int_equal(buf_append(&b, masked_hello, sizeof(masked_hello) - 1), 0);
  expect(&b, "1 0 0 Hello \n");
}

static void fragments_are_joined_and_control_frames_may_stand_between(void **state) {
  (void)state;
  struct buf b = frame(0x01, "ab", 2);
  append_client_frame(&b, 0x89, "ping", 4);
  append_client_frame(&b, 0x00, "", 0);
  append_client_frame(&b, 0x8a, "pong", 4);
  append_client_frame(&b, 0x80, "cd", 2);
  append_client_frame(&b, 0x02, "", 0);
  append_client_frame(&b, 0x80, "e", 1);
  append_client_frame(&b, 0x82, "f", 1);
  expect(&b, "2 0 0 ping \n3 0 0 pong \n1 0 0 abcd \n1 1 0 e \n1 1 0 f \n");
}

static void a_character_may_be_cut_by_fragments(void **state) {
  (void)state;
  struct buf b = frame(0x01, "x\xf0\x9f", 3);
  append_client_frame(&b, 0x80, "\x98\x80y", 3);
  expect(&b, "1 0 0 x😀y \n");
}

static void frames_against_the_protocol_end_with_1002(void **state) {
  (void)state;
  raw_error("\x81\x05hello", 7, 1002); /* not masked */
  for (unsigned rsv = 0x10; rsv <= 0x40; rsv <<= 1) {
    struct buf b = frame(0x81 | rsv, "x", 1);
    expect_error(&b, 1002);
  }
  static const unsigned unknown[] = {3, 4, 5, 6, 7, 11, 12, 13, 14, 15};
  for (size_t i = 0; i < COUNT_OF(unknown); i++) {
    struct buf b = frame(0x80 | unknown[i], "x", 1);
    expect_error(&b, 1002);
  }
  for (unsigned opcode = 8; opcode <= 10; opcode++) {
    struct buf fragmented = frame(opcode, "", 0);
    expect_error(&fragmented, 1002);
    char large[126] = {0};
    struct buf too_long = frame(0x80 | opcode, large, sizeof(large));
    expect_error(&too_long, 1002);
  }
  struct buf b = frame(0x80, "no start", 8);
  expect_error(&b, 1002);
  b = frame(0x01, "one", 3);
  append_client_frame(&b, 0x81, "two", 3);
  expect_error(&b, 1002);
}

static void lengths_must_be_in_their_shortest_form_and_below_2_to_the_63(void **state) {
  (void)state;
  raw_error("\x82\xfe\x00\x7dmask", 8, 1002);
  raw_error("\x82\xff\x00\x00\x00\x00\x00\x00\xff\xffmask", 14, 1002);
  raw_error("\x82\xff\x80\x00\x00\x00\x00\x00\x00\x00mask", 14, 1002);
}

static void a_message_past_the_limit_is_refused_by_its_header(void **state) {
  (void)state;
  raw_error("\x82\xfe\x03\xe9mask", 8, 1009);                          /* 1001 */
  raw_error("\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xffmask", 14, 1009); /* 2^63-1 */
  char half[600] = {0};
  struct buf b = frame(0x02, half, sizeof(half));
  append_client_frame(&b, 0x80, half, 401);
  expect_error(&b, 1009);
  b = frame(0x02, half, sizeof(half));
  append_client_frame(&b, 0x80, half, 400);
  struct buf out = decode(&b, MAX_MESSAGE);
  assert_memory_equal(out.data, "1 1 0 ", 6);
  buf_deinit(&out);
  buf_deinit(&b);
}

static void text_that_is_not_utf8_ends_with_1007_at_the_first_wrong_byte(void **state) {
  (void)state;
  struct buf b = frame(0x81, "\xff", 1);
  expect_error(&b, 1007);
  b = frame(0x81, "ab\xf0\x9f", 4); /* cut short */
  expect_error(&b, 1007);
  b = frame(0x01, "\xed\xa0", 2); /* a surrogate, although the message goes on */
  expect_error(&b, 1007);
  b = frame(0x82, "\xff", 1);
  struct buf out = decode(&b, MAX_MESSAGE);
  assert_memory_equal(out.data, "1 1 0 \xff", 7);
  buf_deinit(&out);
  b.len = 0;
  append_client_frame(&b, 0x81, "\xc0 and a long rest", 17);
  b.len = 7; /* header and one byte of payload are enough */
  expect_error(&b, 1007);
}

static void close_frames_are_checked(void **state) {
  (void)state;
  struct buf b = frame(0x88, "", 0);
  expect(&b, "4 0 1005  \n");
  b = frame(0x88,
            "\x03\xe8"
            "bye",
            5);
  append_client_frame(&b, 0x81, "ignored", 7);
  expect(&b, "4 0 1000 bye \n");
  b = frame(0x88, "\x03", 1);
  expect_error(&b, 1002);
  b = frame(0x88, "\x03\xe8\xff", 3);
  expect_error(&b, 1007);
  static const unsigned good[] = {1000, 1001, 1002, 1003, 1007, 1011, 1013, 1014, 3000, 4400, 4999};
  static const unsigned bad[] = {0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535};
  for (size_t i = 0; i < COUNT_OF(good); i++) {
    char payload[] = {(char)(good[i] >> 8), (char)good[i]}, want[32];
    snprintf(want, sizeof(want), "4 0 %u  \n", good[i]);
    b = frame(0x88, payload, 2);
    expect(&b, want);
  }
  for (size_t i = 0; i < COUNT_OF(bad); i++) {
    char payload[] = {(char)(bad[i] >> 8), (char)bad[i]};
    b = frame(0x88, payload, 2);
    expect_error(&b, 1002);
  }
}

static void a_whole_message_is_lent_from_the_input_without_a_copy(void **state) {
  (void)state;
  struct buf b = frame(0x82, "payload", 7);
  struct ws_decoder d;
  ws_decoder_init(&d, MAX_MESSAGE);
  size_t used;
  struct ws_event ev;
  assert_int_equal(ws_decoder_feed(&d, b.data, b.len, &used, &ev), 0);
  assert_ptr_equal(ev.data, b.data + 6);
  assert_int_equal(d.partial.cap, 0);
  ws_decoder_deinit(&d);
  buf_deinit(&b);
}

static void trimming_leaves_an_idle_decoder_without_memory_and_a_busy_one_intact(void **state) {
  (void)state;
  struct buf b = frame(0x81, "payload", 7);
  struct ws_decoder d;
  ws_decoder_init(&d, MAX_MESSAGE);
  size_t used;
  struct ws_event ev;
  assert_int_equal(ws_decoder_feed(&d, b.data, 8, &used, &ev), 0);
  ws_decoder_trim(&d);
  assert_int_equal(d.partial.len, 2);
  assert_int_equal(ws_decoder_feed(&d, b.data + 8, b.len - 8, &used, &ev), 0);
  assert_memory_equal(ev.data, "payload", 7);
  ws_decoder_trim(&d);
  assert_int_equal(d.partial.cap, 0);
  ws_decoder_deinit(&d);
  buf_deinit(&b);
}

static void random_streams_decode_the_same_in_any_split(void **state) {
  (void)state;
  struct rng r = rng_of_test(23);
  static const unsigned firsts[] = {0x81, 0x82, 0x01, 0x02, 0x00, 0x80, 0x89, 0x8a, 0x88, 0x83, 0xc1};
  for (int round = 0; round < 2000; round++) {
    struct buf in = BUF_INIT;
    for (size_t frames = 1 + rng_below(&r, 6); frames > 0; frames--) {
      char payload[300];
      size_t len = rng_below(&r, 4) ? rng_below(&r, 20) : rng_below(&r, sizeof(payload));
      for (size_t i = 0; i < len; i++)
        payload[i] = (char)(rng_below(&r, 60) ? 'a' + rng_below(&r, 26) : rng_below(&r, 256));
      /* mostly what a well-behaved client sends */
      append_client_frame(&in, firsts[rng_below(&r, rng_below(&r, 3) ? 7 : COUNT_OF(firsts))], payload, len);
    }
    struct buf whole = transcript(&in, 200, in.len, NULL), split = transcript(&in, 200, 0, &r);
    assert_int_equal(whole.len, split.len);
    if (whole.len) assert_memory_equal(whole.data, split.data, whole.len);
    buf_deinit(&in);
    buf_deinit(&whole);
    buf_deinit(&split);
  }
}

static void headers_use_the_shortest_length(void **state) {
  (void)state;
  static const struct {
    uint64_t len;
    size_t size;
    const char *bytes;
  } cases[] = {{0, 2, "\x82\x00"},
               {125, 2, "\x82\x7d"},
               {126, 4, "\x82\x7e\x00\x7e"},
               {65535, 4, "\x82\x7e\xff\xff"},
               {65536, 10, "\x82\x7f\x00\x00\x00\x00\x00\x01\x00\x00"}};
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    uint8_t out[WS_HEADER_MAX_BYTES];
    assert_int_equal(ws_frame_header(out, WS_BINARY, cases[i].len), cases[i].size);
    assert_memory_equal(out, cases[i].bytes, cases[i].size);
  }
}

static void close_reasons_are_cut_at_a_character(void **state) {
  (void)state;
  char reason[200] = "";
  for (int i = 0; i < 60; i++) strcat(reason, "é"); /* 120 bytes */
  strcat(reason, "a😀b");                            /* the cut falls inside the face */
  uint8_t frame[WS_CLOSE_FRAME_MAX_BYTES];
  assert_int_equal(ws_frame_close(frame, 4413, reason), 2 + 2 + 121);
  assert_memory_equal(frame, "\x88\x7b\x11\x3d", 4);
  assert_memory_equal(frame + 4, reason, 121);
  assert_int_equal(ws_frame_close(frame, WS_CLOSE_NO_STATUS, "not sent"), 2);
  assert_memory_equal(frame, "\x88\x00", 2);
}

static void the_handshake_key_is_answered_as_the_rfc_says(void **state) {
  (void)state;
  char out[29];
  assert_int_equal(ws_accept_key("dGhlIHNhbXBsZSBub25jZQ==", out), 0); /* section 1.3 */
  assert_string_equal(out, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  static const char *const bad[] = {"",
                                    "dGhlIHNhbXBsZSBub25jZQ=",
                                    "dGhlIHNhbXBsZSBub25jZQ===",
                                    "dGhlIHNhbXBsZSBub25jZQaa",
                                    "dGhlIHNhbXBsZSBub2 jZQ==",
                                    "dGhlIHNhbXBsZSBub2=jZQ=="};
  for (size_t i = 0; i < COUNT_OF(bad); i++) assert_int_equal(ws_accept_key(bad[i], out), ERR_MALFORMED);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(whole_messages_come_out_as_they_went_in),
      cmocka_unit_test(the_samples_of_the_rfc_are_decoded),
      cmocka_unit_test(fragments_are_joined_and_control_frames_may_stand_between),
      cmocka_unit_test(a_character_may_be_cut_by_fragments),
      cmocka_unit_test(frames_against_the_protocol_end_with_1002),
      cmocka_unit_test(lengths_must_be_in_their_shortest_form_and_below_2_to_the_63),
      cmocka_unit_test(a_message_past_the_limit_is_refused_by_its_header),
      cmocka_unit_test(text_that_is_not_utf8_ends_with_1007_at_the_first_wrong_byte),
      cmocka_unit_test(close_frames_are_checked),
      cmocka_unit_test(a_whole_message_is_lent_from_the_input_without_a_copy),
      cmocka_unit_test(trimming_leaves_an_idle_decoder_without_memory_and_a_busy_one_intact),
      cmocka_unit_test(random_streams_decode_the_same_in_any_split),
      cmocka_unit_test(headers_use_the_shortest_length),
      cmocka_unit_test(close_reasons_are_cut_at_a_character),
      cmocka_unit_test(the_handshake_key_is_answered_as_the_rfc_says),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
