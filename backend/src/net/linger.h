/* SPDX-License-Identifier: MIT */
#ifndef YOKE_NET_LINGER_H
#define YOKE_NET_LINGER_H

#include "base/loop.h"

/*
 * Sockets that have been answered and only wait for the peer to stop sending:
 * closing at once would reset the connection and could take the answer with it.
 */
struct linger_set;
struct evhttp_connection;

MUST_USE int linger_create(struct loop *loop, struct linger_set **out);
void linger_destroy(struct linger_set *l); /* closes them all */

/** Take @fd: shut its sending side, discard what comes in, close it at end of input, after 2 s or 64 MB. */
void linger_take(struct linger_set *l, int fd);
/** Free @evcon; a duplicate of its socket is taken. Without a descriptor for one it is closed at once. */
void linger_end(struct linger_set *l, struct evhttp_connection *evcon);

#endif
