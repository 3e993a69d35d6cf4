/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/config_parts.h"

enum { ORIGIN_MAX_BYTES = 512 };

static size_t span_scheme(const char *text) {
  if (!isalpha((unsigned char)text[0])) return 0;
  size_t len = 0;
  while (isalnum((unsigned char)text[len]) || (text[len] && strchr("+.-", text[len]))) len++;
  return len;
}

/* A name or an IPv4 address, or an IPv6 address in brackets; 0: neither. */
static size_t span_host(const char *text) {
  size_t len = 0;
  if (text[0] == '[') {
    len = 1 + strspn(text + 1, "0123456789abcdefABCDEF:.");
    return text[len] == ']' && len > 2 ? len + 1 : 0;
  }
  while (isalnum((unsigned char)text[len]) || (text[len] && strchr(".-_", text[len]))) len++;
  return len;
}

/* ":1" to ":65535" at @text, or nothing. Returns its length, or -1. */
static int span_port(const char *text, long *port) {
  *port = 0;
  if (text[0] != ':') return 0;
  size_t digits = strspn(text + 1, "0123456789");
  if (digits == 0 || digits > 5) return -1;
  *port = strtol(text + 1, NULL, 10);
  return *port >= 1 && *port <= 65535 ? (int)digits + 1 : -1;
}

int config_origin_parse(const char *text, bool http_only, char **out) {
  char lower[ORIGIN_MAX_BYTES];
  size_t len = strlen(text);
  if (len >= sizeof(lower)) return ERR_INVALID;
  for (size_t i = 0; i <= len; i++) lower[i] = (char)tolower((unsigned char)text[i]);

  size_t scheme = span_scheme(lower);
  if (scheme == 0 || strncmp(lower + scheme, "://", 3) != 0) return ERR_INVALID;
  bool http = scheme == 4 && strncmp(lower, "http", 4) == 0;
  bool https = scheme == 5 && strncmp(lower, "https", 5) == 0;
  if (http_only && !http && !https) return ERR_INVALID;
  size_t host_at = scheme + 3, host = span_host(lower + host_at);
  long port;
  int port_len = span_port(lower + host_at + host, &port);
  if (host == 0 || port_len < 0) return ERR_INVALID;
  const char *rest = lower + host_at + host + port_len;
  if (strcmp(rest, "") != 0 && strcmp(rest, "/") != 0) return ERR_INVALID;

  bool own_port = (http && port == 80) || (https && port == 443); /* browsers leave it out */
  size_t keep = host_at + host + (own_port ? 0 : (size_t)port_len);
  *out = strndup(lower, keep);
  return *out ? 0 : ERR_NOMEM;
}
