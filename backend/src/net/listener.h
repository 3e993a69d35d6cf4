/* SPDX-License-Identifier: MIT */
#ifndef YOKE_NET_LISTENER_H
#define YOKE_NET_LISTENER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/loop.h"

struct evconnlistener;
#define LISTENER_MAX 4

/**
 * Open listening sockets for every address of @host (a name or an address).
 *
 * @open   addresses other than loopback are meant.
 * @port   0 lets the system choose; *bound tells which it was.
 * @error  what, where and the remedy, when it fails.
 * Returns 0, or ERR_BUSY port taken, ERR_DENIED not allowed, ERR_NOT_FOUND
 * no such host or address here, ERR_IO, ERR_NOMEM.
 */
MUST_USE int listener_open(struct loop *loop, const char *host, uint16_t port, bool open,
                           struct evconnlistener *out[static LISTENER_MAX], size_t *count, uint16_t *bound,
                           struct buf *error);

#endif
