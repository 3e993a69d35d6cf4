/* SPDX-License-Identifier: MIT */
#include "store/resolve.h"

#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

/** Shared with the thread; the last of the two to let go frees it. */
struct question {
  atomic_int refs;
  int event_fd; /* written once when the answer is there */
  struct resolve_answer answer;
  char host[];
};

struct resolve {
  struct question *question;
  struct loop_watch *watch;
  resolve_fn fn;
  void *ctx;
};

static void question_unref(struct question *q) {
  if (atomic_fetch_sub(&q->refs, 1) > 1) return;
  close(q->event_fd);
  free(q);
}

static void *ask(void *ctx) {
  struct question *q = ctx;
  struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG}, *list = NULL;
  int rc = getaddrinfo(q->host, NULL, &hints, &list);
  if (rc == EAI_NONAME) { /* a host with loopback alone */
    hints.ai_flags = 0;
    rc = getaddrinfo(q->host, NULL, &hints, &list);
  }
  if (rc != 0) snprintf(q->answer.reason, sizeof q->answer.reason, "%s", gai_strerror(rc));
  for (struct addrinfo *at = rc == 0 ? list : NULL; at && q->answer.count < RESOLVE_MAX; at = at->ai_next) {
    char *to = q->answer.address[q->answer.count];
    if (getnameinfo(at->ai_addr, at->ai_addrlen, to, sizeof q->answer.address[0], NULL, 0, NI_NUMERICHOST) == 0)
      q->answer.count++;
  }
  if (rc == 0) freeaddrinfo(list);
  uint64_t one = 1;
  ssize_t n;
  do n = write(q->event_fd, &one, sizeof one);
  while (n < 0);
  question_unref(q);
  return NULL;
}

static void on_answer(void *ctx, unsigned ready) {
  (void)ready;
  struct resolve *r = ctx;
  uint64_t count;
  if (read(r->question->event_fd, &count, sizeof count) != sizeof count) return;
  struct resolve_answer answer = r->question->answer;
  r->fn(r->ctx, &answer);
}

static int start_thread(struct question *q) {
  pthread_attr_t attr;
  pthread_t thread;
  sigset_t all, before;
  if (pthread_attr_init(&attr) != 0) return ERR_NOMEM;
  pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before); /* signals are the loop's */
  int failed = pthread_create(&thread, &attr, ask, q);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  pthread_attr_destroy(&attr);
  return failed ? ERR_IO : 0;
}

int resolve_start(struct loop *loop, const char *host, resolve_fn fn, void *ctx, struct resolve **out) {
  struct resolve *r = calloc(1, sizeof *r);
  struct question *q = calloc(1, sizeof *q + strlen(host) + 1);
  int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (!r || !q || fd < 0) {
    free(r);
    free(q);
    if (fd >= 0) close(fd);
    return fd < 0 ? ERR_IO : ERR_NOMEM;
  }
  atomic_init(&q->refs, 2);
  q->event_fd = fd;
  strcpy(q->host, host);
  *r = (struct resolve){.question = q, .fn = fn, .ctx = ctx};
  int err = loop_watch_create(loop, fd, LOOP_READ, on_answer, r, &r->watch);
  if (!err) err = start_thread(q);
  if (err) {
    question_unref(q); /* the thread's */
    resolve_destroy(r);
    return err;
  }
  *out = r;
  return 0;
}

void resolve_destroy(struct resolve *r) {
  if (!r) return;
  loop_watch_destroy(r->watch);
  question_unref(r->question);
  free(r);
}
