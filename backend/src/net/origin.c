/* SPDX-License-Identifier: MIT */
#include "net/origin.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The pieces of scheme://host[:port]; host without brackets. */
struct origin {
  bool https;
  bool v6;
  char host[256];
  unsigned long port;
};

static bool parse_port(const char *text, unsigned long *out) {
  size_t len = strlen(text);
  if (len == 0 || len > 5 || strspn(text, "0123456789") != len) return false;
  *out = strtoul(text, NULL, 10);
  return *out >= 1 && *out <= 65535;
}

/* host[:port] of @len bytes; @port is the scheme's own. */
static bool parse_authority(const char *text, size_t len, unsigned long port, struct origin *out) {
  char copy[300];
  if (len == 0 || len >= sizeof(copy)) return false;
  memcpy(copy, text, len);
  copy[len] = '\0';
  char *host = copy;
  char *rest;
  out->port = port;
  if (copy[0] == '[') {
    out->v6 = true;
    host = copy + 1;
    rest = strchr(host, ']');
    if (!rest) return false;
    *rest++ = '\0';
  } else {
    rest = copy + strcspn(copy, ":");
  }
  if (*rest == ':') {
    *rest++ = '\0';
    if (!parse_port(rest, &out->port)) return false;
  } else if (*rest) {
    return false;
  }
  if (!*host || strlen(host) >= sizeof(out->host) || strpbrk(host, "/@?# \t\\")) return false;
  memcpy(out->host, host, strlen(host) + 1);
  return true;
}

static bool parse_origin(const char *text, bool may_have_path, struct origin *out) {
  *out = (struct origin){0};
  if (strncasecmp(text, "http://", 7) == 0) {
    text += 7;
  } else if (strncasecmp(text, "https://", 8) == 0) {
    text += 8;
    out->https = true;
  } else {
    return false;
  }
  size_t len = strcspn(text, "/");
  if (text[len] && !may_have_path) return false;
  return parse_authority(text, len, out->https ? 443 : 80, out);
}

static bool same(const struct origin *a, const struct origin *b) {
  return a->https == b->https && a->v6 == b->v6 && a->port == b->port && strcasecmp(a->host, b->host) == 0;
}

static bool equals_url(const struct origin *o, const char *url, bool may_have_path) {
  struct origin other;
  return url && parse_origin(url, may_have_path, &other) && same(o, &other);
}

static bool is_loopback_name(const struct origin *o) {
  if (o->v6) return strcmp(o->host, "::1") == 0;
  return strcasecmp(o->host, "localhost") == 0 || strcmp(o->host, "127.0.0.1") == 0;
}

static bool is_ip_literal(const struct origin *o) {
  struct in6_addr address;
  return inet_pton(o->v6 ? AF_INET6 : AF_INET, o->host, &address) == 1;
}

static bool equals_host(const struct origin *o, const char *host) {
  struct origin other = {.https = o->https};
  if (!host || !parse_authority(host, strlen(host), o->https ? 443 : 80, &other)) return false;
  return is_ip_literal(&other) && same(o, &other);
}

bool origin_accepted(const char *origin, const struct origin_rules *rules) {
  if (!origin) return true;
  struct origin o;
  if (!parse_origin(origin, false, &o)) return false;
  if (equals_url(&o, "http://localhost:3000", false)) return true;
  if (is_loopback_name(&o) && o.port == rules->port) return true;
  if (equals_host(&o, rules->host)) return true;
  if (equals_url(&o, rules->public_url, true)) return true;
  for (size_t i = 0; i < rules->allowed_count; i++) {
    if (equals_url(&o, rules->allowed[i], false)) return true;
  }
  return false;
}
