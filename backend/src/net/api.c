/* SPDX-License-Identifier: MIT */
#include "net/api.h"

#include <string.h>

#include "base/log.h"
#include "net/origin.h"
#include "net/path.h"
#include "net/routes_assist.h"
#include "net/routes_files.h"
#include "net/routes_health.h"
#include "net/routes_history.h"
#include "net/routes_rooms.h"
#include "net/upgrade.h"
#include "net/web.h"

#define ROOMS "/api/v1/rooms"
#define MUTATING (METHOD_POST | METHOD_PUT | METHOD_PATCH | METHOD_DELETE)

static void connect_room(void *ctx, struct request *r) {
  upgrade_start(r, ((struct api *)ctx)->sessions, false);
}

static void connect_yjs(void *ctx, struct request *r) {
  upgrade_start(r, ((struct api *)ctx)->sessions, true);
}

const struct route api_routes[] = {
    {METHOD_POST, ROOMS, routes_rooms_create},
    {METHOD_GET, ROOMS, routes_rooms_list},
    {METHOD_GET, ROOMS "/{room_id}", routes_rooms_read},
    {METHOD_PATCH, ROOMS "/{room_id}", routes_rooms_change},
    {METHOD_DELETE, ROOMS "/{room_id}", routes_rooms_delete},
    {METHOD_GET, ROOMS "/{room_id}/files", routes_files_list},
    {METHOD_GET, ROOMS "/{room_id}/files/{path}", routes_files_read},
    {METHOD_PUT, ROOMS "/{room_id}/files/{path}", routes_files_write},
    {METHOD_DELETE, ROOMS "/{room_id}/files/{path}", routes_files_delete},
    {METHOD_GET, ROOMS "/{room_id}/history", routes_history_list},
    {METHOD_GET, ROOMS "/{room_id}/history/{seq}", routes_history_read},
    {METHOD_POST, ROOMS "/{room_id}/history/{seq}/restore", routes_history_restore},
    {METHOD_POST, "/api/v1/autocomplete", routes_assist_complete},
    {METHOD_GET, "/api/v1/liveness", routes_health_liveness},
    {METHOD_GET, "/api/v1/health", routes_health_health},
    {METHOD_GET, "/liveness", routes_health_liveness},
    {METHOD_GET, "/health", routes_health_health},
    {METHOD_GET, "/metrics", routes_health_metrics},
    {METHOD_GET, "/api/v1/ws/{room_id}", connect_room},
    {METHOD_GET, "/api/v1/yjs/{room_id}", connect_yjs},
    {METHOD_GET, "/openapi.json", web_openapi},
    {METHOD_GET, "/docs", web_docs},
};
const size_t api_route_count = sizeof(api_routes) / sizeof(api_routes[0]);

/* Fills r->origin, or sets r->origin_foreign. */
static void judge_origin(struct request *r) {
  const char *origin = request_header(r, "Origin");
  if (!origin) return;
  const struct config *config = r->net->config;
  struct origin_rules rules = {.host = request_header(r, "Host"),
                               .port = r->net->port,
                               .public_url = config->public_url,
                               .allowed = config->allowed_origins,
                               .allowed_count = config->allowed_origin_count};
  if (request_header_count(r, "Origin") == 1 && origin_accepted(origin, &rules)) {
    r->origin = origin;
  } else {
    r->origin_foreign = true;
  }
}

static void refuse_origin(struct request *r) {
  const char *origin = request_header(r, "Origin");
  metric_add(r->net->count.origins_refused, 1);
  log_warn(LOG_CONN(NULL, r->conn_id),
           "refused a page of origin %s at %s; to allow it, add it to \"allowed_origins\" in config.json or start with "
           "--public-url if it is this server's own address",
           origin, r->path);
  request_reply_detail(r, 403,
                       "Pages of the origin %.200s may not use this server. Its operator can allow them: "
                       "allowed_origins or public_url in config.json.",
                       origin);
}

static bool is_socket_route(const struct route *route) {
  return route && (route->handler == connect_room || route->handler == connect_yjs);
}

static void answer_options(struct request *r, unsigned allowed) {
  char allow[ROUTER_ALLOW_MAX];
  router_allow(allowed, allow);
  request_set_header(r, "Allow", allow);
  if (r->origin) {
    request_set_header(r, "Access-Control-Allow-Methods", allow);
    request_set_header(r, "Access-Control-Allow-Headers",
                       "x-username, x-usermail, content-type, if-match, if-none-match");
    request_set_header(r, "Access-Control-Max-Age", "600");
  }
  request_reply(r, 204, NULL, NULL, 0);
}

/* What the braces of the route stand for. A room id that cannot be one stays empty; false after answering. */
static bool take_parameters(struct request *r, const struct router_match *m) {
  struct buf id = BUF_INIT;
  int err = m->room_id ? path_decode(&id, m->room_id, m->room_id_len) : 0;
  if (!err && id.len && id.len <= STORE_ROOM_ID_MAX && registry_id_valid((const char *)id.data))
    memcpy(r->room_id, id.data, id.len + 1);
  buf_deinit(&id);
  if (err == ERR_MALFORMED) err = 0; /* no room is called that */
  if (!err && m->rest) err = path_decode(&r->rest, m->rest, m->rest_len);
  if (!err) return true;
  if (err == ERR_MALFORMED) {
    struct api_errors errors = {0};
    api_errors_add(&errors, "path", "path", "value_error", "The path must be percent-encoded UTF-8 without NUL");
    request_reply_errors(r, &errors);
  } else {
    request_reply_err(r, err, "path");
  }
  return false;
}

void api_handle(void *ctx, struct request *r) {
  struct router_match m;
  router_find(api_routes, api_route_count, r->method, r->path, &m);
  judge_origin(r);
  bool preflight = r->method == METHOD_OPTIONS && request_header(r, "Access-Control-Request-Method");
  if (r->origin_foreign && (r->method & MUTATING || preflight || is_socket_route(m.route))) {
    refuse_origin(r);
  } else if (!m.allowed) {
    web_serve(r);
  } else if (r->method == METHOD_OPTIONS) {
    answer_options(r, m.allowed);
  } else if (!m.route) {
    char allow[ROUTER_ALLOW_MAX];
    router_allow(m.allowed, allow);
    request_set_header(r, "Allow", allow);
    request_reply_detail(r, 405, "Method Not Allowed");
  } else if (take_parameters(r, &m)) {
    m.route->handler(ctx, r);
  }
}
