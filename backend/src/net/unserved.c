/* SPDX-License-Identifier: MIT */
#include "net/unserved.h"

#include <event2/bufferevent.h>

#include "base/log.h"
#include "net/raw_answer.h"

struct bufferevent *unserved_accept(struct unserved *u, struct event_base *base) {
  if (u->count == UNSERVED_MAX) return NULL;
  struct bufferevent *bev = bufferevent_socket_new(base, -1, 0);
  if (bev) u->bev[u->count++] = bev;
  return bev;
}

void unserved_end(struct unserved *u, struct linger_set *linger) {
  while (u->count) {
    struct bufferevent *bev = u->bev[--u->count];
    void *evcon = NULL;
    bufferevent_getcb(bev, NULL, NULL, NULL, &evcon);
    if (!evcon) {
      bufferevent_free(bev);
      continue;
    }
    log_warn(LOG_NONE, "out of memory: a connection is turned away");
    raw_answer_no_memory(bufferevent_getfd(bev));
    linger_end(linger, evcon);
  }
}
