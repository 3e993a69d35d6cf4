/* SPDX-License-Identifier: MIT */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "base/clock.h"
#include "fixture.h"
#include "wire/ws_frame.h"

#define TEXT (0x80 | WS_TEXT)
#define BINARY (0x80 | WS_BINARY)

static struct fixture f;

static void small_limits(struct config *config) {
  config->limits.message_max_bytes = 100000;
  config->limits.ping_interval_ms = 1000;
  config->limits.ping_timeout_ms = 4000;
  config->limits.members_max = 3;
}

static int start(void **state) {
  (void)state;
  fixture_start(&f, small_limits);
  return 0;
}

static int stop(void **state) {
  (void)state;
  fixture_stop(&f);
  return 0;
}

/* A room with this text and a plain-text client in it that has seen the text. */
static void join_plain(const char *code, char path[static 128], struct client *c) {
  char id[65];
  struct frame frame;
  make_room(&f, code, id);
  snprintf(path, 128, "/api/v1/ws/%s", id);
  client_open(&f, c);
  assert_int_equal(client_upgrade(c, path, "Origin: http://localhost:3000\r\n"), 101);
  assert_true(client_next_frame(c, &frame));
  assert_int_equal(frame.opcode, WS_TEXT);
  assert_string_equal((char *)frame.data.data, code);
  buf_deinit(&frame.data);
}

static int try_upgrade(const char *path, const char *headers) {
  struct client c;
  client_open(&f, &c);
  int status = client_upgrade(&c, path, headers);
  client_close(&c);
  return status;
}

static void shows_the_text_and_passes_changes_on(void **state) {
  (void)state;
  char path[128];
  struct client a, b;
  struct frame frame;
  join_plain("hello", path, &a);
  client_open(&f, &b);
  assert_int_equal(client_upgrade(&b, path, ""), 101);
  assert_true(client_next_frame(&b, &frame));
  buf_deinit(&frame.data);
  client_frame(&a, TEXT, "hello world", 11);
  assert_true(client_next_frame(&b, &frame));
  assert_string_equal((char *)frame.data.data, "hello world");
  buf_deinit(&frame.data);
  client_close(&a);
  client_close(&b);
}

/* The server's end of a client's connection: it lives in this process. */
static int server_end(const struct client *c) {
  struct sockaddr_in ours, peer;
  socklen_t len = sizeof ours;
  assert_int_equal(getsockname(c->fd, (struct sockaddr *)&ours, &len), 0);
  for (int fd = 0; fd < 1024; fd++) {
    len = sizeof peer;
    if (fd != c->fd && getpeername(fd, (struct sockaddr *)&peer, &len) == 0 && peer.sin_family == AF_INET &&
        peer.sin_port == ours.sin_port)
      return fd;
  }
  return -1;
}

static void lets_no_write_wait_for_an_acknowledgement(void **state) {
  (void)state;
  char path[128];
  struct client c;
  join_plain("hello", path, &c);
  int nodelay = 0;
  socklen_t len = sizeof nodelay;
  assert_int_equal(getsockopt(server_end(&c), IPPROTO_TCP, TCP_NODELAY, &nodelay, &len), 0);
  assert_int_not_equal(nodelay, 0);
  client_close(&c);
}

static void speaks_the_y_protocol(void **state) {
  (void)state;
  char id[65], path[128];
  struct client c;
  struct frame frame;
  make_room(&f, "x", id);
  snprintf(path, sizeof(path), "/api/v1/ws/%s", id);
  client_open(&f, &c);
  client_print(
      &c,
      "GET %s HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: foo, yoke.v1\r\n\r\n",
      path);
  struct answer a;
  client_answer(&c, false, &a);
  assert_int_equal(a.status, 101);
  assert_string_equal(answer_header(&a, "Sec-WebSocket-Protocol"), "yoke.v1");
  answer_deinit(&a);
  assert_true(client_next_frame(&c, &frame));
  assert_int_equal(frame.opcode, WS_BINARY);
  assert_memory_equal(frame.data.data, "\0\0", 2); /* sync, step 1 */
  buf_deinit(&frame.data);
  client_frame(&c, BINARY, "\0\0\1\0", 4); /* step 1, empty state vector */
  bool answered = false;
  while (!answered && client_next_frame(&c, &frame)) {
    answered = frame.data.len > 2 && frame.data.data[0] == 0 && frame.data.data[1] == 1;
    buf_deinit(&frame.data);
  }
  assert_true(answered);
  client_close(&c);
  snprintf(path, sizeof(path), "/api/v1/yjs/%s", id);
  client_open(&f, &c);
  assert_int_equal(client_upgrade(&c, path, ""), 101);
  assert_true(client_next_frame(&c, &frame));
  assert_int_equal(frame.opcode, WS_BINARY);
  buf_deinit(&frame.data);
  client_close(&c);
}

static void takes_frames_sent_with_the_handshake(void **state) {
  (void)state;
  char id[65], path[128];
  struct client c;
  struct frame frame;
  make_room(&f, "x", id);
  snprintf(path, sizeof(path), "/api/v1/yjs/%s", id);
  client_open(&f, &c);
  client_print(
      &c,
      "GET %s HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n\x89\x83%c%c%c%c%c%c%c",
      path, 1, 2, 3, 4, 'a' ^ 1, 'b' ^ 2, 'c' ^ 3);
  assert_true(client_wait_text(&c, "\r\n\r\n"));
  size_t head = (size_t)(strstr((char *)c.in.data, "\r\n\r\n") + 4 - (char *)c.in.data);
  buf_consume(&c.in, head);
  bool pong = false;
  while (!pong && client_next_frame(&c, &frame)) {
    pong = frame.opcode == WS_PONG && frame.data.len == 3 && memcmp(frame.data.data, "abc", 3) == 0;
    buf_deinit(&frame.data);
  }
  assert_true(pong);
  client_close(&c);
}

static void refuses_before_the_upgrade(void **state) {
  (void)state;
  char id[65], path[128];
  make_room(&f, "x", id);
  assert_int_equal(try_upgrade("/api/v1/ws/AAAAAAAAAAAAAAAAAAAA", ""), 404);
  assert_int_equal(try_upgrade("/api/v1/ws/short", ""), 404);
  snprintf(path, sizeof(path), "/api/v1/ws/%s", id);
  assert_int_equal(try_upgrade(path, "Origin: https://evil.example\r\n"), 403);
  assert_int_equal(try_upgrade(path, "Origin: null\r\n"), 403);
  struct answer a;
  exchange(&f, "GET", path, "", NULL, 0, &a);
  assert_int_equal(a.status, 426);
  assert_string_equal(answer_header(&a, "Sec-WebSocket-Version"), "13");
  answer_deinit(&a);
  exchange(&f, "GET", path, "Upgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Version: 8\r\n", NULL, 0, &a);
  assert_int_equal(a.status, 426);
  answer_deinit(&a);
  exchange(&f, "GET", path,
           "Upgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short\r\n",
           NULL, 0, &a);
  assert_int_equal(a.status, 400);
  answer_deinit(&a);
}

static void answers_503_when_the_room_is_full(void **state) {
  (void)state;
  char path[128];
  struct client a, b, c;
  join_plain("x", path, &a);
  client_open(&f, &b);
  client_open(&f, &c);
  assert_int_equal(client_upgrade(&b, path, ""), 101);
  assert_int_equal(client_upgrade(&c, path, ""), 101);
  assert_int_equal(try_upgrade(path, ""), 503);
  client_close(&a);
  client_close(&b);
  client_close(&c);
}

/* Send bytes to a fresh connection beside an undisturbed one; the code it is closed with. */
static uint16_t code_after(const void *bytes, size_t len) {
  char path[128];
  struct client calm, c;
  struct frame frame;
  join_plain("calm", path, &calm);
  client_open(&f, &c);
  assert_int_equal(client_upgrade(&c, path, ""), 101);
  client_send(&c, bytes, len);
  uint16_t code = client_close_code(&c);
  client_close(&c);
  client_frame(&calm, 0x80 | WS_PING, "ok", 2);
  bool pong = false;
  while (!pong && client_next_frame(&calm, &frame)) {
    pong = frame.opcode == WS_PONG;
    buf_deinit(&frame.data);
  }
  assert_true(pong);
  client_close(&calm);
  return code;
}

static void closes_1002_for_broken_framing(void **state) {
  (void)state;
  assert_int_equal(code_after("\x81\x01x", 3), 1002);        /* not masked */
  assert_int_equal(code_after("\x83\x80\0\0\0\0", 6), 1002); /* unknown opcode */
  assert_int_equal(code_after("\xc1\x80\0\0\0\0", 6), 1002); /* reserved bit */
  assert_int_equal(code_after("\x09\x80\0\0\0\0", 6), 1002); /* fragmented ping */
  assert_int_equal(code_after("\x80\x80\0\0\0\0", 6), 1002); /* continuation of nothing */
}

static void closes_1007_for_text_that_is_not_utf8(void **state) {
  (void)state;
  assert_int_equal(code_after("\x81\x82\0\0\0\0\xff\xfe", 8), 1007);
}

static void closes_1009_for_a_message_that_is_too_large(void **state) {
  (void)state;
  assert_int_equal(code_after("\x81\xff\0\0\0\0\0\xff\xff\xff\0\0\0\0", 14), 1009);
}

static void closes_1003_for_binary_on_plain_text(void **state) {
  (void)state;
  assert_int_equal(code_after("\x82\x81\0\0\0\0x", 7), 1003);
}

static void answers_the_close_handshake(void **state) {
  (void)state;
  char path[128];
  struct client c;
  join_plain("x", path, &c);
  client_frame(&c, 0x80 | WS_CLOSE,
               "\x03\xe8"
               "bye",
               5);
  assert_int_equal(client_close_code(&c), 1000);
  assert_true(client_wait_eof(&c));
  client_close(&c);
  join_plain("x", path, &c);
  client_frame(&c, 0x80 | WS_CLOSE, "", 0);
  assert_int_equal(client_close_code(&c), WS_CLOSE_NO_STATUS);
  assert_true(client_wait_eof(&c));
  client_close(&c);
}

static void pings_the_silent_and_drops_the_dead(void **state) {
  (void)state;
  char path[128];
  struct client c;
  struct frame frame;
  join_plain("x", path, &c);
  assert_true(client_next_frame(&c, &frame));
  assert_int_equal(frame.opcode, WS_PING);
  buf_deinit(&frame.data);
  uint64_t began = clock_mono_ms();
  while (!c.eof && clock_mono_ms() - began < 8000) client_run(&c, 100);
  assert_true(c.eof);
  client_close(&c);
}

static void survives_clients_that_vanish_while_the_room_opens(void **state) {
  (void)state;
  char id[65];
  make_room(&f, "x", id);
  for (int i = 0; i < 20; i++) {
    struct client c;
    client_open(&f, &c);
    client_print(&c,
                 "GET /api/v1/ws/%s HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                 "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
                 id);
    if (i % 2) {
      struct linger reset = {1, 0};
      setsockopt(c.fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
    }
    if (i % 3) assert_int_equal(loop_run_once(f.loop, 1), 0);
    client_close(&c);
  }
  struct client c;
  client_open(&f, &c);
  client_run(&c, 200);
  client_close(&c);
  client_open(&f, &c);
  client_run(&c, 50);
  assert_int_equal(server_connections(f.server), 1);
  client_close(&c);
}

static void closes_4404_when_the_room_is_deleted(void **state) {
  (void)state;
  char path[128], rest[160];
  struct client c;
  struct answer a;
  join_plain("x", path, &c);
  snprintf(rest, sizeof(rest), "/api/v1/rooms/%s", path + strlen("/api/v1/ws/"));
  exchange(&f, "DELETE", rest, "x-usermail: rahul@example.org\r\n", NULL, 0, &a);
  assert_int_equal(a.status, 204);
  answer_deinit(&a);
  assert_int_equal(client_close_code(&c), 4404);
  client_close(&c);
}

static void remember(void *ctx, int err) {
  *(int *)ctx = err ? err : 1;
}

/* Runs last: the registry opens nothing any more. */
static void closes_1001_at_shutdown(void **state) {
  (void)state;
  char path[128];
  struct client c;
  int done = 0;
  join_plain("x", path, &c);
  server_stop_accepting(f.server);
  registry_shutdown(f.registry, remember, &done);
  assert_int_equal(client_close_code(&c), 1001);
  client_frame(&c, 0x80 | WS_CLOSE, "\x03\xe9", 2);
  assert_true(client_wait_eof(&c));
  client_run(&c, 50);
  assert_int_equal(done, 1);
  assert_int_equal(server_connections(f.server), 0);
  client_close(&c);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(shows_the_text_and_passes_changes_on),
      cmocka_unit_test(lets_no_write_wait_for_an_acknowledgement),
      cmocka_unit_test(speaks_the_y_protocol),
      cmocka_unit_test(takes_frames_sent_with_the_handshake),
      cmocka_unit_test(refuses_before_the_upgrade),
      cmocka_unit_test(answers_503_when_the_room_is_full),
      cmocka_unit_test(closes_1002_for_broken_framing),
      cmocka_unit_test(closes_1007_for_text_that_is_not_utf8),
      cmocka_unit_test(closes_1009_for_a_message_that_is_too_large),
      cmocka_unit_test(closes_1003_for_binary_on_plain_text),
      cmocka_unit_test(answers_the_close_handshake),
      cmocka_unit_test(pings_the_silent_and_drops_the_dead),
      cmocka_unit_test(survives_clients_that_vanish_while_the_room_opens),
      cmocka_unit_test(closes_4404_when_the_room_is_deleted),
      cmocka_unit_test(closes_1001_at_shutdown),
  };
  return cmocka_run_group_tests_name("net/socket", tests, start, stop);
}
