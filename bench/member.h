/* SPDX-License-Identifier: MIT */
#ifndef YOKE_BENCH_MEMBER_H
#define YOKE_BENCH_MEMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/loop.h"
#include "server.h"

/* A WebSocket client: connection, handshake and frames. What the messages mean is the caller's. */
struct member;

struct member_events {
  void (*on_message)(struct member *member, const uint8_t *data, size_t len, uint64_t now_us); /* binary ones */
  void (*on_gone)(struct member *member, const char *why); /* once; the member is of no use any more */
};

/* Embed it at the beginning of the caller's own struct. */
struct member {
  const struct member_events *events;
  struct loop_watch *watch;
  struct buf in;  /* the beginning of a frame whose rest has not come */
  struct buf out; /* not written yet */
  int fd;         /* -1: not connected, or gone */
  bool blocked;   /* the socket takes no more at the moment */
  uint64_t bytes_in, bytes_out;
};

/** Connect, upgrade at @path and watch. @protocol NULL: offers none. ERR_IO, ERR_PROTOCOL, ERR_NOMEM. */
MUST_USE int member_open(struct member *member, const struct member_events *events, const struct server *server,
                         const char *path, const char *protocol, struct loop *loop);
/** Cut the connection. Safe on a zeroed member with fd -1. */
void member_close(struct member *member);

/** Queue one binary message. ERR_NOMEM. */
MUST_USE int member_send(struct member *member, const void *message, size_t len);
/** Write what is queued, as far as the socket takes it. */
void member_flush(struct member *member);

#endif
