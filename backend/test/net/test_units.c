/* SPDX-License-Identifier: MIT */
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "net/api.h"
#include "net/etag.h"
#include "net/frame_cursor.h"
#include "net/handshake.h"
#include "net/head_guard.h"
#include "net/identity.h"
#include "net/openapi.h"
#include "net/origin.h"
#include "net/path.h"
#include "net/web_file.h"

static bool accepted(const char *origin, const char *host) {
  static char *const allowed[] = {"https://pair.example.org"};
  struct origin_rules rules = {.host = host,
                               .port = 8000,
                               .public_url = "https://code.example.org/yoke",
                               .allowed = allowed,
                               .allowed_count = 1};
  return origin_accepted(origin, &rules);
}

static void accepts_the_origins_that_are_ours(void **state) {
  (void)state;
  assert_true(accepted(NULL, "localhost:8000"));
  assert_true(accepted("http://localhost:3000", "localhost:8000"));
  assert_true(accepted("http://localhost:8000", "x"));
  assert_true(accepted("http://127.0.0.1:8000", "x"));
  assert_true(accepted("http://[::1]:8000", "x"));
  assert_true(accepted("http://192.168.1.7:8000", "192.168.1.7:8000"));
  assert_true(accepted("http://[fe80::1]:9000", "[fe80::1]:9000"));
  assert_true(accepted("http://10.0.0.1", "10.0.0.1"));
  assert_true(accepted("https://code.example.org", "x"));
  assert_true(accepted("https://CODE.example.org:443", "x"));
  assert_true(accepted("https://pair.example.org", "x"));
}

static void refuses_foreign_origins(void **state) {
  (void)state;
  static const char *const foreign[] = {"null",
                                        "",
                                        "https://evil.example",
                                        "http://localhost:3001",
                                        "http://127.0.0.1:3000",
                                        "http://code.example.org",
                                        "https://code.example.org.evil.example",
                                        "https://code.example.org:444",
                                        "https://pair.example.org/x",
                                        "file://",
                                        "http://localhost:8000@evil.example",
                                        "http://localhost:99999",
                                        "http://localhost:"};
  for (size_t i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++) {
    if (accepted(foreign[i], "evil.example:8000")) fail_msg("accepted %s", foreign[i]);
  }
  assert_false(accepted("http://evil.example:8000", "evil.example:8000")); /* a name may be rebound */
  assert_false(accepted("http://192.168.1.7:8000", "192.168.1.7:8001"));
}

static void decodes_paths_with_care(void **state) {
  (void)state;
  struct buf out = BUF_INIT;
  assert_int_equal(path_decode(&out, "a%2Fb%20c+%C3%B6", 16), 0);
  assert_string_equal((char *)out.data, "a/b c+\xc3\xb6");
  static const char *const bad[] = {"%", "%2", "%zz", "%00", "%ff", "a%C3"};
  for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
    buf_clear(&out);
    assert_int_equal(path_decode(&out, bad[i], strlen(bad[i])), ERR_MALFORMED);
  }
  buf_clear(&out);
  assert_int_equal(path_query_value("x=1&name=A+b%21&y", "name", &out), 0);
  assert_string_equal((char *)out.data, "A b!");
  assert_int_equal(path_query_value("xname=1", "name", &out), ERR_NOT_FOUND);
  buf_deinit(&out);
  assert_true(path_is_safe("assets/a.js"));
  static const char *const unsafe[] = {"..", "a/../b", "a//b", "./a", "a\\b", "a\nb"};
  for (size_t i = 0; i < sizeof(unsafe) / sizeof(unsafe[0]); i++) assert_false(path_is_safe(unsafe[i]));
}

static void finds_routes_and_what_is_allowed(void **state) {
  (void)state;
  struct router_match m;
  router_find(api_routes, api_route_count, METHOD_HEAD, "/api/v1/rooms/abc", &m);
  assert_non_null(m.route);
  assert_int_equal(m.room_id_len, 3);
  router_find(api_routes, api_route_count, METHOD_PUT, "/api/v1/rooms/abc/files/a/b", &m);
  assert_non_null(m.route);
  assert_string_equal(m.rest, "a/b");
  router_find(api_routes, api_route_count, METHOD_PUT, "/api/v1/rooms/abc", &m);
  assert_null(m.route);
  char allow[ROUTER_ALLOW_MAX];
  router_allow(m.allowed, allow);
  assert_string_equal(allow, "GET, HEAD, PATCH, DELETE, OPTIONS");
  static const char *const none[] = {"/api/v1/rooms/", "/api/v1/rooms/abc/", "/api/v1/roomsx", "/api/v1/rooms/a/files/",
                                     "/"};
  for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
    router_find(api_routes, api_route_count, METHOD_GET, none[i], &m);
    assert_int_equal(m.allowed, 0);
  }
}

static void decides_handshakes(void **state) {
  (void)state;
  struct handshake_request r = {
      .upgrade = "WebSocket", .connection = "keep-alive, upGrade", .version = "13", .key = "dGhlIHNhbXBsZSBub25jZQ=="};
  struct handshake_answer a;
  assert_int_equal(handshake_decide(&r, &a), 0);
  assert_true(a.plain);
  assert_null(a.protocol);
  assert_string_equal(a.accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  r.always_yjs = true;
  assert_int_equal(handshake_decide(&r, &a), 0);
  assert_false(a.plain);
  r.protocols = "yjs, yoke.v1";
  assert_int_equal(handshake_decide(&r, &a), 0);
  assert_string_equal(a.protocol, "yoke.v1");
  r.version = "8";
  assert_int_equal(handshake_decide(&r, &a), ERR_PROTOCOL);
  assert_int_equal(a.status, 426);
  r.version = "13";
  r.key = "AAAA";
  assert_int_equal(handshake_decide(&r, &a), ERR_PROTOCOL);
  assert_int_equal(a.status, 400);
  r.connection = "close";
  assert_int_equal(handshake_decide(&r, &a), ERR_PROTOCOL);
  assert_int_equal(a.status, 426);
}

static void guards_heads_in_pieces_of_any_size(void **state) {
  (void)state;
  static const char good[] = "POST /a HTTP/1.1\r\nHost: x\r\ncontent-length: 7\r\n\r\n";
  static const char bad[] = "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 7\r\nCONTENT-LENGTH: 7\r\n\r\n";
  for (size_t piece = 1; piece < sizeof(bad); piece++) {
    struct head_guard g;
    head_guard_init(&g, 1000, 1000);
    for (size_t at = 0; at < sizeof(good) - 1; at += piece) {
      size_t left = sizeof(good) - 1 - at;
      assert_int_equal(head_guard_feed(&g, (const uint8_t *)good + at, left < piece ? left : piece), 0);
    }
    assert_true(g.complete && g.status == 0 && g.length == 7);
    head_guard_reset(&g);
    for (size_t at = 0; at < sizeof(bad) - 1; at += piece) {
      size_t left = sizeof(bad) - 1 - at;
      assert_int_equal(head_guard_feed(&g, (const uint8_t *)bad + at, left < piece ? left : piece), 0);
    }
    assert_int_equal(g.status, 400);
    head_guard_deinit(&g);
  }
}

static void reads_names_and_mails(void **state) {
  (void)state;
  struct buf out = BUF_INIT;
  const char *why = NULL;
  assert_int_equal(identity_name("  J%C3%B6rg ", 120, &out, &why), 0);
  assert_string_equal((char *)out.data, "J\xc3\xb6rg");
  assert_int_equal(identity_name("100% me", 120, &out, &why), 0);
  assert_string_equal((char *)out.data, "100% me");
  assert_int_equal(identity_name("%20", 120, &out, &why), ERR_INVALID);
  assert_int_equal(identity_name("\xff", 120, &out, &why), ERR_INVALID);
  assert_int_equal(identity_name("abcd", 3, &out, &why), ERR_INVALID);
  assert_int_equal(identity_mail("rahul_pair_programming@gmail.com", &out, &why), 0);
  static const char *const bad[] = {"a", "@b", "a@", "a@b@c", "a b@c", "a@.c", "a@b..c", "a%0A@b"};
  for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
    assert_int_equal(identity_mail(bad[i], &out, &why), ERR_INVALID);
  buf_deinit(&out);
}

static void compares_etags(void **state) {
  (void)state;
  char tag[40];
  assert_true(etag_listed("\"a\", W/\"b\"", "\"b\""));
  assert_true(etag_listed("*", "\"b\""));
  assert_false(etag_listed("\"a\"", "\"b\""));
  assert_false(etag_listed(NULL, "\"b\""));
  assert_true(etag_single(" \"abc\" ", tag, sizeof(tag)));
  assert_string_equal(tag, "abc");
  assert_false(etag_single("\"a\", \"b\"", tag, sizeof(tag)));
  assert_false(etag_single("W/\"a\"", tag, sizeof(tag)));
}

static void knows_where_a_frame_ends(void **state) {
  (void)state;
  static const uint8_t stream[] = {0x81, 3, 'a', 'b', 'c', 0x82, 126, 0, 2, 'x', 'y', 0x8a, 0};
  static const bool between[] = {0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1};
  struct frame_cursor c = {0};
  for (size_t i = 0; i < sizeof(stream); i++) {
    frame_cursor_feed(&c, &stream[i], 1);
    assert_int_equal(frame_cursor_between(&c), between[i]);
  }
  frame_cursor_feed(&c, stream, 6);
  assert_int_equal(frame_cursor_finish(&c, stream + 6, sizeof(stream) - 6), 5);
}

/* Every route stands in openapi.json, and nothing else does. */
static void describes_exactly_the_routes_there_are(void **state) {
  (void)state;
  static const struct {
    const char *name;
    enum method method;
  } methods[] = {{"get", METHOD_GET},
                 {"post", METHOD_POST},
                 {"put", METHOD_PUT},
                 {"patch", METHOD_PATCH},
                 {"delete", METHOD_DELETE}};
  json_error_t problem;
  json_t *root = json_loadb((const char *)openapi_json, openapi_json_len, 0, &problem);
  assert_non_null(root);
  json_t *paths = json_object_get(root, "paths");
  const char *path, *key;
  json_t *item, *operation;
  size_t described = 0;
  json_object_foreach(paths, path, item) {
    json_object_foreach(item, key, operation) {
      struct router_match m = {0};
      for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
        if (strcmp(methods[i].name, key) == 0) router_find(api_routes, api_route_count, methods[i].method, path, &m);
      }
      if (!m.route || strcmp(m.route->pattern, path) != 0) fail_msg("%s %s is described but not served", key, path);
      assert_non_null(json_object_get(operation, "responses"));
      described++;
    }
  }
  if (described != api_route_count) fail_msg("%zu of %zu routes are described", described, api_route_count);
  json_decref(root);
}

static void serves_nothing_outside_its_folder(void **state) {
  (void)state;
  char dir[] = "/tmp/yoke-web-XXXXXX";
  char path[64];
  struct buf out = BUF_INIT;
  assert_non_null(mkdtemp(dir));
  snprintf(path, sizeof(path), "%s/out", dir);
  assert_int_equal(symlink("/etc/passwd", path), 0);
  assert_int_equal(web_file_read(dir, "/out", &out), ERR_NOT_FOUND);
  assert_int_equal(web_file_read(dir, "/", &out), ERR_NOT_FOUND);
  assert_int_equal(web_file_read(dir, "/none", &out), ERR_NOT_FOUND);
  unlink(path);
  rmdir(dir);
  buf_deinit(&out);
  assert_true(web_is_hashed("/assets/index-3f2a9c10.js"));
  assert_false(web_is_hashed("/theme.js"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(accepts_the_origins_that_are_ours),
      cmocka_unit_test(refuses_foreign_origins),
      cmocka_unit_test(decodes_paths_with_care),
      cmocka_unit_test(finds_routes_and_what_is_allowed),
      cmocka_unit_test(decides_handshakes),
      cmocka_unit_test(guards_heads_in_pieces_of_any_size),
      cmocka_unit_test(reads_names_and_mails),
      cmocka_unit_test(compares_etags),
      cmocka_unit_test(knows_where_a_frame_ends),
      cmocka_unit_test(describes_exactly_the_routes_there_are),
      cmocka_unit_test(serves_nothing_outside_its_folder),
  };
  return cmocka_run_group_tests_name("net/units", tests, NULL, NULL);
}
