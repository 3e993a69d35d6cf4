/* SPDX-License-Identifier: MIT */
#include "net/conn.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "net/handover.h"
#include "net/head_guard.h"
#include "net/linger.h"
#include "net/raw_answer.h"
#include "net/unserved.h"

enum conn_state {
  CONN_READING, /* between requests, or a request is coming in: the deadline runs */
  CONN_BUSY,    /* a request is with its handler, or its answer is being written */
  CONN_DOOMED   /* answered by us; freed at the end of the turn */
};

struct conn {
  struct conns *all;
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

struct conns {
  struct net_ctx *net;
  struct conn *first;
  struct conn **by_fd; /* by_fd_cap entries, NULL where the descriptor is not ours */
  size_t by_fd_cap;
  struct loop_defer *end_of_turn; /* adopt and doom */
  struct unserved unserved;       /* accepted in this turn without memory for a struct conn */
  struct linger_set *linger;
};

static void count_connections(struct net_ctx *net, int64_t delta) {
  net->connections += (uint64_t)delta;
  metric_move(net->count.connections, delta);
}

void conn_socket_closed(struct net_ctx *net) {
  count_connections(net, -1);
}

uint64_t conn_id(const struct conn *c) {
  return c->id;
}

bool conn_over_limit(const struct conn *c) {
  return c->over_limit;
}

/* Life. */

static void conn_free(struct conn *c) {
  struct conns *all = c->all;
  if (c->fd >= 0 && (size_t)c->fd < all->by_fd_cap && all->by_fd[c->fd] == c) all->by_fd[c->fd] = NULL;
  *(c->prev ? &c->prev->next : &all->first) = c->next;
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
  count_connections(c->all->net, -1);
  conn_free(c);
}

static int index_fd(struct conns *all, struct conn *c) {
  size_t fd = (size_t)c->fd;
  if (fd >= all->by_fd_cap) {
    size_t cap = all->by_fd_cap ? all->by_fd_cap : 64;
    while (cap <= fd) cap *= 2;
    struct conn **grown = realloc(all->by_fd, cap * sizeof(struct conn *));
    if (!grown) return ERR_NOMEM;
    memset(grown + all->by_fd_cap, 0, (cap - all->by_fd_cap) * sizeof(struct conn *));
    all->by_fd = grown;
    all->by_fd_cap = cap;
  }
  all->by_fd[fd] = c;
  return 0;
}

/* evhttp made its connection around our bufferevent: learn which. False, and freed, when it could not. */
static bool adopt(struct conn *c) {
  struct evhttp_connection *evcon = handover_end(c->bev);
  if (!evcon) {
    count_connections(c->all->net, -1);
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
  metric_add(c->all->net->count.requests[status / 100], 1);
}

static void move_to_front(struct conn *c) {
  if (!c->prev) return;
  c->prev->next = c->next;
  if (c->next) c->next->prev = c->prev;
  c->prev = NULL;
  c->next = c->all->first;
  c->next->prev = c;
  c->all->first = c;
}

void conn_refuse(struct conn *c, int status, const char *detail) {
  log_info(LOG_CONN(NULL, c->id), "request refused with %d: %s", status, detail);
  answer_raw(c, status, detail);
  c->state = CONN_DOOMED;
  move_to_front(c);
  loop_timer_disarm(c->deadline);
  bufferevent_disable(c->bev, EV_READ);
  loop_defer_schedule(c->all->end_of_turn);
}

/* What the peer still sends is read and thrown away. */
static void conn_end(struct conn *c) {
  linger_end(c->all->linger, c->evcon); /* frees c through on_evcon_close */
}

/* Only the one accepted last can be lost: this is called before each accept. */
static void drop_lost(struct conns *all) {
  unserved_drop_lost(&all->unserved);
  struct conn *c = all->first;
  while (c && c->state == CONN_DOOMED) c = c->next;
  if (c && !c->evcon && handover_lost(c->bev)) (void)adopt(c);
}

static void on_end_of_turn(void *ctx) {
  struct conns *all = ctx;
  drop_lost(all);
  unserved_end(&all->unserved, all->linger);
  for (struct conn *c = all->first, *next; c; c = next) {
    next = c->next;
    if (!c->evcon) {
      if (!adopt(c)) continue;
      if (index_fd(all, c) != 0) {
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
  conn_refuse(c, c->guard.status, c->guard.detail);
}

/* Runs before evhttp sees the bytes. */
static void on_input(struct evbuffer *input, const struct evbuffer_cb_info *info, void *ctx) {
  struct conn *c = ctx;
  if (info->n_added == 0) return;
  loop_turn_begin(c->all->net->loop);
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

/* Accepting. */

static struct bufferevent *accept_unserved(struct conns *all, struct event_base *base) {
  loop_defer_schedule(all->end_of_turn);
  return unserved_accept(&all->unserved, base);
}

struct bufferevent *conns_accept(struct event_base *base, void *ctx) {
  struct conns *all = ctx;
  struct net_ctx *net = all->net;
  loop_turn_begin(net->loop);
  drop_lost(all);
  struct conn *c = calloc(1, sizeof(*c));
  if (!c) return accept_unserved(all, base);
  *c = (struct conn){.all = all, .fd = -1, .id = ++net->last_conn_id};
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
  c->next = all->first;
  if (c->next) c->next->prev = c;
  all->first = c;
  count_connections(net, 1);
  loop_timer_arm(c->deadline, net->config->limits.header_timeout_ms);
  loop_defer_schedule(all->end_of_turn);
  handover_begin(c->bev);
  return c->bev;
fail:
  loop_timer_destroy(c->deadline);
  if (c->bev) bufferevent_free(c->bev);
  free(c);
  return accept_unserved(all, base);
}

struct conn *conns_find(const struct conns *conns, struct evhttp_request *ev) {
  struct bufferevent *bev = evhttp_connection_get_bufferevent(evhttp_request_get_connection(ev));
  int fd = bufferevent_getfd(bev);
  return fd >= 0 && (size_t)fd < conns->by_fd_cap ? conns->by_fd[fd] : NULL;
}

/* Requests. */

static void on_answer_sent(struct evhttp_request *ev, void *ctx) {
  (void)ev;
  struct conn *c = ctx;
  if (c->state != CONN_BUSY) return;
  c->state = CONN_READING;
  head_guard_reset(&c->guard);
  loop_timer_arm(c->deadline, c->all->net->config->limits.header_timeout_ms);
  guard_input(c, bufferevent_get_input(c->bev), 0);
}

static void on_request_end(struct request *r) {
  struct conn *c = r->conn;
  if (c) c->request = NULL;
}

void conn_begin_request(struct conn *c, struct request *r) {
  r->conn = c;
  r->on_end = on_request_end;
  c->request = r;
  c->state = CONN_BUSY;
  loop_timer_disarm(c->deadline);
  evhttp_request_set_on_complete_cb(r->ev, on_answer_sent, c);
  bufferevent_disable(c->bev, EV_READ);
}

void conn_take_socket(struct request *r) {
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

/* All of them. */

int conns_create(struct net_ctx *net, struct conns **out) {
  struct conns *conns = calloc(1, sizeof(*conns));
  if (!conns) return ERR_NOMEM;
  conns->net = net;
  if (loop_defer_create(net->loop, on_end_of_turn, conns, &conns->end_of_turn) != 0 ||
      linger_create(net->loop, &conns->linger) != 0) {
    conns_destroy(conns);
    return ERR_NOMEM;
  }
  *out = conns;
  return 0;
}

void conns_close_idle(struct conns *conns) {
  for (struct conn *c = conns->first, *next; c; c = next) {
    next = c->next;
    if (c->evcon && c->state == CONN_READING && c->guard.bytes == 0) evhttp_connection_free(c->evcon);
  }
}

void conns_settle(struct conns *conns) {
  unserved_settle(&conns->unserved);
  for (struct conn *c = conns->first, *next; c; c = next) {
    next = c->next;
    if (!c->evcon) (void)adopt(c);
  }
}

void conns_destroy(struct conns *conns) {
  if (!conns) return;
  linger_destroy(conns->linger);
  loop_defer_destroy(conns->end_of_turn);
  free(conns->by_fd);
  free(conns);
}
