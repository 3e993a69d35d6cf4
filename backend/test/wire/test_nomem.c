/* SPDX-License-Identifier: MIT */
#include "base/failing_alloc.h"
#include "wire/ws_frame.h"
#include "wire/yproto.h"

static int receive_fragments(void) {
  static const uint8_t bytes[] = {0x02, 0x82, 0,   0,   0,    0,    'a', 'b', 0x89, 0x82, 0,   0,
                                  0,    0,    'p', 'q', 0x80, 0x82, 0,   0,   0,    0,    'c', 'd'};
  struct ws_decoder d;
  ws_decoder_init(&d, 1000);
  int err = 0;
  for (size_t at = 0; at < sizeof(bytes) && !err; at++) {
    uint8_t byte = bytes[at];
    size_t used;
    struct ws_event ev;
    err = ws_decoder_feed(&d, &byte, 1, &used, &ev);
  }
  ws_decoder_deinit(&d);
  return err;
}

static int send_frames(void) {
  struct buf out = BUF_INIT;
  char accept[29];
  int err = ws_frame_append(&out, WS_TEXT, "text", 4);
  if (!err) err = ws_accept_key("dGhlIHNhbXBsZSBub25jZQ==", accept);
  buf_deinit(&out);
  return err;
}

static int append_messages(void) {
  struct buf out = BUF_INIT;
  uint8_t update[100] = {0};
  int err = 0;
  for (int i = 0; i < 10 && !err; i++) {
    size_t before = out.len;
    err = yproto_append_update(&out, update, sizeof(update));
    if (err) assert_int_equal(out.len, before);
  }
  buf_deinit(&out);
  return err;
}

static void the_codecs_survive_each_allocation_failing(void **state) {
  (void)state;
  fail_each_allocation(receive_fragments);
  fail_each_allocation(send_frames);
  fail_each_allocation(append_messages);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(the_codecs_survive_each_allocation_failing)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
