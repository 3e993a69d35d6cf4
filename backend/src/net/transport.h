/* SPDX-License-Identifier: MIT */
#ifndef YOKE_NET_TRANSPORT_H
#define YOKE_NET_TRANSPORT_H

#include <stddef.h>
#include <sys/uio.h>

#include "base/err.h"

/*
 * Bytes to and from an upgraded connection. Plain TCP now; TLS is another
 * table of the same functions.
 */
struct transport;

struct transport_ops {
  /** Read at most @len bytes. 0 with *got = 0 at end of input; ERR_AGAIN; ERR_IO when the peer is gone. */
  int (*recv)(struct transport *t, void *into, size_t len, size_t *got);
  /** Write some of these bytes; ERR_AGAIN when none can be taken now; ERR_IO when the peer is gone. */
  int (*writev)(struct transport *t, const struct iovec *iov, int count, size_t *put);
  /** Nothing more is sent: the peer sees the end of our side. */
  void (*finish)(struct transport *t);
  /** End the connection and free what belongs to it. */
  void (*close)(struct transport *t);
};

struct transport {
  const struct transport_ops *ops;
  void *owner; /* what close ends */
  int fd;      /* to watch */
};

struct evhttp_connection;

/** Plain TCP over a connection that evhttp has let go of (conn_take_socket); takes it. */
void transport_init_plain(struct transport *t, struct evhttp_connection *evcon);

#endif
