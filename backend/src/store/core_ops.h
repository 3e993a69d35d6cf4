/* SPDX-License-Identifier: MIT */
#ifndef YOKE_STORE_CORE_OPS_H
#define YOKE_STORE_CORE_OPS_H

#include "port/store.h"

/** The port's functions, the same for every adapter: each makes a request and puts it into the core's lists. */
extern const struct store_ops core_store_ops;

#endif
