/* SPDX-License-Identifier: MIT */
#ifndef YOKE_NET_CONTEXT_H
#define YOKE_NET_CONTEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/config.h"
#include "base/loop.h"
#include "base/metrics.h"
#include "base/worker.h"
#include "net/assets.h"
#include "port/assist.h"
#include "port/store.h"
#include "room/registry.h"

/** The series that net/ keeps; any may be NULL. */
struct net_metrics {
  struct metric_gauge *connections, *sessions;
  struct metric_counter *requests[6]; /* by status / 100 */
  struct metric_histogram *request_seconds;
  struct metric_counter *bytes_in, *bytes_out; /* of WebSocket connections */
  struct metric_counter *messages_in;
  struct metric_counter *origins_refused, *connections_refused;
};

/** What every part of net/ shares. Owned by the server; everything it points to is borrowed. */
struct net_ctx {
  struct loop *loop;
  struct registry *registry;
  struct store *store;
  const struct assist *assist; /* NULL: autocomplete answers 503 */
  struct worker *worker;       /* runs what would hold up the loop */
  struct metrics *metrics;
  const struct config *config;
  const struct asset *assets; /* asset_count, sorted by path */
  size_t asset_count;
  uint16_t port;       /* that we listen on */
  uint64_t started_ms; /* monotonic */
  uint64_t last_conn_id;
  uint64_t connections; /* open sockets: HTTP and WebSocket */
  bool stopping;        /* no new work: answers carry Connection: close */
  struct net_metrics count;
};

#endif
