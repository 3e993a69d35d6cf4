/* SPDX-License-Identifier: MIT */
#ifndef YOKE_NET_ROUTES_HEALTH_H
#define YOKE_NET_ROUTES_HEALTH_H

#include "net/request.h"

void routes_health_liveness(void *ctx, struct request *r); /* GET /liveness: the process runs */
void routes_health_health(void *ctx, struct request *r);   /* GET /health: the database answers */
void routes_health_metrics(void *ctx, struct request *r);  /* GET /metrics */

#endif
