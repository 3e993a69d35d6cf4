/* SPDX-License-Identifier: MIT */
#include "net/upgrade.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/http.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "net/conn.h"
#include "net/handshake.h"
#include "net/identity.h"
#include "net/path.h"

struct upgrade {
  struct sessions *sessions;
  struct handshake_answer answer;
};

/* The client's name: x-username, or ?name= for browsers, which cannot set headers. */
static int find_name(struct request *r) {
  const char *why = NULL;
  const char *header = request_header(r, "x-username");
  struct buf value = BUF_INIT;
  int err = header ? buf_append(&value, header, strlen(header) + 1) : path_query_value(r->query, "name", &value);
  if (!err) err = identity_name((const char *)value.data, r->net->config->limits.name_max_chars, &r->name, &why);
  if (err) buf_clear(&r->name);
  buf_deinit(&value);
  return err == ERR_NOMEM ? err : 0;
}

static int append_101(struct session *s, const struct handshake_answer *answer) {
  struct buf out = BUF_INIT;
  int err = buf_printf(&out,
                       "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                       "Sec-WebSocket-Accept: %s\r\n%s%s%s\r\n",
                       answer->accept, answer->protocol ? "Sec-WebSocket-Protocol: " : "",
                       answer->protocol ? answer->protocol : "", answer->protocol ? "\r\n" : "");
  if (!err) err = session_prepend(s, out.data, out.len);
  buf_deinit(&out);
  return err;
}

/* What came behind the handshake lies in the bufferevent. */
static int take_early(struct evhttp_connection *evcon, struct buf *early) {
  struct evbuffer *input = bufferevent_get_input(evhttp_connection_get_bufferevent(evcon));
  size_t len = evbuffer_get_length(input);
  int err = len ? buf_reserve(early, len) : 0;
  if (err || len == 0) return err;
  early->len = (size_t)evbuffer_remove(input, early->data, len);
  return 0;
}

/* evhttp keeps the request until the connection ends: let go of what it holds. */
static void slim(struct evhttp_request *ev) {
  evhttp_clear_headers(evhttp_request_get_input_headers(ev));
  evhttp_clear_headers(evhttp_request_get_output_headers(ev));
}

static void switch_protocols(struct request *r, struct session *s, uint64_t now_ms) {
  struct upgrade *u = r->state;
  struct evhttp_request *ev = r->ev;
  struct evhttp_connection *evcon = evhttp_request_get_connection(ev);
  struct transport transport;
  struct buf early = BUF_INIT;
  transport_init_plain(&transport, evcon);
  int err = append_101(s, &u->answer);
  if (!err) err = session_watch(s, transport.fd);
  if (!err) err = take_early(evcon, &early);
  if (err) {
    session_abandon(s, now_ms);
    request_reply_err(r, err, "room");
    return;
  }
  conn_take_socket(r);
  request_give_away(r, 101);
  slim(ev);
  session_start(s, &transport, early.data, early.len, now_ms);
  buf_deinit(&early);
}

/**
 * A server that is far behind takes nobody in: whoever comes brings edits, and would be closed as soon as it says so.
 * Refused here, clients wait longer from one try to the next.
 */
static bool refuse_while_behind(struct request *r) {
  struct store_status status = {0};
  uint64_t most = r->net->config->limits.store_backlog_max_bytes;
  r->net->store->ops->status(r->net->store, &status);
  if (status.backlog_bytes <= most - most / 8) return false;
  request_reply_detail(r, 503,
                       "The database takes no edits at the moment%s%s, and too many wait for it: try again later.",
                       status.reason[0] ? ": " : "", status.reason);
  return true;
}

static void on_opened(void *ctx, int err, struct room *room) {
  struct request *r = ctx;
  struct registry *registry = r->registry;
  uint64_t now_ms = clock_mono_ms();
  struct session *s = NULL;
  if (err || !r->net) {
    if (!err) registry_release(registry, room, now_ms);
    request_reply_err(r, err ? err : ERR_CANCELLED, "room");
    return;
  }
  if (refuse_while_behind(r)) {
    registry_release(registry, room, now_ms);
    return;
  }
  struct upgrade *u = r->state;
  struct session_options options = {.kind = u->answer.plain ? MEMBER_PLAIN : MEMBER_YJS,
                                    .conn_id = r->conn_id,
                                    .name = r->name.len ? (const char *)r->name.data : ""};
  err = session_join(u->sessions, room, &options, now_ms, &s);
  if (!err) {
    switch_protocols(r, s, now_ms);
  } else if (err == ERR_FULL) {
    request_reply_detail(r, 503, "This room has as many members as it may have: try again later.");
  } else {
    request_reply_err(r, err, "room");
  }
  registry_release(registry, room, now_ms); /* its members keep it */
}

void upgrade_start(struct request *r, struct sessions *sessions, bool always_yjs) {
  struct buf protocols = BUF_INIT;
  struct upgrade *u = calloc(1, sizeof(*u));
  int err = u ? request_header_list(r, "Sec-WebSocket-Protocol", &protocols) : ERR_NOMEM;
  if (!err) err = buf_append_byte(&protocols, 0);
  if (err) {
    free(u);
    buf_deinit(&protocols);
    request_reply_err(r, err, "room");
    return;
  }
  r->state = u;
  r->state_free = free;
  u->sessions = sessions;
  struct handshake_request handshake = {.upgrade = request_header(r, "Upgrade"),
                                        .connection = request_header(r, "Connection"),
                                        .version = request_header(r, "Sec-WebSocket-Version"),
                                        .key = request_header(r, "Sec-WebSocket-Key"),
                                        .protocols = (const char *)protocols.data,
                                        .always_yjs = always_yjs};
  err = handshake_decide(&handshake, &u->answer);
  buf_deinit(&protocols);
  if (err == ERR_PROTOCOL) {
    request_set_header(r, "Sec-WebSocket-Version", "13");
    if (u->answer.status == 426) request_set_header(r, "Upgrade", "websocket");
    request_reply_detail(r, u->answer.status, "%s", u->answer.detail);
    return;
  }
  if (!err && r->room_id[0] == '\0') err = ERR_NOT_FOUND;
  if (!err) err = find_name(r);
  if (!err) err = registry_open(r->registry, r->room_id, on_opened, r);
  if (err) request_reply_err(r, err, "room");
}
