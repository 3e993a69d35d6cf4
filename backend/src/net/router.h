/* SPDX-License-Identifier: MIT */
#ifndef YOKE_NET_ROUTER_H
#define YOKE_NET_ROUTER_H

#include <stddef.h>

#include "net/request.h"

/** A place of the API. Patterns: literal segments, {room_id}, and a {seq} or a last {path} that takes all the rest. */
struct route {
  unsigned methods; /* METHOD_... set; GET serves HEAD too */
  const char *pattern;
  void (*handler)(void *ctx, struct request *r);
};

struct router_match {
  const struct route *route; /* NULL: none takes this method here */
  unsigned allowed;          /* methods of every route at this path; 0: no such path */
  const char *room_id;       /* where they stand in the path, not decoded; NULL: none */
  size_t room_id_len;
  const char *rest; /* what {seq} or {path} stands for; NULL: none */
  size_t rest_len;
};

/** Find what serves @method at @path (as sent, without query). */
void router_find(const struct route *routes, size_t count, enum method method, const char *path,
                 struct router_match *out);

#define ROUTER_ALLOW_MAX 64
/** "GET, HEAD, OPTIONS" for an Allow header. */
void router_allow(unsigned methods, char out[static ROUTER_ALLOW_MAX]);

#endif
