/* SPDX-License-Identifier: MIT */
#ifndef YOKE_NET_ROUTES_ASSIST_H
#define YOKE_NET_ROUTES_ASSIST_H

#include "net/request.h"

void routes_assist_complete(void *ctx, struct request *r); /* POST /autocomplete */

#endif
