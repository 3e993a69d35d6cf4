/* SPDX-License-Identifier: MIT */
#ifndef YOKE_NET_HTTP_H
#define YOKE_NET_HTTP_H

#include "net/context.h"
#include "net/request.h"

/*
 * HTTP: evhttp does the protocol and is told here what to accept; its requests
 * go to one handler. conn.h has the connections below it.
 */
struct http;
struct evconnlistener;

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

#endif
