/* SPDX-License-Identifier: MIT */
#include "net/server.h"

#include <event2/listener.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "net/api.h"
#include "net/http.h"
#include "net/listener.h"
#include "net/session.h"

#define TICK_MS 1000

struct server {
  struct net_ctx net;
  struct api api;
  struct http *http;
  struct sessions *sessions;
  struct loop_timer *tick;
};

static void register_metrics(struct net_ctx *net) {
  struct metrics *m = net->metrics;
  struct net_metrics *c = &net->count;
  static const char *const classes[] = {NULL,           "code=\"1xx\"", "code=\"2xx\"",
                                        "code=\"3xx\"", "code=\"4xx\"", "code=\"5xx\""};
  c->connections = metrics_gauge(m, "yoke_connections", NULL, "Open connections, HTTP and WebSocket.");
  c->sessions = metrics_gauge(m, "yoke_websocket_connections", NULL, "Open WebSocket connections.");
  for (int i = 1; i <= 5; i++)
    c->requests[i] = metrics_counter(m, "yoke_http_requests_total", classes[i], "HTTP requests answered.");
  c->request_seconds = metrics_histogram(m, "yoke_http_request_seconds", NULL, "Time from request to answer.");
  c->bytes_in = metrics_counter(m, "yoke_websocket_bytes_total", "direction=\"in\"", "Bytes of WebSocket connections.");
  c->bytes_out =
      metrics_counter(m, "yoke_websocket_bytes_total", "direction=\"out\"", "Bytes of WebSocket connections.");
  c->messages_in =
      metrics_counter(m, "yoke_websocket_messages_total", "direction=\"in\"", "WebSocket messages of members.");
  c->origins_refused = metrics_counter(m, "yoke_origins_refused_total", NULL, "Requests of foreign origins refused.");
  c->connections_refused =
      metrics_counter(m, "yoke_connections_refused_total", NULL, "Connections past connections_max, answered 503.");
}

static void on_tick(void *ctx) {
  struct server *server = ctx;
  http_tick(server->http);
  sessions_tick(server->sessions, clock_mono_ms());
  loop_timer_arm(server->tick, TICK_MS);
}

int server_create(const struct server_options *options, struct server **out, struct buf *error) {
  struct server *server = calloc(1, sizeof(*server));
  int err = server ? 0 : ERR_NOMEM;
  if (err) goto fail;
  server->net = (struct net_ctx){.loop = options->loop,
                                 .registry = options->registry,
                                 .store = options->store,
                                 .assist = options->assist,
                                 .metrics = options->metrics,
                                 .config = options->config,
                                 .assets = options->assets,
                                 .asset_count = options->asset_count,
                                 .started_ms = clock_mono_ms()};
  register_metrics(&server->net);
  err = worker_create(options->loop, &server->net.worker);
  if (!err) err = sessions_create(&server->net, &server->sessions);
  server->api = (struct api){.net = &server->net, .sessions = server->sessions};
  if (!err) err = http_create(&server->net, api_handle, &server->api, &server->http);
  if (!err) err = loop_timer_create(options->loop, on_tick, server, &server->tick);
  if (err) goto fail;
  loop_timer_arm(server->tick, TICK_MS);
  *out = server;
  return 0;
fail:
  if (buf_printf(error, "the server cannot start: %s", err_text(err)) != 0) log_error(LOG_NONE, "out of memory");
  server_destroy(server);
  return err;
}

int server_bind(struct server *server, const char *host, uint16_t port, struct buf *error) {
  struct evconnlistener *listeners[LISTENER_MAX];
  size_t count = 0;
  int err = listener_open(server->net.loop, host, port, server->net.config->open, listeners, &count, &server->net.port,
                          error);
  for (size_t i = 0; i < count; i++) {
    int failed = err ? err : http_listen(server->http, listeners[i]);
    if (failed) {
      err = failed;
      evconnlistener_free(listeners[i]);
    }
  }
  if (!err) log_info(LOG_NONE, "listening on %s port %u", host, server->net.port);
  return err;
}

int server_start(struct server *server, struct buf *error) {
  return server_bind(server, server->net.config->host, server->net.config->port, error);
}

uint16_t server_port(const struct server *server) {
  return server->net.port;
}

void server_stop_accepting(struct server *server) {
  server->net.stopping = true;
  http_stop_accepting(server->http);
}

size_t server_connections(const struct server *server) {
  return (size_t)server->net.connections;
}

void server_destroy(struct server *server) {
  if (!server) return;
  loop_timer_destroy(server->tick);
  worker_destroy(server->net.worker); /* answers its requests */
  sessions_destroy(server->sessions);
  http_destroy(server->http);
  free(server);
}
