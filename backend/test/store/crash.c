/* SPDX-License-Identifier: MIT */
/*
 * kill -9 in the middle of commits, again and again: every row that was
 * acknowledged is there afterwards, in order. Run as: crash sqlite|postgresql.
 */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "backends.h"
#include "base/random.h"

enum { KILLS = 12, RUN = 1000000 }; /* each child counts from a multiple of RUN */

static struct fixture fixture;
static const char *kind, *program;

/* The child: append numbered rows for ever, print "seq number" of each that was acknowledged. */

struct writer {
  struct fixture *f;
  int next, acked, outstanding;
};

struct number {
  struct writer *writer;
  int value;
};

static void on_number(void *ctx, int err, uint64_t seq) {
  struct number *n = ctx;
  if (err) _exit(3);
  char line[64];
  int len = snprintf(line, sizeof line, "%llu %d\n", (unsigned long long)seq, n->value);
  if (write(STDOUT_FILENO, line, (size_t)len) != len) _exit(4);
  n->writer->outstanding--;
  free(n);
}

static void append_number(struct writer *w, const char *room) {
  char text[32];
  struct number *n = malloc(sizeof *n);
  *n = (struct number){w, w->next++};
  snprintf(text, sizeof text, "%d", n->value);
  struct blob *blob = blob_create(text, strlen(text));
  if (w->f->store->ops->append(w->f->store, room, "child", 1, blob, on_number, n) != 0) _exit(5);
  blob_unref(blob);
  w->outstanding++;
}

static int child(const char *dir, const char *room, int first) {
  struct fixture f = {.backend = backend_find(kind), .limits = LIMITS_DEFAULT};
  struct writer w = {.f = &f, .next = first};
  if (loop_create(NULL, &f.loop) != 0) return 2;
  f.store = f.backend->open(dir, f.loop, NULL, &f.limits);
  if (!f.store) return 2;
  for (;;) {
    while (w.outstanding < 20) append_number(&w, room);
    if (loop_run_once(f.loop, 50) != 0) return 2;
  }
}

/* The parent. */

struct seen {
  uint64_t seqs[200000];
  int values[200000];
  size_t count;
};

static struct seen acked, stored;

static pid_t start_child(const char *dir, const char *room, int first, int *out) {
  int pipes[2];
  char number[16];
  snprintf(number, sizeof number, "%d", first);
  assert_int_equal(pipe(pipes), 0);
  pid_t pid = fork();
  assert_true(pid >= 0);
  if (pid == 0) {
    dup2(pipes[1], STDOUT_FILENO);
    close(pipes[0]);
    close(pipes[1]);
    execl(program, program, kind, "child", dir, room, number, (char *)NULL);
    _exit(127);
  }
  close(pipes[1]);
  *out = pipes[0];
  return pid;
}

static void take_acks(FILE *lines) {
  unsigned long long seq;
  int value;
  char line[64];
  while (fgets(line, sizeof line, lines)) {
    if (!strchr(line, '\n') || sscanf(line, "%llu %d", &seq, &value) != 2) continue;
    assert_true(acked.count < 200000);
    acked.seqs[acked.count] = seq;
    acked.values[acked.count++] = value;
  }
}

/** Kill it some milliseconds after its first acknowledgement. */
static void kill_soon(pid_t pid, int fd, unsigned after_ms) {
  struct pollfd ready = {.fd = fd, .events = POLLIN};
  assert_int_equal(poll(&ready, 1, 20000), 1);
  usleep(after_ms * 1000);
  kill(pid, SIGKILL);
  waitpid(pid, NULL, 0);
  FILE *lines = fdopen(fd, "r");
  take_acks(lines);
  fclose(lines);
}

static void on_stored(void *ctx, int err, const struct store_loaded *loaded) {
  struct outcome *o = ctx;
  on_outcome(o, err);
  stored.count = 0;
  for (size_t i = 1; !err && i < loaded->row_count; i++) { /* 0 is the room's first */
    stored.seqs[stored.count] = loaded->rows[i].seq;
    char text[16];
    snprintf(text, sizeof text, "%.*s", (int)loaded->rows[i].len, (const char *)loaded->rows[i].data);
    stored.values[stored.count++] = atoi(text);
  }
}

static void load_all(struct fixture *f, const char *room) {
  struct outcome o = {0};
  assert_int_equal(f->store->ops->load(f->store, room, on_stored, &o), 0);
  wait_for(f, &o);
  assert_int_equal(o.err, 0);
}

static void every_acknowledged_row_survives_kill_9(void **state) {
  (void)state;
  struct fixture *f = &fixture;
  char room[ROOM_ID_SIZE];
  fixture_open(f);
  memcpy(room, f->room, sizeof room);
  assert_int_equal(create_room(f, room, "first"), 0);
  fixture_close(f);
  int next = 0;
  for (int i = 0; i < KILLS; i++) {
    int fd;
    pid_t pid = start_child(f->dir, room, next, &fd);
    kill_soon(pid, fd, (unsigned)(i * 7 % 40));
    fixture_open(f);
    load_all(f, room);
    fixture_close(f);
    size_t at = 0;
    for (size_t a = 0; a < acked.count; a++) {
      while (at < stored.count && stored.seqs[at] < acked.seqs[a]) at++;
      assert_true(at < stored.count);
      assert_int_equal(stored.seqs[at], acked.seqs[a]);
      assert_int_equal(stored.values[at], acked.values[a]);
    }
    for (size_t s = 1; s < stored.count; s++) /* none twice, none left out */
      if (stored.values[s] % RUN != 0) assert_int_equal(stored.values[s], stored.values[s - 1] + 1);
    next += RUN;
  }
  print_message("# %d kills, %zu acknowledged, %zu stored\n", KILLS, acked.count, stored.count);
  assert_true(acked.count > KILLS);
}

int main(int argc, char **argv) {
  program = argv[0];
  kind = argc > 1 ? argv[1] : "";
  if (!backend_find(kind)) return 2;
  if (argc > 5 && strcmp(argv[2], "child") == 0) return child(argv[3], argv[4], atoi(argv[5]));
  const struct CMUnitTest tests[] = {cmocka_unit_test(every_acknowledged_row_survives_kill_9)};
  fixture_init(&fixture, backend_find(kind));
  int failed = cmocka_run_group_tests_name(kind, tests, NULL, NULL);
  fixture_deinit(&fixture);
  return failed;
}
