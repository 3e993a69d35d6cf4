/* SPDX-License-Identifier: MIT */
#ifndef YOKE_TEST_STORE_PROXY_H
#define YOKE_TEST_STORE_PROXY_H

#include <stdint.h>

/* A TCP proxy on a thread between the store and PostgreSQL that loses things on demand. */
struct proxy;

enum proxy_mode {
  PROXY_PASS,
  PROXY_LOSE_COMMIT,        /* the next COMMIT never reaches the server; then PASS */
  PROXY_LOSE_COMMIT_ANSWER, /* the next COMMIT is carried out, its answer lost; then PASS */
  PROXY_HOLD,               /* nothing goes through, nothing is closed */
};

struct proxy *proxy_start(uint16_t to_port, uint16_t *port);
void proxy_set(struct proxy *p, enum proxy_mode mode);
int proxy_cuts(const struct proxy *p); /* COMMITs lost so far */
void proxy_stop(struct proxy *p);

#endif
