/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "proxy.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PAIRS = 16 };

struct pair {
  int client, server; /* -1: free */
  bool lose_answer;   /* close when the server says something */
};

struct proxy {
  pthread_t thread;
  int listener;
  uint16_t to_port;
  atomic_int mode, cuts, stop;
  struct pair pairs[PAIRS];
};

static struct sockaddr_in loopback(uint16_t port) {
  return (struct sockaddr_in){
      .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static void close_pair(struct pair *pair) {
  close(pair->client);
  close(pair->server);
  *pair = (struct pair){-1, -1, false};
}

static void accept_one(struct proxy *p) {
  int client = accept(p->listener, NULL, NULL);
  struct pair *pair = NULL;
  for (int i = 0; i < PAIRS && !pair; i++)
    if (p->pairs[i].client < 0) pair = &p->pairs[i];
  struct sockaddr_in to = loopback(p->to_port);
  int server = socket(AF_INET, SOCK_STREAM, 0);
  if (!pair || connect(server, (struct sockaddr *)&to, sizeof to) != 0) {
    close(client);
    close(server);
    return;
  }
  *pair = (struct pair){client, server, false};
}

static void pump(struct proxy *p, struct pair *pair, bool from_client) {
  char bytes[65536];
  int from = from_client ? pair->client : pair->server, to = from_client ? pair->server : pair->client;
  ssize_t n = recv(from, bytes, sizeof bytes, 0);
  int mode = atomic_load(&p->mode);
  bool commit = from_client && n > 0 && memmem(bytes, (size_t)n, "COMMIT", 7);
  if (commit && (mode == PROXY_LOSE_COMMIT || mode == PROXY_LOSE_COMMIT_ANSWER)) {
    atomic_store(&p->mode, PROXY_PASS);
    atomic_fetch_add(&p->cuts, 1);
    pair->lose_answer = mode == PROXY_LOSE_COMMIT_ANSWER;
    if (mode == PROXY_LOSE_COMMIT) n = 0;
  }
  if (!from_client && pair->lose_answer) n = 0;
  if (n <= 0 || send(to, bytes, (size_t)n, MSG_NOSIGNAL) != n) close_pair(pair);
}

static void *work(void *ctx) {
  struct proxy *p = ctx;
  while (!atomic_load(&p->stop)) {
    struct pollfd fds[1 + 2 * PAIRS] = {{.fd = p->listener, .events = POLLIN}};
    bool hold = atomic_load(&p->mode) == PROXY_HOLD;
    for (int i = 0; i < PAIRS; i++) {
      fds[1 + 2 * i] = (struct pollfd){.fd = hold ? -1 : p->pairs[i].client, .events = POLLIN};
      fds[2 + 2 * i] = (struct pollfd){.fd = hold ? -1 : p->pairs[i].server, .events = POLLIN};
    }
    if (poll(fds, 1 + 2 * PAIRS, 10) <= 0) continue;
    for (int i = 0; i < PAIRS; i++) {
      if (fds[1 + 2 * i].revents && p->pairs[i].client >= 0) pump(p, &p->pairs[i], true);
      if (fds[2 + 2 * i].revents && p->pairs[i].client >= 0) pump(p, &p->pairs[i], false);
    }
    if (fds[0].revents) accept_one(p);
  }
  return NULL;
}

struct proxy *proxy_start(uint16_t to_port, uint16_t *port) {
  struct proxy *p = calloc(1, sizeof *p);
  struct sockaddr_in at = loopback(0);
  socklen_t len = sizeof at;
  if (!p) return NULL;
  for (int i = 0; i < PAIRS; i++) p->pairs[i] = (struct pair){-1, -1, false};
  p->to_port = to_port;
  p->listener = socket(AF_INET, SOCK_STREAM, 0);
  if (bind(p->listener, (struct sockaddr *)&at, sizeof at) != 0 || listen(p->listener, 8) != 0 ||
      getsockname(p->listener, (struct sockaddr *)&at, &len) != 0 || pthread_create(&p->thread, NULL, work, p) != 0) {
    close(p->listener);
    free(p);
    return NULL;
  }
  *port = ntohs(at.sin_port);
  return p;
}

void proxy_set(struct proxy *p, enum proxy_mode mode) {
  atomic_store(&p->mode, mode);
}

int proxy_cuts(const struct proxy *p) {
  return atomic_load(&p->cuts);
}

void proxy_stop(struct proxy *p) {
  atomic_store(&p->stop, 1);
  pthread_join(p->thread, NULL);
  for (int i = 0; i < PAIRS; i++)
    if (p->pairs[i].client >= 0) close_pair(&p->pairs[i]);
  close(p->listener);
  free(p);
}
