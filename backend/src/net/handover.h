/* SPDX-License-Identifier: MIT */
#ifndef YOKE_NET_HANDOVER_H
#define YOKE_NET_HANDOVER_H

#include <stdbool.h>

/*
 * A new connection's bufferevent is given to evhttp before evhttp has made its
 * own side of the connection, and evhttp does not say what became of it: it
 * may have no memory to take it, or take it and free it again at once. So we
 * hold a reference until we have looked. Where evhttp freed it, the socket is
 * closed already and its number may be used anew: look before another socket
 * is watched, so at the next accept() or the end of the turn.
 */
struct bufferevent;
struct evhttp_connection;

/** From here on evhttp's; our reference lasts until handover_end(). */
void handover_begin(struct bufferevent *bev);
/** Evhttp took it and freed it. */
bool handover_lost(const struct bufferevent *bev);
/** The connection that evhttp made around it. NULL, and freed, when there is none. */
struct evhttp_connection *handover_end(struct bufferevent *bev);

#endif
