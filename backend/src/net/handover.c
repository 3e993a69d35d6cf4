/* SPDX-License-Identifier: MIT */
#include "net/handover.h"

#include <event2/bufferevent.h>
#include <stddef.h>

/* Stands where evhttp puts its connection, until it does; freeing a bufferevent leaves NULL there. */
static char not_taken;

static void *holder(const struct bufferevent *bev) {
  void *ctx = NULL;
  bufferevent_getcb((struct bufferevent *)bev, NULL, NULL, NULL, &ctx);
  return ctx;
}

void handover_begin(struct bufferevent *bev) {
  bufferevent_setcb(bev, NULL, NULL, NULL, &not_taken);
  bufferevent_incref(bev);
}

bool handover_lost(const struct bufferevent *bev) {
  return holder(bev) == NULL;
}

struct evhttp_connection *handover_end(struct bufferevent *bev) {
  void *evcon = holder(bev);
  if (evcon == &not_taken) {
    bufferevent_free(bev);
    evcon = NULL;
  }
  bufferevent_decref(bev);
  return evcon;
}
