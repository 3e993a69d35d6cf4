/* SPDX-License-Identifier: MIT */
/*
 * Connections that libevent has no memory or no room in its epoll set for: each of its allocations while a
 * connection is accepted fails in turn. Who is lost is closed or told so; nobody else notices.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "fixture.h"

enum { ALLOCATIONS = 40, SPELLS = 3 };

static unsigned nth, spell; /* of libevent's allocations, @spell fail from the nth on; 0: none does */
static bool epoll_full;
static bool spared;
static unsigned failed;

/* Libevent does not survive being without memory for the peer's address as a text. */
static bool fails(size_t size) {
  if (spared || size < INET6_ADDRSTRLEN || nth == 0 || --nth > 0) return false;
  if (--spell > 0) nth = 1;
  failed++;
  return true;
}

static void *allocate(size_t size) {
  return fails(size) ? NULL : malloc(size);
}

/* What is read after this is garbage, and a pointer in it is none. */
static void release(void *p) {
  static void *(*volatile fill)(void *, int, size_t) = memset; /* the compiler must not leave it out */
  if (p) fill(p, 0xa5, malloc_usable_size(p));
  free(p);
}

static void *reallocate(void *old, size_t size) {
  return fails(size) ? NULL : realloc(old, size);
}

/* Libevent itself does not look whether it got the memory for its own part of this. */
void __real_bufferevent_setwatermark(struct bufferevent *bev, short events, size_t low, size_t high);
void __wrap_bufferevent_setwatermark(struct bufferevent *bev, short events, size_t low, size_t high);

void __wrap_bufferevent_setwatermark(struct bufferevent *bev, short events, size_t low, size_t high) {
  spared = true;
  __real_bufferevent_setwatermark(bev, events, low, high);
  spared = false;
}

/* In the place of libc's. */
int epoll_ctl(int set, int op, int fd, struct epoll_event *event) {
  if (epoll_full && op == EPOLL_CTL_ADD) {
    failed++;
    errno = ENOSPC;
    return -1;
  }
  return (int)syscall(SYS_epoll_ctl, set, op, fd, event);
}

static void arm(unsigned from, unsigned count) {
  nth = from;
  spell = count;
  failed = 0;
}

static void disarm(void) {
  nth = 0;
  epoll_full = false;
}

/* One pass over what is ready, without the end of the turn. */
static void accept_only(struct fixture *f) {
  event_base_loop(loop_peek_event_base(f->loop), EVLOOP_ONCE | EVLOOP_NONBLOCK);
}

/* 1: served. Otherwise it is told so or closed. */
static unsigned outcome(struct client *c) {
  struct answer a;
  client_print(c, "GET /liveness HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
  if (!client_wait_text(c, "\r\n\r\n")) {
    assert_true(c->eof);
    return 0;
  }
  client_answer(c, false, &a);
  assert_true(a.status == 200 || a.status == 503);
  answer_deinit(&a);
  assert_true(client_wait_eof(c));
  return a.status == 200;
}

static unsigned two_come(struct fixture *f) {
  struct client a, b;
  client_open(f, &a);
  client_open(f, &b);
  assert_int_equal(loop_run_once(f->loop, 0), 0);
  disarm();
  unsigned served = outcome(&a);
  served += outcome(&b);
  client_close(&a);
  client_close(&b);
  assert_int_equal(loop_run_once(f->loop, 0), 0);
  assert_int_equal(server_connections(f->server), 0);
  return served;
}

static void one_that_libevent_has_no_memory_for_goes_alone(void **state) {
  (void)state;
  struct fixture f;
  unsigned failures = 0;
  fixture_start(&f, NULL);
  assert_int_equal(two_come(&f), 2);
  for (unsigned count = 1; count <= SPELLS; count++) {
    for (unsigned from = 1; from <= ALLOCATIONS; from++) {
      arm(from, count);
      unsigned served = two_come(&f);
      failures += failed;
      if (served + failed < 2) fail_msg("%u failed from the %u. on, and %u of 2 were served", failed, from, served);
    }
  }
  assert_true(failures > 60);
  fixture_stop(&f);
}

static void one_that_epoll_has_no_room_for_goes(void **state) {
  (void)state;
  struct fixture f;
  fixture_start(&f, NULL);
  failed = 0;
  epoll_full = true;
  assert_int_equal(two_come(&f), 0);
  assert_in_range(failed, 2, 4);
  assert_int_equal(two_come(&f), 2);
  fixture_stop(&f);
}

static void the_server_may_end_before_the_turn_does(void **state) {
  (void)state;
  for (unsigned at = 0; at <= ALLOCATIONS; at++) {
    struct fixture f;
    struct client c;
    fixture_start(&f, NULL);
    client_open(&f, &c);
    if (at) arm((at + 1) / 2, 1 + at % 2);
    accept_only(&f);
    disarm();
    fixture_stop(&f);
    client_close(&c);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(one_that_libevent_has_no_memory_for_goes_alone),
      cmocka_unit_test(one_that_epoll_has_no_room_for_goes),
      cmocka_unit_test(the_server_may_end_before_the_turn_does),
  };
  event_set_mem_functions(allocate, reallocate, release);
  return cmocka_run_group_tests_name("net/accept", tests, NULL, NULL);
}
