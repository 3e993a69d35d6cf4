/* SPDX-License-Identifier: MIT */
#ifndef YOKE_NET_ORIGIN_H
#define YOKE_NET_ORIGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** What decides whether a page may talk to this server. Strings may be NULL. */
struct origin_rules {
  const char *host;       /* the request's Host header */
  uint16_t port;          /* that we listen on */
  const char *public_url; /* e.g. "https://code.example.org/yoke" */
  char *const *allowed;   /* allowed_count origins */
  size_t allowed_count;
};

/**
 * Whether a request with this Origin header (NULL: none) is accepted:
 * no Origin (not a browser); http://localhost:3000; a loopback name on our
 * port; the request's own Host when that is an IP literal (a name would allow
 * DNS rebinding); the origin of public_url; one of allowed_origins.
 */
bool origin_accepted(const char *origin, const struct origin_rules *rules);

#endif
