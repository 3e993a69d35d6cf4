/* SPDX-License-Identifier: MIT */
#ifndef YOKE_NET_UNSERVED_H
#define YOKE_NET_UNSERVED_H

#include <stddef.h>

#include "net/linger.h"

/*
 * Connections accepted in this turn without memory to serve them: at its end
 * they get a 503 and go. A zeroed struct is empty.
 */
struct bufferevent;
struct event_base;

#define UNSERVED_MAX 64

struct unserved {
  struct bufferevent *bev[UNSERVED_MAX]; /* being handed over: see handover.h */
  size_t count;
};

/**
 * A bufferevent for evhttp to put the new connection into. Call unserved_end() or
 * unserved_settle() in the same turn.
 * NULL when there is no memory even for it, or none of the UNSERVED_MAX places is left: the connection is evhttp's
 * alone.
 */
struct bufferevent *unserved_accept(struct unserved *u, struct event_base *base);

/** Before another is accepted: forget the last one if evhttp has freed it already. */
void unserved_drop_lost(struct unserved *u);
/** Leave them all to evhttp, which is about to go. */
void unserved_settle(struct unserved *u);
/** Answer and end them all. */
void unserved_end(struct unserved *u, struct linger_set *linger);

#endif
