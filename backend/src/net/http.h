/* SPDX-License-Identifier: MIT */
#ifndef YOKE_NET_HTTP_H
#define YOKE_NET_HTTP_H

#include "net/context.h"
#include "net/request.h"

/*
 * HTTP connections: evhttp does the protocol; around it stand the guard of
 * each request's head, our own deadline for a slow head or body, the
 * connection limit, and the accounting.
 */
struct http;
struct evconnlistener;
struct evhttp_connection;

typedef void (*http_request_fn)(void *ctx, struct request *r);

/** @handler answers each request, at once or later. ERR_NOMEM. */
MUST_USE int http_create(struct net_ctx *net, http_request_fn handler, void *ctx, struct http **out);

/** Open requests are orphaned (request.h), their connections closed. Sockets given away must be closed before. */
void http_destroy(struct http *http);

/** Serve what this listener accepts; takes the listener. ERR_NOMEM: it stays the caller's. */
MUST_USE int http_listen(struct http *http, struct evconnlistener *listener);
/** About once a second: listen again after accept() failed. */
void http_tick(struct http *http);
/** Close the listeners and the connections that are between requests. */
void http_stop_accepting(struct http *http);

/**
 * Take the socket of @r for another protocol: evhttp lets go of it and no
 * longer reads. Call request_give_away() next. The caller owns its connection
 * and ends it with evhttp_connection_free(); it counts as open until
 * http_socket_closed().
 */
void http_take_socket(struct request *r);
void http_socket_closed(struct net_ctx *net);

#endif
