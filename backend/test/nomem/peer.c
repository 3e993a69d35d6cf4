/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "peer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "doc.h"
#include "nomem.h"
#include "wire/ws_frame.h"
#include "wire/yproto.h"

enum { PATIENCE_MS = 10000, TRIES = 60 };

/* Sockets ---------------------------------------------------------------------- */

static void dial(struct peer *p) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(p->host->port)};
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  p->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (p->fd < 0 || connect(p->fd, (struct sockaddr *)&to, sizeof to) != 0 || fcntl(p->fd, F_SETFL, O_NONBLOCK) != 0)
    abort();
  if (setsockopt(p->fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int)) != 0) abort(); /* or each second send waits */
  p->eof = p->open = false;
  p->closed = 0;
  p->answers = 0;
  buf_clear(&p->in);
}

void peer_cut(struct peer *p) {
  if (p->fd >= 0) close(p->fd);
  p->fd = -1;
  p->open = false;
}

static void pull(struct peer *p) {
  uint8_t bytes[16384];
  while (p->fd >= 0 && !p->eof) {
    ssize_t n = recv(p->fd, bytes, sizeof bytes, 0);
    if (n > 0 && buf_append(&p->in, bytes, (size_t)n) != 0) abort();
    if (n == 0 || (n < 0 && errno != EAGAIN)) p->eof = true;
    if (n <= 0) return;
  }
}

static void turn(struct peer *p) {
  host_turn(p->host);
  pull(p);
}

static void push(struct peer *p, const void *data, size_t len) {
  const uint8_t *at = data;
  while (len && !p->eof) {
    ssize_t n = send(p->fd, at, len, MSG_NOSIGNAL);
    if (n < 0 && errno != EAGAIN) return; /* closed: what came before tells why */
    if (n > 0) at += n, len -= (size_t)n;
    if (len) turn(p);
  }
}

/* HTTP ------------------------------------------------------------------------- */

void reply_deinit(struct reply *reply) {
  buf_deinit(&reply->body);
}

static size_t header_number(const char *head, const char *name) {
  const char *at = strstr(head, name);
  return at ? strtoul(at + strlen(name), NULL, 10) : 0;
}

/** One answer, or status 0 when the connection ends before it is there. */
static void take_reply(struct peer *p, struct reply *out) {
  uint64_t end = clock_mono_ms() + PATIENCE_MS;
  uint8_t *gap = NULL;
  *out = (struct reply){.status = 0};
  while (!(gap = p->in.len ? memmem(p->in.data, p->in.len, "\r\n\r\n", 4) : NULL) && !p->eof && clock_mono_ms() < end)
    turn(p);
  if (!gap) return;
  size_t head = (size_t)(gap - p->in.data) + 4;
  snprintf(out->head, sizeof out->head, "%.*s", (int)head, (const char *)p->in.data);
  size_t len = header_number(out->head, "Content-Length: ");
  while (p->in.len < head + len && !p->eof && clock_mono_ms() < end) turn(p);
  if (p->in.len < head + len) return;
  if (buf_append(&out->body, p->in.data + head, len) != 0 || buf_append_byte(&out->body, 0) != 0) abort();
  buf_consume(&p->in, head + len);
  if (sscanf(out->head, "HTTP/1.%*d %d", &out->status) != 1) out->status = 0;
}

/** Is this the answer of a server without memory, and was there reason for it? */
static bool refused(const struct reply *r, const char *what) {
  bool told = r->status >= 500 && r->body.len && strstr((const char *)r->body.data, "memory");
  CHECK(r->status, "%s: the connection ended without an answer", what);
  CHECK(r->status < 500 || (told && nomem_failed()), "%s: answered %d %s", what, r->status,
        r->body.len ? (const char *)r->body.data : "");
  return !r->status || r->status >= 500;
}

static void send_request(struct peer *p, const struct ask *ask) {
  char head[1024];
  int n = snprintf(head, sizeof head,
                   "%s %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nx-username: Ann\r\nx-usermail: ann@example.org\r\n%s",
                   ask->method, ask->path, p->host->port, ask->headers ? ask->headers : "");
  if (ask->body) n += snprintf(head + n, sizeof head - (size_t)n, "Content-Length: %zu\r\n", strlen(ask->body));
  n += snprintf(head + n, sizeof head - (size_t)n, "\r\n%s", ask->body ? ask->body : "");
  push(p, head, (size_t)n);
}

void peer_ask(struct host *h, const struct ask *ask, struct reply *out) {
  *out = (struct reply){.status = 0};
  for (int tries = 0; tries < TRIES; tries++) {
    bool failed = false;
    struct peer p = {.host = h, .fd = -1};
    dial(&p);
    for (int i = 0; i < (ask->again ? ask->again : 1) && !failed; i++) {
      reply_deinit(out);
      send_request(&p, ask);
      take_reply(&p, out);
      failed = refused(out, ask->path);
    }
    peer_cut(&p);
    buf_deinit(&p.in);
    host_turn(h);
    if (!failed) return;
  }
  CHECK(false, "%s %s: never answered", ask->method, ask->path);
}

/* Frames ----------------------------------------------------------------------- */

static void append_frame(struct buf *out, enum ws_opcode opcode, const void *data, size_t len) {
  static const uint8_t mask[4] = {1, 2, 3, 4};
  uint8_t header[WS_HEADER_MAX_BYTES];
  size_t header_len = ws_frame_header(header, opcode, len);
  header[1] |= 0x80;
  if (buf_append(out, header, header_len) != 0 || buf_append(out, mask, 4) != 0) abort();
  for (size_t i = 0; i < len; i++)
    if (buf_append_byte(out, ((const uint8_t *)data)[i] ^ mask[i % 4]) != 0) abort();
}

static void send_frame(struct peer *p, enum ws_opcode opcode, const void *data, size_t len) {
  struct buf out = BUF_INIT;
  append_frame(&out, opcode, data, len);
  if (p->fd >= 0) push(p, out.data, out.len);
  buf_deinit(&out);
}

/** In two pieces, of which the second comes a turn later. */
static void send_torn(struct peer *p, enum ws_opcode opcode, const void *data, size_t len) {
  struct buf out = BUF_INIT;
  append_frame(&out, opcode, data, len);
  size_t half = out.len / 2;
  if (p->fd >= 0) push(p, out.data, half);
  if (p->fd >= 0) turn(p);
  if (p->fd >= 0) push(p, out.data + half, out.len - half);
  buf_deinit(&out);
}

static void take_message(struct peer *p, const uint8_t *data, size_t len) {
  struct yproto_message m;
  CHECK(yproto_decode(data, len, &m, NULL) == 0, "the server says what cannot be understood");
  if (m.kind == YPROTO_SYNC_STEP2 || m.kind == YPROTO_UPDATE)
    CHECK(yata_apply_update(p->doc, m.data, m.len, NULL) == 0, "the server sends a broken update");
  if (m.kind == YPROTO_SYNC_STEP2) p->answers++;
  if (m.kind == YPROTO_SAVED && m.token > p->saved) p->saved = m.token;
}

static void take_close(struct peer *p, const uint8_t *data, size_t len) {
  p->closed = (uint16_t)(len >= 2 ? data[0] << 8 | data[1] : WS_CLOSE_NO_STATUS);
  snprintf(p->reason, sizeof p->reason, "%.*s", len >= 2 ? (int)len - 2 : 0, (const char *)data + 2);
}

static void take_frame(struct peer *p, unsigned opcode, const uint8_t *data, size_t len) {
  if (opcode == WS_BINARY) take_message(p, data, len);
  if (opcode == WS_TEXT) snprintf(p->text, sizeof p->text, "%.*s", (int)len, (const char *)data);
  if (opcode == WS_TEXT) p->answers++;
  if (opcode == WS_PING) send_frame(p, WS_PONG, data, len);
  if (opcode == WS_PONG) p->pongs++;
  if (opcode == WS_CLOSE) take_close(p, data, len);
}

/** Everything that has arrived. */
static void take_frames(struct peer *p) {
  while (p->open && !p->closed && p->in.len >= 2) {
    size_t len = p->in.data[1] & 0x7f, head = len == 127 ? 10 : len == 126 ? 4 : 2;
    if (p->in.len < head) return;
    if (head > 2) len = 0;
    for (size_t i = 2; i < head; i++) len = len << 8 | p->in.data[i];
    if (p->in.len < head + len) return;
    take_frame(p, p->in.data[0] & 15, p->in.data + head, len);
    buf_consume(&p->in, head + len);
  }
}

/** A turn, what came in it, and whether the connection still stands. One that ends must have said why. */
static bool step(struct peer *p) {
  if (!p->open) return false;
  turn(p);
  take_frames(p);
  if (!p->closed && !p->eof) return true;
  CHECK(p->closed, "connection %llu: ended without a reason", (unsigned long long)p->number);
  CHECK(!p->closed || (p->closed == WS_CLOSE_INTERNAL && strstr(p->reason, "memory")), "connection %llu: closed %u %s",
        (unsigned long long)p->number, p->closed, p->reason);
  CHECK(nomem_failed(), "connection %llu: closed without need", (unsigned long long)p->number);
  peer_cut(p);
  return false;
}

bool peer_alive(struct peer *p) {
  return step(p);
}

/* WebSockets ------------------------------------------------------------------- */

void peer_init(struct peer *p, struct host *h, const char *room, bool plain, uint64_t number) {
  *p = (struct peer){.host = h, .room = room, .plain = plain, .number = number, .fd = -1};
  p->doc = doc_create(number);
}

void peer_deinit(struct peer *p) {
  peer_cut(p);
  yata_doc_destroy(p->doc);
  buf_deinit(&p->in);
  blob_unref(p->kept);
}

/** The handshake, and right behind it the first message: it must be heard. */
static void ask_upgrade(struct peer *p) {
  static const uint8_t step1[] = {0, 0, 1, 0};
  char head[1024];
  struct buf out = BUF_INIT;
  snprintf(head, sizeof head,
           "GET /api/v1/%s/%s?name=Ann%%20%llu HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nConnection: Upgrade\r\n"
           "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s\r\n",
           p->plain ? "ws" : "yjs", p->room, (unsigned long long)p->number, p->host->port,
           p->plain ? "" : "Sec-WebSocket-Protocol: yoke.v1\r\n");
  if (buf_append_str(&out, head) != 0) abort();
  if (!p->plain) append_frame(&out, WS_BINARY, step1, sizeof step1);
  push(p, out.data, out.len);
  buf_deinit(&out);
}

static bool upgrade(struct peer *p) {
  struct reply reply;
  uint64_t end = clock_mono_ms() + PATIENCE_MS;
  dial(p);
  ask_upgrade(p);
  take_reply(p, &reply);
  p->open = reply.status == 101;
  if (!p->open) {
    CHECK(refused(&reply, "the upgrade"), "the upgrade: answered %d %s", reply.status, (const char *)reply.body.data);
    peer_cut(p);
  }
  reply_deinit(&reply);
  while (p->open && !p->answers && step(p))
    if (clock_mono_ms() > end) break;
  CHECK(!p->open || p->answers, "what came with the upgrade was not heard");
  if (p->open && !p->answers) peer_cut(p);
  return p->open;
}

static void send_state(struct peer *p) {
  struct blob *state = doc_state(p->doc);
  struct buf message = BUF_INIT;
  if (yproto_append_update(&message, state->data, state->len) != 0) abort();
  send_frame(p, WS_BINARY, message.data, message.len);
  buf_deinit(&message);
  blob_unref(state);
}

void peer_connect(struct peer *p) {
  for (int tries = 0; tries < TRIES; tries++) {
    if (p->open && step(p)) return;
    if (upgrade(p) && !p->plain) send_state(p);
  }
  CHECK(p->open, "no connection can be made");
}

void peer_leave(struct peer *p) {
  static const uint8_t going_away[] = {0x03, 0xe9};
  if (p->open) send_frame(p, WS_CLOSE, going_away, sizeof going_away);
  uint64_t end = clock_mono_ms() + PATIENCE_MS;
  while (p->fd >= 0 && !p->eof && clock_mono_ms() < end) turn(p);
  CHECK(p->fd < 0 || p->eof, "the server does not end a connection that the client closed");
  peer_cut(p);
}

/* What people do ----------------------------------------------------------------- */

void peer_edit(struct peer *p, uint32_t at, const char *insert, uint32_t removed) {
  yata_buf update = YATA_BUF_INIT;
  struct buf message = BUF_INIT;
  peer_connect(p);
  doc_edit(p->doc, at, insert, removed, &update);
  if (yproto_append_update(&message, update.data, update.len) != 0) abort();
  if (update.len) send_torn(p, WS_BINARY, message.data, message.len);
  buf_deinit(&message);
  yata_buf_deinit(&update);
  step(p);
}

void peer_say(struct peer *p, const char *text) {
  peer_connect(p);
  send_frame(p, WS_TEXT, text, strlen(text));
  step(p);
}

void peer_aware(struct peer *p) {
  const uint8_t mine[] = {1, 6, 1, (uint8_t)p->number, 1, 2, '{', '}'};
  static const uint8_t query[] = {3};
  peer_connect(p);
  send_frame(p, WS_BINARY, mine, sizeof mine);
  send_frame(p, WS_BINARY, query, sizeof query);
  step(p);
}

void peer_ping(struct peer *p) {
  size_t before = p->pongs;
  peer_connect(p);
  send_frame(p, WS_PING, "here?", 5);
  for (uint64_t end = clock_mono_ms() + PATIENCE_MS; p->pongs == before && step(p) && clock_mono_ms() < end;) {
  }
  CHECK(p->pongs > before || !p->open, "a ping is not answered");
}

static void ask_saved(struct peer *p) {
  static const uint8_t step1[] = {0, 0, 1, 0};
  struct buf message = BUF_INIT;
  send_frame(p, WS_BINARY, step1, sizeof step1);
  send_state(p);
  if (yproto_append_saved(&message, ++p->asked) != 0) abort();
  send_frame(p, WS_BINARY, message.data, message.len);
  buf_deinit(&message);
}

void peer_save(struct peer *p) {
  for (int tries = 0; tries < TRIES; tries++) {
    peer_connect(p);
    struct blob *state = doc_state(p->doc);
    ask_saved(p);
    uint64_t end = clock_mono_ms() + PATIENCE_MS;
    while (p->saved < p->asked && step(p) && clock_mono_ms() < end) {
    }
    bool saved = p->saved == p->asked;
    CHECK(saved || !p->open, "nothing is acknowledged any more");
    if (saved) blob_unref(p->kept);
    if (saved) p->kept = state;
    if (saved) return;
    blob_unref(state);
  }
  CHECK(false, "saving never works");
}
