/* SPDX-License-Identifier: MIT */
#include "app/addresses.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>

static bool is_any(const char *host) {
  return strcmp(host, "0.0.0.0") == 0 || strcmp(host, "::") == 0;
}

static bool is_loopback(const char *host) {
  return strncmp(host, "127.", 4) == 0 || strcmp(host, "::1") == 0 || strcmp(host, "localhost") == 0;
}

static int append_interface(const struct ifaddrs *at, uint16_t port, struct buf *out) {
  char text[INET6_ADDRSTRLEN];
  if (!at->ifa_addr || !(at->ifa_flags & IFF_UP) || (at->ifa_flags & IFF_LOOPBACK)) return 0;
  if (at->ifa_addr->sa_family == AF_INET) {
    const struct sockaddr_in *in = (const void *)at->ifa_addr;
    if (!inet_ntop(AF_INET, &in->sin_addr, text, sizeof text)) return 0;
    return buf_printf(out, "  for friends:     http://%s:%u\n", text, port);
  }
  if (at->ifa_addr->sa_family == AF_INET6) {
    const struct sockaddr_in6 *in = (const void *)at->ifa_addr;
    if (IN6_IS_ADDR_LINKLOCAL(&in->sin6_addr) || !inet_ntop(AF_INET6, &in->sin6_addr, text, sizeof text)) return 0;
    return buf_printf(out, "  for friends:     http://[%s]:%u\n", text, port);
  }
  return 0;
}

static int append_interfaces(uint16_t port, struct buf *out) {
  struct ifaddrs *all = NULL;
  int err = 0;
  if (getifaddrs(&all) != 0) return 0;
  for (const struct ifaddrs *at = all; at && !err; at = at->ifa_next) err = append_interface(at, port, out);
  freeifaddrs(all);
  return err;
}

int addresses_append(const struct config *config, uint16_t port, struct buf *out) {
  int err = buf_append_str(out, "Yoke is running.\n");
  if (!err && (is_loopback(config->host) || is_any(config->host)))
    err = buf_printf(out, "  on this machine: http://localhost:%u\n", port);
  else if (!err)
    err = buf_printf(
        out, strchr(config->host, ':') ? "  for friends:     http://[%s]:%u\n" : "  for friends:     http://%s:%u\n",
        config->host, port);
  if (!err && is_any(config->host)) err = append_interfaces(port, out);
  if (!err && config->public_url) err = buf_printf(out, "  public address:  %s\n", config->public_url);
  if (!err && is_loopback(config->host) && !config->public_url)
    err = buf_append_str(out, "  Only this machine can reach it. To let friends in: --host 0.0.0.0 --open\n");
  return err;
}
