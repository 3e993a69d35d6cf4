/* SPDX-License-Identifier: MIT */
#ifndef YOKE_NET_CONN_H
#define YOKE_NET_CONN_H

#include <stdbool.h>
#include <stdint.h>

#include "net/context.h"
#include "net/request.h"

/*
 * The connections that evhttp accepts, from the bufferevent it asks for to the
 * end: the guard of each request's head before evhttp sees it, our own
 * deadline for a slow head or body, the connection limit, refusals, and the
 * count of open sockets. A connection is freed with evhttp's own.
 */
struct conns; /* all of them */
struct conn;  /* one */
struct bufferevent;
struct event_base;
struct evhttp_request;

/** ERR_NOMEM. */
MUST_USE int conns_create(struct net_ctx *net, struct conns **out);
/** Before evhttp is freed, so that it ends these connections as well: learn of those accepted in this turn. */
void conns_settle(struct conns *conns);
/** After evhttp is freed, and every connection with it. NULL: nothing. */
void conns_destroy(struct conns *conns);

/** evhttp's callback for a new connection, @ctx the conns: a bufferevent with our guard; NULL: evhttp makes its own. */
struct bufferevent *conns_accept(struct event_base *base, void *ctx);
/** Whose request @ev is; NULL when there was no memory to serve that connection. */
struct conn *conns_find(const struct conns *conns, struct evhttp_request *ev);
/** Close those that are between requests. */
void conns_close_idle(struct conns *conns);

/** For log lines. */
uint64_t conn_id(const struct conn *c);
/** It came past connections_max: its request is to be answered 503, and it closed. */
bool conn_over_limit(const struct conn *c);
/** Answer beside evhttp, which must not go on with what it has, and close at the end of the turn. @detail is copied. */
void conn_refuse(struct conn *c, int status, const char *detail);

/**
 * @r goes to its handler: nothing more is read until the answer is out. Sets what @r knows of its connection; when the
 * peer goes away first, @r is orphaned (request.h).
 */
void conn_begin_request(struct conn *c, struct request *r);

/**
 * Take the socket of @r for another protocol: evhttp lets go of it and no
 * longer reads. Call request_give_away() next. The caller owns its connection
 * and ends it with evhttp_connection_free(); it counts as open until
 * conn_socket_closed().
 */
void conn_take_socket(struct request *r);
void conn_socket_closed(struct net_ctx *net);

#endif
