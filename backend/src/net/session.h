/* SPDX-License-Identifier: MIT */
#ifndef YOKE_NET_SESSION_H
#define YOKE_NET_SESSION_H

#include <stddef.h>

#include "net/context.h"
#include "net/transport.h"

/*
 * WebSocket connections after their upgrade: bytes in from a transport,
 * through the frame decoder to the room's member; the member's output back in
 * one write per connection and loop turn.
 */
struct sessions; /* all of them */
struct session;  /* one */

MUST_USE int sessions_create(struct net_ctx *net, struct sessions **out);
/** Every connection is cut. */
void sessions_destroy(struct sessions *all);
/** About once a second: pings, deadlines, slow readers. */
void sessions_tick(struct sessions *all, uint64_t now_ms);

struct session_options {
  enum member_kind kind;
  uint64_t conn_id;
  const char *name; /* author, "" when not known */
};

/**
 * Join @room as a member that has no connection yet. ERR_FULL (members_max), ERR_NOMEM.
 * Follow with session_watch() and session_start(), or with session_abandon().
 */
MUST_USE int session_join(struct sessions *all, struct room *room, const struct session_options *options,
                          uint64_t now_ms, struct session **out);
void session_abandon(struct session *s, uint64_t now_ms);

/** The connection's very first bytes out, before anything of the room. ERR_NOMEM. */
MUST_USE int session_prepend(struct session *s, const void *data, size_t len);

/** Get ready to read from @fd: from session_start() on nothing needs memory that is not there. ERR_NOMEM. */
MUST_USE int session_watch(struct session *s, int fd);

/**
 * Talk over @transport, which is taken: closed with the session, at once on an error.
 * @early  bytes that the client sent right behind its handshake; unmasked in place.
 */
void session_start(struct session *s, const struct transport *transport, uint8_t *early, size_t early_len,
                   uint64_t now_ms);

#endif
