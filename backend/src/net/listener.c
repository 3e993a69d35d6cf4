/* SPDX-License-Identifier: MIT */
#include "net/listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <event2/listener.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"

#define BACKLOG 512

static bool is_loopback(const struct sockaddr *address) {
  if (address->sa_family == AF_INET)
    return ntohl(((const struct sockaddr_in *)(const void *)address)->sin_addr.s_addr) >> 24 == 127;
  return IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)(const void *)address)->sin6_addr);
}

/*
 * accept() failed, as a rule for want of descriptors: trying again at once
 * would only burn the processor. The server's tick enables the listener again.
 */
static void on_accept_error(struct evconnlistener *listener, void *ctx) {
  (void)ctx;
  log_warn(LOG_NONE, "accepting a connection failed: %s; raise the limit of open files (ulimit -n)", strerror(errno));
  evconnlistener_disable(listener);
}

static int fail(const char *host, uint16_t port, struct buf *error) {
  int err = ERR_IO;
  const char *remedy = "see the system's message";
  if (errno == EADDRINUSE) {
    err = ERR_BUSY;
    remedy = "another program listens there: stop it, or choose another port with --port";
  } else if (errno == EACCES) {
    err = ERR_DENIED;
    remedy = "ports below 1024 need a privilege: choose another with --port, 8000 for example";
  } else if (errno == EADDRNOTAVAIL) {
    err = ERR_NOT_FOUND;
    remedy = "this machine has no such address: choose another with --host";
  }
  int printed = buf_printf(error, "cannot listen on %s port %u: %s; %s", host, port, strerror(errno), remedy);
  return printed ? printed : err;
}

static int bind_socket(const struct addrinfo *a, const char *host, uint16_t port, int *out, struct buf *error) {
  int fd = socket(a->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return fail(host, port, error);
  int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (a->ai_family == AF_INET6) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
  if (bind(fd, a->ai_addr, a->ai_addrlen) < 0 || listen(fd, BACKLOG) < 0) {
    int err = fail(host, port, error);
    close(fd);
    return err;
  }
  *out = fd;
  return 0;
}

static uint16_t port_of(int fd) {
  struct sockaddr_storage address;
  socklen_t len = sizeof(address);
  if (getsockname(fd, (struct sockaddr *)&address, &len) < 0) return 0;
  if (address.ss_family == AF_INET6) return ntohs(((struct sockaddr_in6 *)(void *)&address)->sin6_port);
  return ntohs(((struct sockaddr_in *)(void *)&address)->sin_port);
}

static void set_port(struct sockaddr *address, uint16_t port) {
  if (address->sa_family == AF_INET6) {
    ((struct sockaddr_in6 *)(void *)address)->sin6_port = htons(port);
  } else {
    ((struct sockaddr_in *)(void *)address)->sin_port = htons(port);
  }
}

static int open_one(struct loop *loop, const struct addrinfo *a, const char *host, uint16_t *port, bool open,
                    struct evconnlistener **out, struct buf *error) {
  if (!open && !is_loopback(a->ai_addr)) {
    int err = buf_printf(error,
                         "host %s is reachable by others, and nobody needs to sign in yet: add --open if that is "
                         "meant, or use --host 127.0.0.1",
                         host);
    return err ? err : ERR_DENIED;
  }
  int fd = -1;
  set_port(a->ai_addr, *port);
  int err = bind_socket(a, host, *port, &fd, error);
  if (err) return err;
  if (*port == 0) *port = port_of(fd);
  *out =
      evconnlistener_new(loop_peek_event_base(loop), NULL, NULL, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 0, fd);
  if (!*out) {
    close(fd);
    return ERR_NOMEM;
  }
  evconnlistener_set_error_cb(*out, on_accept_error);
  return 0;
}

int listener_open(struct loop *loop, const char *host, uint16_t port, bool open,
                  struct evconnlistener *out[static LISTENER_MAX], size_t *count, uint16_t *bound, struct buf *error) {
  struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
  struct addrinfo *list = NULL;
  *count = 0;
  int failed = getaddrinfo(host, NULL, &hints, &list);
  if (failed) {
    int printed = buf_printf(error, "host %s is not known: %s; use an address of this machine, 127.0.0.1 for example",
                             host, gai_strerror(failed));
    return printed ? printed : ERR_NOT_FOUND;
  }
  int err = 0;
  for (const struct addrinfo *a = list; a && !err && *count < LISTENER_MAX; a = a->ai_next) {
    if (a->ai_family != AF_INET && a->ai_family != AF_INET6) continue;
    err = open_one(loop, a, host, &port, open, &out[*count], error);
    if (err == ERR_NOT_FOUND && (*count || a->ai_next)) { /* such as ::1 where IPv6 is off */
      buf_clear(error);
      err = 0;
      continue;
    }
    if (!err) (*count)++;
  }
  freeaddrinfo(list);
  while (err && *count) evconnlistener_free(out[--*count]);
  if (!err && *count == 0) err = ERR_NOT_FOUND;
  *bound = port;
  return err;
}
