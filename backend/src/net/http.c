/* SPDX-License-Identifier: MIT */
#include "net/http.h"

#include <event2/event.h>
#include <event2/http.h>
#include <event2/listener.h>
#include <stdlib.h>

#include "base/clock.h"
#include "net/conn.h"

#define LISTENERS_MAX 8
#define WRITE_TIMEOUT_S 60

struct http {
  struct net_ctx *net;
  struct evhttp *ev;
  http_request_fn handler;
  void *ctx;
  struct conns *conns;
  struct evhttp_bound_socket *bound[LISTENERS_MAX];
  size_t bound_count;
};

/* Requests. */

static enum method method_of(struct evhttp_request *ev) {
  switch (evhttp_request_get_command(ev)) {
  case EVHTTP_REQ_HEAD: return METHOD_HEAD;
  case EVHTTP_REQ_POST: return METHOD_POST;
  case EVHTTP_REQ_PUT: return METHOD_PUT;
  case EVHTTP_REQ_PATCH: return METHOD_PATCH;
  case EVHTTP_REQ_DELETE: return METHOD_DELETE;
  case EVHTTP_REQ_OPTIONS: return METHOD_OPTIONS;
  default: return METHOD_GET; /* the guard lets nothing else through */
  }
}

static struct request *request_of(struct net_ctx *net, const struct conn *c, struct evhttp_request *ev) {
  struct request *r = calloc(1, sizeof(*r));
  if (!r) return NULL;
  const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(ev);
  const char *path = uri ? evhttp_uri_get_path(uri) : NULL;
  *r = (struct request){.net = net,
                        .ev = ev,
                        .method = method_of(ev),
                        .conn_id = conn_id(c),
                        .started_us = clock_mono_us(),
                        .path = path && *path ? path : "/",
                        .query = uri ? evhttp_uri_get_query(uri) : NULL,
                        .close = conn_over_limit(c),
                        .registry = net->registry};
  return r;
}

static void on_request(struct evhttp_request *ev, void *ctx) {
  struct http *http = ctx;
  loop_turn_begin(http->net->loop);
  struct conn *c = conns_find(http->conns, ev);
  if (!c) {
    evhttp_send_error(ev, 503, NULL);
    return;
  }
  struct request *r = request_of(http->net, c, ev);
  if (!r) {
    conn_refuse(c, 503, "The server ran out of memory.");
    return;
  }
  conn_begin_request(c, r);
  if (conn_over_limit(c)) {
    request_reply_detail(r, 503, "This server has as many connections as it accepts: try again later.");
  } else {
    http->handler(http->ctx, r);
  }
}

/* Life of the whole. */

/* The limits are past the guard's own, which answers in JSON. */
static void configure(struct http *http) {
  const struct limits *limits = &http->net->config->limits;
  evhttp_set_max_headers_size(http->ev, (ev_ssize_t)limits->header_max_bytes + 1024);
  evhttp_set_max_body_size(http->ev, (ev_ssize_t)limits->body_max_bytes);
  evhttp_set_timeout(http->ev, WRITE_TIMEOUT_S);
  evhttp_set_default_content_type(http->ev, NULL);
  evhttp_set_allowed_methods(http->ev, EVHTTP_REQ_GET | EVHTTP_REQ_HEAD | EVHTTP_REQ_POST | EVHTTP_REQ_PUT |
                                           EVHTTP_REQ_PATCH | EVHTTP_REQ_DELETE | EVHTTP_REQ_OPTIONS);
  evhttp_set_bevcb(http->ev, conns_accept, http->conns);
  evhttp_set_gencb(http->ev, on_request, http);
}

int http_create(struct net_ctx *net, http_request_fn handler, void *ctx, struct http **out) {
  struct http *http = calloc(1, sizeof(*http));
  if (!http) return ERR_NOMEM;
  *http = (struct http){.net = net, .handler = handler, .ctx = ctx};
  http->ev = evhttp_new(loop_peek_event_base(net->loop));
  if (!http->ev || conns_create(net, &http->conns) != 0) {
    http_destroy(http);
    return ERR_NOMEM;
  }
  configure(http);
  *out = http;
  return 0;
}

int http_listen(struct http *http, struct evconnlistener *listener) {
  if (http->bound_count == LISTENERS_MAX) return ERR_FULL;
  struct evhttp_bound_socket *bound = evhttp_bind_listener(http->ev, listener);
  if (!bound) return ERR_NOMEM;
  http->bound[http->bound_count++] = bound;
  return 0;
}

void http_tick(struct http *http) {
  for (size_t i = 0; i < http->bound_count; i++)
    evconnlistener_enable(evhttp_bound_socket_get_listener(http->bound[i]));
}

void http_stop_accepting(struct http *http) {
  while (http->bound_count) evhttp_del_accept_socket(http->ev, http->bound[--http->bound_count]);
  conns_close_idle(http->conns);
}

void http_destroy(struct http *http) {
  if (!http) return;
  if (http->conns) conns_settle(http->conns);
  if (http->ev) evhttp_free(http->ev);
  conns_destroy(http->conns);
  free(http);
}
