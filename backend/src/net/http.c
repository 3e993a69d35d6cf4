/* SPDX-License-Identifier: MIT */
#include "net/http.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/listener.h>
#include <event2/util.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "net/head_guard.h"
#include "net/linger.h"
#include "net/raw_answer.h"

#define LISTENERS_MAX 8
#define UNSERVED_MAX 64
#define WRITE_TIMEOUT_S 60

enum conn_state {
  CONN_READING, /* between requests, or a request is coming in: the deadline runs */
  CONN_BUSY,    /* a request is with its handler, or its answer is being written */
  CONN_DOOMED   /* answered by us; freed at the end of the turn */
};

struct conn {
  struct http *http;
  struct conn *prev, *next;
  struct bufferevent *bev;
  struct evhttp_connection *evcon; /* NULL until adopted, at the end of the turn it was accepted in */
  struct loop_timer *deadline;
  struct request *request; /* with its handler */
  struct head_guard guard;
  enum conn_state state;
  int fd;
  uint64_t id;
  bool over_limit;
};

struct http {
  struct net_ctx *net;
  struct evhttp *ev;
  http_request_fn handler;
  void *ctx;
  struct conn *first;
  struct conn **by_fd; /* by_fd_cap entries, NULL where the descriptor is not ours */
  size_t by_fd_cap;
  struct loop_defer *end_of_turn; /* adopt and doom */
  /* Accepted in this turn without memory for a struct conn; past UNSERVED_MAX they are evhttp's alone. */
  struct bufferevent *unserved[UNSERVED_MAX];
  size_t unserved_count;
  struct linger_set *linger;
  struct evhttp_bound_socket *bound[LISTENERS_MAX];
  size_t bound_count;
};

static void count_connections(struct net_ctx *net, int64_t delta) {
  net->connections += (uint64_t)delta;
  metric_move(net->count.connections, delta);
}

void http_socket_closed(struct net_ctx *net) {
  count_connections(net, -1);
}

/* Life of a connection. */

static void conn_free(struct conn *c) {
  struct http *http = c->http;
  if (c->fd >= 0 && (size_t)c->fd < http->by_fd_cap && http->by_fd[c->fd] == c) http->by_fd[c->fd] = NULL;
  *(c->prev ? &c->prev->next : &http->first) = c->next;
  if (c->next) c->next->prev = c->prev;
  loop_timer_destroy(c->deadline);
  head_guard_deinit(&c->guard);
  free(c);
}

static void on_evcon_close(struct evhttp_connection *evcon, void *ctx) {
  (void)evcon;
  struct conn *c = ctx;
  if (c->request) {
    c->request->net = NULL;
    c->request->ev = NULL;
    c->request->conn = NULL;
  }
  count_connections(c->http->net, -1);
  conn_free(c);
}

static int index_fd(struct http *http, struct conn *c) {
  size_t fd = (size_t)c->fd;
  if (fd >= http->by_fd_cap) {
    size_t cap = http->by_fd_cap ? http->by_fd_cap : 64;
    while (cap <= fd) cap *= 2;
    struct conn **grown = realloc(http->by_fd, cap * sizeof(struct conn *));
    if (!grown) return ERR_NOMEM;
    memset(grown + http->by_fd_cap, 0, (cap - http->by_fd_cap) * sizeof(struct conn *));
    http->by_fd = grown;
    http->by_fd_cap = cap;
  }
  http->by_fd[fd] = c;
  return 0;
}

/* evhttp made its connection around our bufferevent: learn which. False, and freed, when it had no memory for one. */
static bool adopt(struct conn *c) {
  void *evcon = NULL;
  bufferevent_getcb(c->bev, NULL, NULL, NULL, &evcon);
  if (!evcon) {
    bufferevent_free(c->bev);
    count_connections(c->http->net, -1);
    conn_free(c);
    return false;
  }
  c->evcon = evcon;
  c->fd = bufferevent_getfd(c->bev);
  evhttp_connection_set_closecb(c->evcon, on_evcon_close, c);
  return true;
}

static void answer_raw(const struct conn *c, int status, const char *detail) {
  raw_answer(c->fd, status, detail);
  metric_add(c->http->net->count.requests[status / 100], 1);
}

static void move_to_front(struct conn *c) {
  if (!c->prev) return;
  c->prev->next = c->next;
  if (c->next) c->next->prev = c->prev;
  c->prev = NULL;
  c->next = c->http->first;
  c->next->prev = c;
  c->http->first = c;
}

static void refuse(struct conn *c, int status, const char *detail) {
  log_info(LOG_CONN(NULL, c->id), "request refused with %d: %s", status, detail);
  answer_raw(c, status, detail);
  c->state = CONN_DOOMED;
  move_to_front(c);
  loop_timer_disarm(c->deadline);
  bufferevent_disable(c->bev, EV_READ);
  loop_defer_schedule(c->http->end_of_turn);
}

/* Close; what the peer still sends is read and thrown away by a duplicate of the socket. */
static void end_socket(struct http *http, struct evhttp_connection *evcon, int fd) {
  int copy = dup(fd);
  evhttp_connection_free(evcon);
  if (copy >= 0) linger_take(http->linger, copy);
}

static void conn_end(struct conn *c) {
  end_socket(c->http, c->evcon, c->fd); /* frees c through on_evcon_close */
}

static void end_unserved(struct http *http) {
  while (http->unserved_count) {
    struct bufferevent *bev = http->unserved[--http->unserved_count];
    void *evcon = NULL;
    bufferevent_getcb(bev, NULL, NULL, NULL, &evcon);
    if (!evcon) {
      bufferevent_free(bev);
      continue;
    }
    log_warn(LOG_NONE, "out of memory: a connection is turned away");
    raw_answer_no_memory(bufferevent_getfd(bev));
    end_socket(http, evcon, bufferevent_getfd(bev));
  }
}

static void on_end_of_turn(void *ctx) {
  struct http *http = ctx;
  end_unserved(http);
  for (struct conn *c = http->first, *next; c; c = next) {
    next = c->next;
    if (!c->evcon) {
      if (!adopt(c)) continue;
      if (index_fd(http, c) != 0) {
        answer_raw(c, 503, "The server ran out of memory.");
        c->state = CONN_DOOMED;
      }
    } else if (c->state != CONN_DOOMED) {
      break; /* new ones stand in front, doomed ones are moved there */
    }
    if (c->state == CONN_DOOMED) conn_end(c);
  }
}

/* The guard. */

static void guard_bytes(struct conn *c, struct evbuffer *input, size_t from) {
  struct evbuffer_iovec vec[8];
  struct evbuffer_ptr at;
  size_t len = evbuffer_get_length(input);
  while (from < len && !c->guard.complete && !c->guard.status) {
    if (evbuffer_ptr_set(input, &at, from, EVBUFFER_PTR_SET) < 0) return;
    int n = evbuffer_peek(input, -1, &at, vec, 8);
    for (int i = 0; i < n && i < 8; i++) {
      if (head_guard_feed(&c->guard, vec[i].iov_base, vec[i].iov_len) != 0) {
        c->guard.status = 503;
        c->guard.detail = "The server ran out of memory.";
      }
      from += vec[i].iov_len;
    }
    if (n <= 0) return;
  }
}

static void guard_input(struct conn *c, struct evbuffer *input, size_t from) {
  guard_bytes(c, input, from);
  if (!c->guard.status) return;
  evbuffer_drain(input, evbuffer_get_length(input));
  refuse(c, c->guard.status, c->guard.detail);
}

/* Runs before evhttp sees the bytes. */
static void on_input(struct evbuffer *input, const struct evbuffer_cb_info *info, void *ctx) {
  struct conn *c = ctx;
  if (info->n_added == 0) return;
  loop_turn_begin(c->http->net->loop);
  if (c->state == CONN_DOOMED) {
    evbuffer_drain(input, evbuffer_get_length(input));
  } else if (c->state == CONN_READING && !c->guard.complete) {
    guard_input(c, input, evbuffer_get_length(input) - info->n_added);
  }
}

static void on_deadline(void *ctx) {
  struct conn *c = ctx;
  if (c->state != CONN_READING || !c->evcon) return;
  if (c->guard.bytes > 0) {
    log_info(LOG_CONN(NULL, c->id), "closed: the request did not arrive in time");
    answer_raw(c, 408, "The request did not arrive in time.");
    conn_end(c);
  } else {
    evhttp_connection_free(c->evcon);
  }
}

/* Accepting: evhttp asks for a bufferevent for each connection. */

static struct bufferevent *accept_unserved(struct http *http, struct event_base *base) {
  if (http->unserved_count == UNSERVED_MAX) return NULL;
  struct bufferevent *bev = bufferevent_socket_new(base, -1, 0);
  if (bev) http->unserved[http->unserved_count++] = bev;
  loop_defer_schedule(http->end_of_turn);
  return bev;
}

static struct bufferevent *on_accept(struct event_base *base, void *ctx) {
  struct http *http = ctx;
  struct net_ctx *net = http->net;
  loop_turn_begin(net->loop);
  struct conn *c = calloc(1, sizeof(*c));
  if (!c) return accept_unserved(http, base);
  *c = (struct conn){.http = http, .fd = -1, .id = ++net->last_conn_id};
  head_guard_init(&c->guard, net->config->limits.header_max_bytes, net->config->limits.body_max_bytes);
  if (loop_timer_create(net->loop, on_deadline, c, &c->deadline) != 0) goto fail;
  c->bev = bufferevent_socket_new(base, -1, 0);
  if (!c->bev) goto fail;
  struct evbuffer *input = bufferevent_get_input(c->bev);
  if (!evbuffer_add_cb(input, on_input, c)) goto fail;
  bufferevent_setwatermark(c->bev, EV_READ, 0,
                           net->config->limits.body_max_bytes + net->config->limits.header_max_bytes + 65536);
  c->over_limit = net->connections >= net->config->limits.connections_max;
  if (c->over_limit) metric_add(net->count.connections_refused, 1);
  c->next = http->first;
  if (c->next) c->next->prev = c;
  http->first = c;
  count_connections(net, 1);
  loop_timer_arm(c->deadline, net->config->limits.header_timeout_ms);
  loop_defer_schedule(http->end_of_turn);
  return c->bev;
fail:
  loop_timer_destroy(c->deadline);
  if (c->bev) bufferevent_free(c->bev);
  free(c);
  return accept_unserved(http, base);
}

/* Requests. */

static void on_answer_sent(struct evhttp_request *ev, void *ctx) {
  (void)ev;
  struct conn *c = ctx;
  if (c->state != CONN_BUSY) return;
  c->state = CONN_READING;
  head_guard_reset(&c->guard);
  loop_timer_arm(c->deadline, c->http->net->config->limits.header_timeout_ms);
  guard_input(c, bufferevent_get_input(c->bev), 0);
}

static void on_request_end(struct request *r) {
  struct conn *c = r->conn;
  if (c) c->request = NULL;
}

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

static struct conn *conn_of(struct http *http, struct evhttp_request *ev) {
  struct bufferevent *bev = evhttp_connection_get_bufferevent(evhttp_request_get_connection(ev));
  int fd = bufferevent_getfd(bev);
  return fd >= 0 && (size_t)fd < http->by_fd_cap ? http->by_fd[fd] : NULL;
}

static struct request *request_of(struct conn *c, struct evhttp_request *ev) {
  struct request *r = calloc(1, sizeof(*r));
  if (!r) return NULL;
  struct net_ctx *net = c->http->net;
  const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(ev);
  const char *path = uri ? evhttp_uri_get_path(uri) : NULL;
  *r = (struct request){.net = net,
                        .ev = ev,
                        .method = method_of(ev),
                        .conn_id = c->id,
                        .started_us = clock_mono_us(),
                        .path = path && *path ? path : "/",
                        .query = uri ? evhttp_uri_get_query(uri) : NULL,
                        .close = c->over_limit,
                        .registry = net->registry,
                        .on_end = on_request_end,
                        .conn = c};
  return r;
}

static void on_request(struct evhttp_request *ev, void *ctx) {
  struct http *http = ctx;
  loop_turn_begin(http->net->loop);
  struct conn *c = conn_of(http, ev);
  if (!c) {
    evhttp_send_error(ev, 503, NULL);
    return;
  }
  struct request *r = request_of(c, ev);
  if (!r) {
    refuse(c, 503, "The server ran out of memory.");
    return;
  }
  c->state = CONN_BUSY;
  c->request = r;
  loop_timer_disarm(c->deadline);
  evhttp_request_set_on_complete_cb(ev, on_answer_sent, c);
  bufferevent_disable(c->bev, EV_READ);
  if (c->over_limit) {
    request_reply_detail(r, 503, "This server has as many connections as it accepts: try again later.");
  } else {
    http->handler(http->ctx, r);
  }
}

void http_take_socket(struct request *r) {
  struct conn *c = r->conn;
  struct evhttp_connection *evcon = c->evcon;
  bufferevent_disable(c->bev, EV_READ | EV_WRITE);
  bufferevent_setcb(c->bev, NULL, NULL, NULL, NULL);
  evbuffer_remove_cb(bufferevent_get_input(c->bev), on_input, c);
  evhttp_connection_set_closecb(evcon, NULL, NULL);
  evhttp_request_set_on_complete_cb(r->ev, NULL, NULL);
  conn_free(c);
  r->conn = NULL;
}

/* Life of the whole. */

int http_create(struct net_ctx *net, http_request_fn handler, void *ctx, struct http **out) {
  struct http *http = calloc(1, sizeof(*http));
  if (!http) return ERR_NOMEM;
  *http = (struct http){.net = net, .handler = handler, .ctx = ctx};
  http->ev = evhttp_new(loop_peek_event_base(net->loop));
  if (!http->ev || loop_defer_create(net->loop, on_end_of_turn, http, &http->end_of_turn) != 0 ||
      linger_create(net->loop, &http->linger) != 0) {
    http_destroy(http);
    return ERR_NOMEM;
  }
  /* Past the guard's own limits, which answer in JSON. */
  evhttp_set_max_headers_size(http->ev, (ev_ssize_t)net->config->limits.header_max_bytes + 1024);
  evhttp_set_max_body_size(http->ev, (ev_ssize_t)net->config->limits.body_max_bytes);
  evhttp_set_timeout(http->ev, WRITE_TIMEOUT_S);
  evhttp_set_default_content_type(http->ev, NULL);
  evhttp_set_allowed_methods(http->ev, EVHTTP_REQ_GET | EVHTTP_REQ_HEAD | EVHTTP_REQ_POST | EVHTTP_REQ_PUT |
                                           EVHTTP_REQ_PATCH | EVHTTP_REQ_DELETE | EVHTTP_REQ_OPTIONS);
  evhttp_set_bevcb(http->ev, on_accept, http);
  evhttp_set_gencb(http->ev, on_request, http);
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
  for (struct conn *c = http->first, *next; c; c = next) {
    next = c->next;
    if (c->evcon && c->state == CONN_READING && c->guard.bytes == 0) evhttp_connection_free(c->evcon);
  }
}

void http_destroy(struct http *http) {
  if (!http) return;
  for (struct conn *c = http->first, *next; c; c = next) {
    next = c->next;
    if (!c->evcon) (void)adopt(c);
  }
  if (http->ev) evhttp_free(http->ev);
  linger_destroy(http->linger);
  loop_defer_destroy(http->end_of_turn);
  free(http->by_fd);
  free(http);
}
