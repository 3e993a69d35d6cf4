/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fixture.h"

#define WHO "x-username: rahul\r\nx-usermail: rahul@example.org\r\n"
#define JSON "Content-Type: application/json\r\n"

static struct fixture f;

static int start(void **state) {
  (void)state;
  fixture_start(&f, NULL);
  return 0;
}

static int stop(void **state) {
  (void)state;
  fixture_stop(&f);
  return 0;
}

/* One exchange; the body must hold @text (may be NULL). */
static void expect(const char *method, const char *path, const char *headers, const char *body, int status,
                   const char *text) {
  struct answer a;
  exchange(&f, method, path, headers, body, body ? strlen(body) : 0, &a);
  if (a.status != status) fail_msg("%s %s: %d instead of %d: %s", method, path, a.status, status, (char *)a.body.data);
  if (text && !strstr((const char *)a.body.data, text))
    fail_msg("%s %s: no %s in %s", method, path, text, (char *)a.body.data);
  answer_deinit(&a);
}

static void creates_a_room_without_a_body(void **state) {
  (void)state;
  struct answer a;
  exchange(&f, "POST", "/api/v1/rooms", WHO "accept: application/json\r\n", NULL, 0, &a);
  assert_int_equal(a.status, 201);
  assert_non_null(strstr((char *)a.body.data, "\"links\":{\"self\":\"/api/v1/rooms/"));
  assert_memory_equal(answer_header(&a, "Location"), "/api/v1/rooms/", 14);
  assert_string_equal(answer_header(&a, "Content-Type"), "application/json");
  answer_deinit(&a);
}

static void names_the_header_that_is_missing_or_wrong(void **state) {
  (void)state;
  expect("POST", "/api/v1/rooms", "", NULL, 422,
         "{\"loc\":[\"header\",\"x-username\"],\"msg\":\"Field required\",\"type\":\"missing\"},"
         "{\"loc\":[\"header\",\"x-usermail\"]");
  expect("POST", "/api/v1/rooms", "x-username: \r\nx-usermail: a@b\r\n", NULL, 422, "[\"header\",\"x-username\"]");
  expect("POST", "/api/v1/rooms", "x-username: a%0Ab\r\nx-usermail: a@b\r\n", NULL, 422, "control");
  expect("POST", "/api/v1/rooms", "x-username: a\r\nx-usermail: nobody\r\n", NULL, 422, "mail address");
  char longest[2000];
  snprintf(longest, sizeof(longest), "x-usermail: a@b\r\nx-username: %0500d\r\n", 1);
  expect("POST", "/api/v1/rooms", longest, NULL, 422, "too long");
}

static void takes_names_as_utf8_or_percent_encoded(void **state) {
  (void)state;
  expect("POST", "/api/v1/rooms", "x-username: J%C3%B6rg\r\nx-usermail: j@example.org\r\n", NULL, 201, "J\xc3\xb6rg");
  expect("POST", "/api/v1/rooms", "x-username: J\xc3\xb6rg\r\nx-usermail: j@example.org\r\n", NULL, 201, "J\xc3\xb6rg");
}

static void refuses_bodies_that_are_not_what_they_should_be(void **state) {
  (void)state;
  expect("POST", "/api/v1/rooms", WHO, "{}", 415, "application/json");
  expect("POST", "/api/v1/rooms", WHO "Content-Type: text/plain\r\n", "{}", 415, NULL);
  expect("POST", "/api/v1/rooms", WHO "Content-Type: application/json; charset=utf-8\r\n", "{}", 201, NULL);
  expect("POST", "/api/v1/rooms", WHO JSON, "{\"name\":", 422, "\"type\":\"json_invalid\"");
  expect("POST", "/api/v1/rooms", WHO JSON, "[]", 422, "\"body\"");
  expect("POST", "/api/v1/rooms", WHO JSON, "{\"name\":1}", 422, "{\"loc\":[\"body\",\"name\"]");
  expect("POST", "/api/v1/rooms", WHO JSON, "{\"language\":\"<b>\"}", 422, "[\"body\",\"language\"]");
}

static void reads_changes_and_lists_rooms(void **state) {
  (void)state;
  char id[65];
  char path[128];
  make_room(&f, "def my_func", id);
  snprintf(path, sizeof(path), "/api/v1/rooms/%s", id);
  expect("GET", path, "", NULL, 200, "\"code\":\"def my_func\"");
  expect("PATCH", path, JSON, "{\"name\":\"Another\",\"language\":\"rust\"}", 200,
         "\"name\":\"Another\",\"language\":\"rust\"");
  expect("GET", path, "", NULL, 200, "\"name\":\"Another\"");
  expect("PATCH", path, JSON, "{}", 422, "missing");
  expect("PATCH", path, JSON, "{\"name\":null}", 422, NULL);
  expect("GET", "/api/v1/rooms", "x-usermail: rahul@example.org\r\n", NULL, 200, id);
  expect("GET", "/api/v1/rooms", "", NULL, 422, "[\"header\",\"x-usermail\"]");
  expect("PUT", path, "", "x", 405, "Method Not Allowed");
}

static void lets_only_the_creator_delete(void **state) {
  (void)state;
  char id[65];
  char path[128];
  make_room(&f, "", id);
  snprintf(path, sizeof(path), "/api/v1/rooms/%s", id);
  expect("DELETE", path, "", NULL, 422, "x-usermail");
  expect("DELETE", path, "x-usermail: other@example.org\r\n", NULL, 403, "created");
  expect("GET", path, "", NULL, 200, NULL);
  expect("DELETE", path, "x-usermail: rahul@example.org\r\n", NULL, 204, NULL);
  expect("GET", path, "", NULL, 404, "{\"detail\":\"There is no such room.\"}");
  expect("DELETE", path, "x-usermail: rahul@example.org\r\n", NULL, 404, NULL);
}

static void answers_404_for_what_is_not_there(void **state) {
  (void)state;
  expect("GET", "/api/v1/rooms/AAAAAAAAAAAAAAAAAAAA", "", NULL, 404, "room");
  expect("GET", "/api/v1/rooms/short", "", NULL, 404, "room");
  expect("GET", "/api/v1/rooms/%2e%2e%2f%2e%2e", "", NULL, 404, "room");
  expect("GET", "/api/v1/nothing", "", NULL, 404, "{\"detail\":\"Not Found\"}");
  expect("GET", "/nothing.js", "", NULL, 404, NULL);
  expect("GET", "/../../etc/passwd", "", NULL, 404, NULL);
  expect("GET", "/%2e%2e/%2e%2e/etc/passwd", "", NULL, 404, NULL);
  expect("POST", "/nothing", "", "x", 404, NULL);
}

static void writes_and_reads_files(void **state) {
  (void)state;
  char id[65];
  char path[256];
  char headers[256];
  struct answer a;
  make_room(&f, "", id);
  snprintf(path, sizeof(path), "/api/v1/rooms/%s/files/src%%2Fb%%20c.py", id);
  exchange(&f, "PUT", path, "Content-Type: text/plain\r\n", "one\r\ntwo\r\n", 10, &a);
  assert_int_equal(a.status, 201);
  assert_non_null(answer_header(&a, "ETag"));
  assert_non_null(strstr(answer_header(&a, "Location"), "/files/src/b%20c.py"));
  answer_deinit(&a);
  exchange(&f, "GET", path, "", NULL, 0, &a);
  assert_int_equal(a.status, 200);
  assert_string_equal((char *)a.body.data, "one\ntwo\n");
  assert_string_equal(answer_header(&a, "Content-Type"), "text/plain; charset=utf-8");
  char etag[80];
  snprintf(etag, sizeof(etag), "%s", answer_header(&a, "ETag"));
  answer_deinit(&a);
  snprintf(headers, sizeof(headers), "If-None-Match: %s\r\n", etag);
  expect("GET", path, headers, NULL, 304, NULL);
  snprintf(headers, sizeof(headers), "If-Match: %s\r\n", etag);
  expect("PUT", path, headers, "one\ntwo\nthree\n", 204, NULL);
  expect("PUT", path, "If-Match: \"00000000000000000000000000000000\"\r\n", "x", 412, "If-Match");
  expect("PUT", path, "If-Match: nonsense\r\n", "x", 412, NULL);
  expect("PUT", path, "If-None-Match: *\r\n", "x", 412, NULL);
  expect("GET", path, "", NULL, 200, "three");
  snprintf(headers, sizeof(headers), "/api/v1/rooms/%s/files", id);
  expect("GET", headers, "", NULL, 200, "\"path\":\"src/b c.py\"");
  expect("DELETE", path, "", NULL, 204, NULL);
  expect("GET", path, "", NULL, 404, "file");
  expect("DELETE", path, "", NULL, 404, NULL);
}

static void refuses_unsafe_paths_and_texts(void **state) {
  (void)state;
  char id[65];
  char path[256];
  make_room(&f, "", id);
  static const char *const bad[] = {"%2Fetc%2Fpasswd", "a/../b", "a/%2e%2e/b", "a%0Ab", "a%00b", "a%zz", "%ff"};
  for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
    snprintf(path, sizeof(path), "/api/v1/rooms/%s/files/%s", id, bad[i]);
    expect("PUT", path, "", "x", 422, "\"path\"");
  }
  snprintf(path, sizeof(path), "/api/v1/rooms/%s/files/a", id);
  expect("PUT", path, "", "\xff\xfe", 422, "UTF-8");
}

static void completes_code(void **state) {
  (void)state;
  expect(
      "POST", "/api/v1/autocomplete", JSON, "{\"code\":\"def my_func\",\"cursorPosition\":12,\"language\":\"python\"}",
      200,
      "{\"suggestions\":[{\"label\":\"my_func\",\"kind\":\"function\",\"insertText\":\"my_func\",\"detail\":\"used once\"}]");
  expect("POST", "/api/v1/autocomplete", JSON, "{\"code\":\"\",\"cursorPosition\":0}", 200, "plaintext");
  expect("POST", "/api/v1/autocomplete", JSON, "{\"code\":\"\",\"cursorPosition\":-1}", 422, "cursorPosition");
  expect("POST", "/api/v1/autocomplete", JSON, "{\"code\":\"\",\"cursorPosition\":\"1\"}", 422, "int_type");
  expect("POST", "/api/v1/autocomplete", JSON, "{\"code\":\"\",\"cursorPosition\":1.5}", 422, "cursorPosition");
  expect("POST", "/api/v1/autocomplete", JSON, "{\"cursorPosition\":1}", 422, "[\"body\",\"code\"]");
  expect("POST", "/api/v1/autocomplete", JSON, "", 422, "missing");
  expect("GET", "/api/v1/autocomplete", "", NULL, 405, NULL);
}

static void tells_how_it_is(void **state) {
  (void)state;
  expect("GET", "/api/v1/liveness", "", NULL, 200, "{\"status\":\"alive\",\"uptime\":");
  expect("GET", "/liveness", "", NULL, 200, "alive");
  expect("GET", "/api/v1/health", "", NULL, 200, "\"database\":{\"kind\":\"sqlite\",\"up\":true");
  expect("GET", "/health", "", NULL, 200, "\"status\":\"ok\"");
  expect("GET", "/metrics", "", NULL, 200, "yoke_http_requests_total{code=\"2xx\"}");
  expect("GET", "/openapi.json", "", NULL, 200, "\"openapi\":\"3.1.0\"");
}

static void answers_head_and_options(void **state) {
  (void)state;
  struct answer a;
  exchange(&f, "HEAD", "/api/v1/liveness", "", NULL, 0, &a);
  assert_int_equal(a.status, 200);
  assert_true(atoi(answer_header(&a, "Content-Length")) > 10);
  answer_deinit(&a);
  exchange(&f, "OPTIONS", "/api/v1/rooms", "", NULL, 0, &a);
  assert_int_equal(a.status, 204);
  assert_string_equal(answer_header(&a, "Allow"), "GET, HEAD, POST, OPTIONS");
  answer_deinit(&a);
}

static void keeps_foreign_origins_out(void **state) {
  (void)state;
  struct answer a;
  expect("POST", "/api/v1/rooms", WHO "Origin: https://evil.example\r\n", NULL, 403, "evil.example");
  expect("POST", "/api/v1/rooms", WHO "Origin: null\r\n", NULL, 403, NULL);
  expect("GET", "/api/v1/liveness", "Origin: https://evil.example\r\n", NULL, 200, NULL);
  exchange(&f, "POST", "/api/v1/rooms", WHO "Origin: http://localhost:3000\r\n", NULL, 0, &a);
  assert_int_equal(a.status, 201);
  assert_string_equal(answer_header(&a, "Access-Control-Allow-Origin"), "http://localhost:3000");
  assert_string_equal(answer_header(&a, "Access-Control-Expose-Headers"), "ETag, Location");
  answer_deinit(&a);
  exchange(&f, "OPTIONS", "/api/v1/rooms", "Origin: http://localhost:3000\r\nAccess-Control-Request-Method: POST\r\n",
           NULL, 0, &a);
  assert_int_equal(a.status, 204);
  assert_non_null(strstr(answer_header(&a, "Access-Control-Allow-Headers"), "x-usermail"));
  answer_deinit(&a);
  expect("OPTIONS", "/api/v1/rooms", "Origin: https://evil.example\r\nAccess-Control-Request-Method: POST\r\n", NULL,
         403, NULL);
}

static void says_when_there_is_no_editor(void **state) {
  (void)state;
  struct answer a;
  exchange(&f, "GET", "/", "", NULL, 0, &a);
  assert_int_equal(a.status, 200);
  if (assets_count == 0) assert_non_null(strstr((char *)a.body.data, "make build"));
  assert_non_null(strstr(answer_header(&a, "Content-Security-Policy"), "frame-ancestors 'none'"));
  assert_string_equal(answer_header(&a, "X-Content-Type-Options"), "nosniff");
  answer_deinit(&a);
}

static void serves_several_requests_on_one_connection(void **state) {
  (void)state;
  struct client c;
  struct answer a;
  client_open(&f, &c);
  client_print(
      &c,
      "GET /liveness HTTP/1.1\r\nHost: x\r\n\r\nGET /nothing HTTP/1.1\r\nHost: x\r\n\r\n"
      "POST /api/v1/autocomplete HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}GET /health HTTP/1.1\r\nHost: x\r\n\r\n");
  static const int statuses[] = {200, 404, 415, 200};
  for (size_t i = 0; i < 4; i++) {
    client_answer(&c, false, &a);
    assert_int_equal(a.status, statuses[i]);
    answer_deinit(&a);
  }
  client_close(&c);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(creates_a_room_without_a_body),
      cmocka_unit_test(names_the_header_that_is_missing_or_wrong),
      cmocka_unit_test(takes_names_as_utf8_or_percent_encoded),
      cmocka_unit_test(refuses_bodies_that_are_not_what_they_should_be),
      cmocka_unit_test(reads_changes_and_lists_rooms),
      cmocka_unit_test(lets_only_the_creator_delete),
      cmocka_unit_test(answers_404_for_what_is_not_there),
      cmocka_unit_test(writes_and_reads_files),
      cmocka_unit_test(refuses_unsafe_paths_and_texts),
      cmocka_unit_test(completes_code),
      cmocka_unit_test(tells_how_it_is),
      cmocka_unit_test(answers_head_and_options),
      cmocka_unit_test(keeps_foreign_origins_out),
      cmocka_unit_test(says_when_there_is_no_editor),
      cmocka_unit_test(serves_several_requests_on_one_connection),
  };
  return cmocka_run_group_tests_name("net/http", tests, start, stop);
}
