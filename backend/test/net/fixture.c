/* SPDX-License-Identifier: MIT */
#include "fixture.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "store/sqlite.h"
#include "wire/ws_frame.h"

#define PATIENCE_MS 5000

static void on_dirty(void *ctx) {
  struct fixture *f = ctx;
  loop_defer_schedule(f->flush);
}

static void on_flush(void *ctx) {
  struct fixture *f = ctx;
  registry_flush(f->registry, clock_mono_ms());
}

/* An engine that knows one word: what the routes do with an engine is tested here, not the engine. */
static int suggest(void *self, const struct assist_request *request, struct assist_list *out) {
  (void)self;
  struct assist_suggestion *items = calloc(1, sizeof(*items));
  if (!items) return ERR_NOMEM;
  items[0] = (struct assist_suggestion){"my_func", "my_func", "used once", ASSIST_FUNCTION};
  *out = (struct assist_list){items, 1, request->language ? "python" : "plaintext", request->cursor_utf16,
                              request->code_len};
  return 0;
}

static void configure(struct fixture *f, void (*adjust)(struct config *config)) {
  f->config.limits = LIMITS_DEFAULT;
  f->config.log_level = LOG_ERROR;
  f->config.host = strdup("127.0.0.1");
  assert_non_null(f->config.host);
  if (adjust) adjust(&f->config);
  log_init(STDERR_FILENO, f->config.log_level, LOG_TEXT);
}

void fixture_start(struct fixture *f, void (*adjust)(struct config *config)) {
  *f = (struct fixture){.assist = {.suggest = suggest}};
  struct buf error = BUF_INIT;
  configure(f, adjust);
  strcpy(f->dir, "/tmp/yoke-net-XXXXXX");
  assert_non_null(mkdtemp(f->dir));
  assert_int_equal(metrics_create(&f->metrics), 0);
  assert_int_equal(loop_create(f->metrics, &f->loop), 0);
  assert_int_equal(loop_defer_create(f->loop, on_flush, f, &f->flush), 0);
  const struct sqlite_store_options store = {
      .data_dir = f->dir, .loop = f->loop, .metrics = f->metrics, .limits = &f->config.limits};
  assert_int_equal(sqlite_store_create(&store, &f->store, &error), 0);
  const struct registry_options registry = {.store = f->store,
                                            .metrics = f->metrics,
                                            .limits = &f->config.limits,
                                            .on_dirty = on_dirty,
                                            .ctx = f,
                                            .now_us = clock_mono_us};
  assert_int_equal(registry_create(&registry, &f->registry), 0);
  const struct server_options server = {.loop = f->loop,
                                        .registry = f->registry,
                                        .store = f->store,
                                        .assist = &f->assist,
                                        .metrics = f->metrics,
                                        .config = &f->config,
                                        .assets = assets_table,
                                        .asset_count = assets_count};
  assert_int_equal(server_create(&server, &f->server, &error), 0);
  if (server_bind(f->server, f->config.host, f->config.port, &error) != 0)
    fail_msg("%.*s", (int)error.len, (const char *)error.data);
  f->port = server_port(f->server);
  buf_deinit(&error);
}

static void remove_dir(const char *dir) {
  char command[128];
  snprintf(command, sizeof(command), "rm -rf '%s'", dir);
  if (system(command) != 0) print_message("%s is left behind\n", dir);
}

void fixture_stop(struct fixture *f) {
  server_stop_accepting(f->server);
  server_destroy(f->server);
  store_destroy(f->store);
  registry_destroy(f->registry);
  loop_defer_destroy(f->flush);
  loop_destroy(f->loop);
  metrics_destroy(f->metrics);
  free(f->config.host);
  remove_dir(f->dir);
}

/* Clients. */

void client_open(struct fixture *f, struct client *c) {
  *c = (struct client){.f = f, .fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(f->port)};
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  assert_int_equal(connect(c->fd, (struct sockaddr *)&to, sizeof(to)), 0);
  assert_true(fcntl(c->fd, F_SETFL, O_NONBLOCK) == 0);
}

void client_close(struct client *c) {
  if (c->fd >= 0) close(c->fd);
  buf_deinit(&c->in);
  c->fd = -1;
}

static void pull(struct client *c) {
  char bytes[65536];
  for (;;) {
    ssize_t n = recv(c->fd, bytes, sizeof(bytes), 0);
    if (n > 0) {
      assert_int_equal(buf_append(&c->in, bytes, (size_t)n), 0);
      assert_int_equal(buf_append_byte(&c->in, 0), 0);
      c->in.len--;
      continue;
    }
    if (n == 0 || (errno != EAGAIN && errno != EINTR)) c->eof = true;
    return;
  }
}

static void turn(struct client *c) {
  assert_int_equal(loop_run_once(c->f->loop, 2), 0);
  if (!c->eof) pull(c);
}

void client_run(struct client *c, uint64_t ms) {
  for (uint64_t end = clock_mono_ms() + ms; clock_mono_ms() < end;) turn(c);
}

bool client_wait_bytes(struct client *c, size_t len) {
  uint64_t end = clock_mono_ms() + PATIENCE_MS;
  while (c->in.len < len && !c->eof && clock_mono_ms() < end) turn(c);
  return c->in.len >= len;
}

bool client_wait_text(struct client *c, const char *text) {
  uint64_t end = clock_mono_ms() + PATIENCE_MS;
  while (!(c->in.len && strstr((const char *)c->in.data, text))) {
    if (c->eof || clock_mono_ms() >= end) return false;
    turn(c);
  }
  return true;
}

bool client_wait_eof(struct client *c) {
  uint64_t end = clock_mono_ms() + PATIENCE_MS;
  while (!c->eof && clock_mono_ms() < end) turn(c);
  return c->eof;
}

void client_send(struct client *c, const void *data, size_t len) {
  const char *at = data;
  uint64_t end = clock_mono_ms() + PATIENCE_MS;
  while (len && clock_mono_ms() < end) {
    ssize_t n = send(c->fd, at, len, MSG_NOSIGNAL);
    if (n > 0) {
      at += n;
      len -= (size_t)n;
    } else if (errno != EAGAIN) {
      return; /* the server closed: the test looks at its answer */
    } else {
      turn(c);
    }
  }
}

void client_print(struct client *c, const char *format, ...) {
  char text[8192];
  va_list args;
  va_start(args, format);
  int n = vsnprintf(text, sizeof(text), format, args);
  va_end(args);
  assert_true(n >= 0 && n < (int)sizeof(text));
  client_send(c, text, (size_t)n);
}

/* Answers. */

const char *answer_header(const struct answer *a, const char *name) {
  static char value[1024];
  size_t len = strlen(name);
  for (const char *line = strchr(a->head, '\n'); line; line = strchr(line + 1, '\n')) {
    if (strncasecmp(line + 1, name, len) != 0 || line[1 + len] != ':') continue;
    const char *start = line + 2 + len;
    start += strspn(start, " ");
    snprintf(value, sizeof(value), "%.*s", (int)strcspn(start, "\r\n"), start);
    return value;
  }
  return NULL;
}

void client_answer(struct client *c, bool head_only, struct answer *out) {
  *out = (struct answer){0};
  if (!client_wait_text(c, "\r\n\r\n"))
    fail_msg("no answer; got: %s", c->in.len ? (const char *)c->in.data : "nothing");
  size_t head = (size_t)(strstr((const char *)c->in.data, "\r\n\r\n") + 4 - (const char *)c->in.data);
  assert_true(head < sizeof(out->head));
  memcpy(out->head, c->in.data, head);
  buf_consume(&c->in, head);
  assert_int_equal(sscanf(out->head, "HTTP/1.%*d %d", &out->status), 1);
  const char *length = answer_header(out, "Content-Length");
  size_t len = length && !head_only && out->status != 304 ? strtoul(length, NULL, 10) : 0;
  assert_true(client_wait_bytes(c, len));
  if (len) assert_int_equal(buf_append(&out->body, c->in.data, len), 0);
  assert_int_equal(buf_append_byte(&out->body, 0), 0);
  out->body.len--;
  if (len) {
    buf_consume(&c->in, len);
    if (c->in.cap > c->in.len) c->in.data[c->in.len] = 0;
  }
}

void answer_deinit(struct answer *a) {
  buf_deinit(&a->body);
}

void exchange(struct fixture *f, const char *method, const char *path, const char *headers, const void *body,
              size_t body_len, struct answer *out) {
  struct client c;
  client_open(f, &c);
  client_print(&c, "%s %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n%s", method, path, f->port, headers);
  if (body) client_print(&c, "Content-Length: %zu\r\n", body_len);
  client_send(&c, "\r\n", 2);
  if (body_len) client_send(&c, body, body_len);
  client_answer(&c, strcmp(method, "HEAD") == 0, out);
  client_close(&c);
}

void make_room(struct fixture *f, const char *code, char id[static 65]) {
  struct answer a;
  char body[1024];
  snprintf(body, sizeof(body), "{\"name\":\"A room\",\"language\":\"python\",\"code\":\"%s\"}", code);
  exchange(f, "POST", "/api/v1/rooms",
           "x-username: rahul\r\nx-usermail: rahul@example.org\r\nContent-Type: application/json\r\n", body,
           strlen(body), &a);
  if (a.status != 201) fail_msg("%d %s", a.status, (const char *)a.body.data);
  const char *at = strstr((const char *)a.body.data, "\"room_id\":\"");
  assert_non_null(at);
  assert_int_equal(sscanf(at + 11, "%64[A-Za-z0-9_-]", id), 1);
  answer_deinit(&a);
}

/* WebSockets. */

int client_upgrade(struct client *c, const char *path, const char *headers) {
  struct answer a;
  client_print(c,
               "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n"
               "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s\r\n",
               path, c->f->port, headers);
  client_answer(c, false, &a);
  if (a.status == 101) assert_string_equal(answer_header(&a, "Sec-WebSocket-Accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  answer_deinit(&a);
  return a.status;
}

void client_frame(struct client *c, uint8_t first_byte, const void *data, size_t len) {
  static const uint8_t mask[4] = {1, 2, 3, 4};
  struct buf out = BUF_INIT;
  assert_int_equal(buf_append_byte(&out, first_byte), 0);
  if (len < 126) {
    assert_int_equal(buf_append_byte(&out, (uint8_t)(0x80 | len)), 0);
  } else {
    bool small = len < 65536;
    assert_int_equal(buf_append_byte(&out, small ? 0x80 | 126 : 0x80 | 127), 0);
    for (int shift = small ? 8 : 56; shift >= 0; shift -= 8)
      assert_int_equal(buf_append_byte(&out, (uint8_t)((uint64_t)len >> shift)), 0);
  }
  assert_int_equal(buf_append(&out, mask, 4), 0);
  assert_int_equal(buf_append(&out, data, len), 0);
  for (size_t i = 0; i < len; i++) out.data[out.len - len + i] ^= mask[i % 4];
  client_send(c, out.data, out.len);
  buf_deinit(&out);
}

static bool next_frame(struct client *c, struct frame *out) {
  *out = (struct frame){0};
  if (!client_wait_bytes(c, 2)) return false;
  assert_int_equal(c->in.data[1] & 0x80, 0);
  size_t size = c->in.data[1] & 0x7f;
  size_t header = size == 127 ? 10 : size == 126 ? 4 : 2;
  if (!client_wait_bytes(c, header)) return false;
  if (header > 2) {
    size = 0;
    for (size_t i = 2; i < header; i++) size = size << 8 | c->in.data[i];
  }
  if (!client_wait_bytes(c, header + size)) return false;
  out->opcode = c->in.data[0] & 0x0f;
  if (size) assert_int_equal(buf_append(&out->data, c->in.data + header, size), 0);
  assert_int_equal(buf_append_byte(&out->data, 0), 0);
  out->data.len--;
  buf_consume(&c->in, header + size);
  return true;
}

/* As every client does: the ping behind a plain text is answered and not shown. */
bool client_next_frame(struct client *c, struct frame *out) {
  while (next_frame(c, out)) {
    if (out->opcode != WS_PING || out->data.len == 0) return true;
    client_frame(c, 0x80 | WS_PONG, out->data.data, out->data.len);
    buf_deinit(&out->data);
  }
  return false;
}

uint16_t client_close_code(struct client *c) {
  struct frame frame;
  while (client_next_frame(c, &frame)) {
    uint16_t code = WS_CLOSE_NO_STATUS;
    if (frame.data.len >= 2) code = (uint16_t)(frame.data.data[0] << 8 | frame.data.data[1]);
    uint8_t opcode = frame.opcode;
    buf_deinit(&frame.data);
    if (opcode == WS_CLOSE) return code;
  }
  return 0;
}
