/* SPDX-License-Identifier: MIT */
#include "net/unserved.h"

#include <event2/bufferevent.h>
#include <event2/http.h>

#include "base/log.h"
#include "net/handover.h"
#include "net/raw_answer.h"

struct bufferevent *unserved_accept(struct unserved *u, struct event_base *base) {
  if (u->count == UNSERVED_MAX) return NULL;
  struct bufferevent *bev = bufferevent_socket_new(base, -1, 0);
  if (!bev) return NULL;
  handover_begin(bev);
  u->bev[u->count++] = bev;
  return bev;
}

void unserved_drop_lost(struct unserved *u) {
  if (u->count && handover_lost(u->bev[u->count - 1])) (void)handover_end(u->bev[--u->count]);
}

void unserved_end(struct unserved *u, struct linger_set *linger) {
  while (u->count) {
    struct evhttp_connection *evcon = handover_end(u->bev[--u->count]);
    if (!evcon) continue;
    log_warn(LOG_NONE, "out of memory: a connection is turned away");
    raw_answer_no_memory(bufferevent_getfd(evhttp_connection_get_bufferevent(evcon)));
    linger_end(linger, evcon);
  }
}

void unserved_settle(struct unserved *u) {
  while (u->count) (void)handover_end(u->bev[--u->count]);
}
