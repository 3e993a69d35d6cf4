/* SPDX-License-Identifier: MIT */
#include "net/transport.h"

#include <errno.h>
#include <event2/bufferevent.h>
#include <event2/http.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

#include "base/log.h"

static int of_errno(void) {
  return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? ERR_AGAIN : ERR_IO;
}

static int plain_recv(struct transport *t, void *into, size_t len, size_t *got) {
  ssize_t n = recv(t->fd, into, len, 0);
  if (n < 0) return of_errno();
  *got = (size_t)n;
  return 0;
}

static int plain_writev(struct transport *t, const struct iovec *iov, int count, size_t *put) {
  ssize_t n = writev(t->fd, iov, count);
  if (n < 0) return of_errno();
  *put = (size_t)n;
  return 0;
}

static void plain_finish(struct transport *t) {
  shutdown(t->fd, SHUT_WR);
}

static void plain_close(struct transport *t) {
  evhttp_connection_free(t->owner);
}

void transport_init_plain(struct transport *t, struct evhttp_connection *evcon) {
  static const struct transport_ops plain = {plain_recv, plain_writev, plain_finish, plain_close};
  *t = (struct transport){
      .ops = &plain, .owner = evcon, .fd = bufferevent_getfd(evhttp_connection_get_bufferevent(evcon))};
  /* A turn leaves in one write already: Nagle's algorithm would hold it until the peer acknowledged the one before, up
   * to 40 ms. */
  if (setsockopt(t->fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int)) < 0)
    log_debug(LOG_NONE, "setsockopt(TCP_NODELAY) failed: %s", strerror(errno));
}
