/* SPDX-License-Identifier: MIT */
#ifndef YOKE_NET_HANDSHAKE_H
#define YOKE_NET_HANDSHAKE_H

#include <stdbool.h>

#include "base/err.h"

/** The request headers that a WebSocket handshake looks at (RFC 6455, 4.2.1); NULL where absent. */
struct handshake_request {
  const char *upgrade, *connection, *version, *key;
  const char *protocols; /* every Sec-WebSocket-Protocol header, joined with commas */
  bool always_yjs;       /* the path means y-protocol whatever is offered */
};

struct handshake_answer {
  bool plain;           /* plain text instead of y-protocol */
  const char *protocol; /* to echo, static; NULL: none */
  char accept[29];      /* Sec-WebSocket-Accept */
  int status;           /* on an error: 400 or 426 */
  const char *detail;   /* on an error: why, static */
};

/** Decide a handshake. ERR_PROTOCOL with status and detail when it is refused; ERR_NOMEM. */
MUST_USE int handshake_decide(const struct handshake_request *request, struct handshake_answer *out);

/** Whether a comma-separated header holds @token, case-insensitively. @list may be NULL. */
bool handshake_list_has(const char *list, const char *token);

#endif
