/* SPDX-License-Identifier: MIT */
#ifndef YOKE_NET_API_H
#define YOKE_NET_API_H

#include "net/router.h"
#include "net/session.h"

/** What the handlers' ctx points to. */
struct api {
  struct net_ctx *net;
  struct sessions *sessions;
};

/** Every place of the API; backend/openapi.json describes exactly these. */
extern const struct route api_routes[];
extern const size_t api_route_count;

/** Answer a request: route, origin rules, CORS, files of the web editor. @ctx is a struct api. */
void api_handle(void *ctx, struct request *r);

#endif
