/* SPDX-License-Identifier: MIT */
#ifndef YOKE_APP_ADDRESSES_H
#define YOKE_APP_ADDRESSES_H

#include <stdint.h>

#include "base/buf.h"
#include "base/config.h"

/** Append the lines that tell people where to point their browser. */
MUST_USE int addresses_append(const struct config *config, uint16_t port, struct buf *out);

#endif
