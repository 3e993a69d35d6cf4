/* SPDX-License-Identifier: MIT */
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

/* What is past a limit gets its documented answer, and a connection beside it notices nothing. */

static struct fixture f;

static void small_limits(struct config *config) {
  config->limits.header_max_bytes = 2048;
  config->limits.header_timeout_ms = 400;
  config->limits.body_max_bytes = 65536;
  config->limits.connections_max = 8;
  config->limits.ping_interval_ms = 3600000;
  config->limits.outbox_max_bytes = 1u << 20;
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

/* The status of the answer to these bytes; the connection must be closed then. */
static int status_and_end(const char *bytes) {
  struct client c;
  struct answer a;
  client_open(&f, &c);
  client_send(&c, bytes, strlen(bytes));
  client_answer(&c, false, &a);
  int status = a.status;
  assert_string_equal(answer_header(&a, "Content-Type"), "application/json");
  assert_memory_equal(a.body.data, "{\"detail\":", 10);
  assert_true(client_wait_eof(&c));
  answer_deinit(&a);
  client_close(&c);
  return status;
}

static void refuses_heads_that_are_too_large(void **state) {
  (void)state;
  char head[4096];
  snprintf(head, sizeof(head), "GET /liveness HTTP/1.1\r\nHost: x\r\nX: %03000d\r\n\r\n", 1);
  assert_int_equal(status_and_end(head), 431);
  memset(head, 'a', sizeof(head) - 1);
  memcpy(head, "GET /", 5);
  head[sizeof(head) - 1] = 0;
  assert_int_equal(status_and_end(head), 431);
}

static void refuses_bodies_that_are_too_large(void **state) {
  (void)state;
  assert_int_equal(status_and_end("POST /api/v1/rooms HTTP/1.1\r\nHost: x\r\nContent-Length: 65537\r\n\r\n"), 413);
  assert_int_equal(
      status_and_end("POST /api/v1/rooms HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n"), 413);
  assert_int_equal(
      status_and_end("POST /api/v1/rooms HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 70000\r\n\r\n"),
      413);
}

static void answers_413_while_the_body_is_still_coming(void **state) {
  (void)state;
  struct client c;
  struct answer a;
  static char body[300000];
  client_open(&f, &c);
  client_print(&c, "POST /api/v1/rooms HTTP/1.1\r\nHost: x\r\nContent-Length: %zu\r\n\r\n", sizeof(body));
  client_send(&c, body, sizeof(body));
  client_answer(&c, false, &a);
  assert_int_equal(a.status, 413);
  answer_deinit(&a);
  client_close(&c);
}

static void refuses_chunked_bodies_that_are_too_large(void **state) {
  (void)state;
  struct client c;
  static char chunk[70000];
  memset(chunk, 'x', sizeof(chunk));
  client_open(&f, &c);
  client_print(&c, "POST /api/v1/rooms HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n11170\r\n");
  client_send(&c, chunk, sizeof(chunk));
  assert_true(client_wait_text(&c, "HTTP/1.1 413 "));
  client_close(&c);
}

static void refuses_requests_that_could_be_read_in_two_ways(void **state) {
  (void)state;
  assert_int_equal(
      status_and_end("POST /api/v1/rooms HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 5\r\n\r\n{}GET"),
      400);
  assert_int_equal(
      status_and_end("POST /api/v1/rooms HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n{}"),
      400);
  assert_int_equal(
      status_and_end("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
      400);
  assert_int_equal(status_and_end("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: +2\r\n\r\n{}"), 400);
  assert_int_equal(status_and_end("POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
                   501);
  assert_int_equal(status_and_end("GET /liveness HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nGET /"), 400);
  assert_int_equal(status_and_end("GET /liveness HTTP/1.1\r\nHost: x\r\n folded: y\r\n\r\n"), 400);
  assert_int_equal(status_and_end("GET /liveness HTTP/1.1\r\nHost : x\r\n\r\n"), 400);
  assert_int_equal(status_and_end("GET /liveness HTTP/1.1\r\n\r\n"), 400);
  assert_int_equal(status_and_end("BREW /pot HTTP/1.1\r\nHost: x\r\n\r\n"), 501);
  assert_int_equal(status_and_end("GET /liveness HTTP/2.0\r\nHost: x\r\n\r\n"), 505);
  assert_int_equal(status_and_end("nonsense\r\n\r\n"), 400);
}

static void refuses_them_behind_another_request_too(void **state) {
  (void)state;
  struct client c;
  struct answer a;
  client_open(&f, &c);
  client_print(&c, "GET /liveness HTTP/1.1\r\nHost: x\r\n\r\n"
                   "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 5\r\n\r\n{}GET");
  client_answer(&c, false, &a);
  assert_int_equal(a.status, 200);
  answer_deinit(&a);
  client_answer(&c, false, &a);
  assert_int_equal(a.status, 400);
  answer_deinit(&a);
  assert_true(client_wait_eof(&c));
  client_close(&c);
}

static void gives_slow_heads_and_bodies_a_deadline(void **state) {
  (void)state;
  struct client c;
  struct answer a;
  client_open(&f, &c);
  for (const char *p = "GET /liveness HTTP/1.1\r\nHost: x"; *p && !c.eof; p++) {
    client_send(&c, p, 1);
    client_run(&c, 30);
  }
  client_answer(&c, false, &a);
  assert_int_equal(a.status, 408);
  answer_deinit(&a);
  assert_true(client_wait_eof(&c));
  client_close(&c);
  client_open(&f, &c);
  client_print(&c, "POST /api/v1/rooms HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
  client_answer(&c, false, &a);
  assert_int_equal(a.status, 408);
  answer_deinit(&a);
  client_close(&c);
  client_open(&f, &c);
  assert_true(client_wait_eof(&c)); /* silent from the start */
  assert_int_equal(c.in.len, 0);
  client_close(&c);
}

static void gives_what_comes_behind_an_answer_a_deadline(void **state) {
  (void)state;
  struct client c;
  struct answer a;
  client_open(&f, &c);
  client_print(&c, "GET /liveness HTTP/1.1\r\nHost: x\r\n\r\n");
  client_answer(&c, false, &a);
  assert_int_equal(a.status, 200);
  answer_deinit(&a);
  client_print(&c, "GET /liveness HTTP/1.1\r\nHo");
  client_answer(&c, false, &a);
  assert_int_equal(a.status, 408);
  answer_deinit(&a);
  assert_true(client_wait_eof(&c));
  client_close(&c);
}

#define LARGE 500000

static uint8_t *put_size(uint8_t *at, size_t size) {
  *at++ = (uint8_t)(size | 0x80);
  *at++ = (uint8_t)(size >> 7 | 0x80);
  *at++ = (uint8_t)(size >> 14);
  return at;
}

/* A text of LARGE bytes. Another client id each time, so that every update says something new. */
static void send_large_update(struct client *c, uint8_t number) {
  static uint8_t message[LARGE + 64];
  const uint8_t item[] = {1, 1, number, 0, 4, 1, 1, 'n'};
  uint8_t *at = message;
  *at++ = 0;
  *at++ = 2; /* sync, update */
  at = put_size(at, sizeof(item) + 3 + LARGE + 1);
  memcpy(at, item, sizeof(item));
  at = put_size(at + sizeof(item), LARGE);
  memset(at, 'x', LARGE);
  at[LARGE] = 0; /* nothing is deleted */
  client_frame(c, 0x80 | WS_BINARY, message, (size_t)(at - message) + LARGE + 1);
}

static void finishes_a_frame_for_a_slow_reader_and_closes_1013(void **state) {
  (void)state;
  char id[65], path[128];
  struct client slow, writer;
  struct answer a;
  struct frame frame;
  int little = 65536;
  make_room(&f, "x", id);
  snprintf(path, sizeof(path), "/api/v1/yjs/%s", id);
  client_open(&f, &slow);
  assert_int_equal(setsockopt(slow.fd, SOL_SOCKET, SO_RCVBUF, &little, sizeof(little)), 0);
  assert_int_equal(client_upgrade(&slow, path, ""), 101);
  client_open(&f, &writer);
  assert_int_equal(client_upgrade(&writer, path, ""), 101);
  for (uint8_t i = 1; i <= 24; i++) send_large_update(&writer, i);
  client_run(&writer, 1500); /* the slow one reads nothing, until the server's tick has looked at it */
  snprintf(path, sizeof(path), "/api/v1/rooms/%s", id);
  exchange(&f, "GET", path, "", NULL, 0, &a);
  assert_non_null(strstr((const char *)a.body.data, "\"members\":1,"));
  answer_deinit(&a);
  size_t large = 0;
  uint16_t code = 0;
  while (client_next_frame(&slow, &frame)) {
    if (frame.opcode == WS_CLOSE) code = (uint16_t)(frame.data.data[0] << 8 | frame.data.data[1]);
    if (frame.data.len > LARGE) large++;
    buf_deinit(&frame.data);
    if (code) break;
  }
  assert_int_equal(code, WS_CLOSE_TRY_LATER);
  assert_in_range(large, 1, 23); /* what the socket had taken, whole; the others are dropped */
  client_frame(&writer, 0x80 | WS_CLOSE, "\x03\xe8", 2);
  assert_int_equal(client_close_code(&writer), 1000);
  client_close(&slow);
  client_close(&writer);
}

static void refuses_connections_past_the_limit(void **state) {
  (void)state;
  struct client open[8];
  struct answer a;
  for (size_t i = 0; i < 8; i++) client_open(&f, &open[i]);
  client_run(&open[0], 30);
  exchange(&f, "GET", "/liveness", "", NULL, 0, &a);
  assert_int_equal(a.status, 503);
  assert_string_equal(answer_header(&a, "Connection"), "close");
  answer_deinit(&a);
  for (size_t i = 0; i < 8; i++) client_close(&open[i]);
  client_open(&f, &open[0]);
  client_run(&open[0], 50);
  client_close(&open[0]);
  exchange(&f, "GET", "/liveness", "", NULL, 0, &a);
  assert_int_equal(a.status, 200);
  answer_deinit(&a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(refuses_heads_that_are_too_large),
      cmocka_unit_test(refuses_bodies_that_are_too_large),
      cmocka_unit_test(answers_413_while_the_body_is_still_coming),
      cmocka_unit_test(refuses_chunked_bodies_that_are_too_large),
      cmocka_unit_test(refuses_requests_that_could_be_read_in_two_ways),
      cmocka_unit_test(refuses_them_behind_another_request_too),
      cmocka_unit_test(gives_slow_heads_and_bodies_a_deadline),
      cmocka_unit_test(gives_what_comes_behind_an_answer_a_deadline),
      cmocka_unit_test(finishes_a_frame_for_a_slow_reader_and_closes_1013),
      cmocka_unit_test(refuses_connections_past_the_limit),
  };
  return cmocka_run_group_tests_name("net/limits", tests, start, stop);
}
