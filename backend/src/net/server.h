/* SPDX-License-Identifier: MIT */
#ifndef YOKE_NET_SERVER_H
#define YOKE_NET_SERVER_H

#include <stddef.h>
#include <stdint.h>

#include "base/config.h"
#include "base/loop.h"
#include "base/metrics.h"
#include "net/assets.h"
#include "port/assist.h"
#include "port/store.h"
#include "room/registry.h"

/*
 * The server's outside: HTTP, WebSockets and the web editor on one port.
 *
 * Shutting down: server_stop_accepting(), registry_shutdown() (which closes the
 * members with 1001), wait until it completes and server_connections() is 0 or
 * the deadline is over, server_destroy(), registry_destroy(). In this order:
 * what the registry completes later with ERR_CANCELLED is safe.
 */
struct server;

/** Everything borrowed until server_destroy(). */
struct server_options {
  struct loop *loop;
  struct registry *registry;
  struct store *store;         /* for /health */
  const struct assist *assist; /* NULL: autocomplete answers 503 */
  struct metrics *metrics;
  const struct config *config;
  const struct asset *assets; /* assets_table; asset_count 0: no web editor in this build */
  size_t asset_count;
};

/** ERR_NOMEM. */
MUST_USE int server_create(const struct server_options *options, struct server **out, struct buf *error);

/**
 * Listen on @host and @port (0: the system chooses).
 * @error  says what, where and the remedy.
 * ERR_BUSY port taken, ERR_DENIED not allowed, ERR_NOT_FOUND no such address, ERR_IO, ERR_NOMEM.
 */
MUST_USE int server_bind(struct server *server, const char *host, uint16_t port, struct buf *error);
/** server_bind() to the configuration's host and port. */
MUST_USE int server_start(struct server *server, struct buf *error);
uint16_t server_port(const struct server *server); /* 0 before server_bind() */

/** Close the listeners and the connections between two requests; open requests are still answered. */
void server_stop_accepting(struct server *server);

/** Open sockets, WebSockets included. */
size_t server_connections(const struct server *server);

/** Cuts what is still open. NULL accepted. */
void server_destroy(struct server *server);

#endif
