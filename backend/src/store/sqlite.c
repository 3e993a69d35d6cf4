/* SPDX-License-Identifier: MIT */
#include "store/sqlite.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/log.h"
#include "store/core.h"
#include "store/core_ops.h"
#include "store/folder.h"
#include "store/lockfile.h"
#include "store/restoring.h"
#include "store/sqlite_db.h"

/** An answered read, on its way back to the loop. */
struct read_answer {
  struct request *request;
  int err;
  char reason[CORE_REASON_MAX];
};

enum { READS_MAX = 32 }; /* with the worker at a time; the core holds back the rest */

struct sqlite_store {
  struct core core;     /* first */
  struct sqlite_db *db; /* the worker's while it runs */
  int lock_fd;
  int event_fd; /* the worker tells the loop that something is finished */
  struct loop_watch *watch;
  pthread_t thread;
  bool running; /* the thread was started */
  size_t reads; /* handed over and not yet back; the loop's */

  pthread_mutex_t mutex; /* guards all below */
  pthread_cond_t wake;
  bool stop;
  struct request *batch;                 /* to be committed */
  struct request *read_head, *read_tail; /* to be answered, by driver_next */
  bool written;                          /* the batch has been tried */
  int write_err;
  char write_reason[CORE_REASON_MAX];
  struct read_answer answers[READS_MAX];
  size_t answer_count;
};

static struct sqlite_store *store_of(struct core *core) {
  return (struct sqlite_store *)core;
}

/* On the worker's thread --------------------------------------------------- */

static void tell_loop(struct sqlite_store *s) {
  uint64_t one = 1;
  ssize_t n;
  do n = write(s->event_fd, &one, sizeof one);
  while (n < 0); /* an eventfd's write fails only when interrupted */
}

static void answer_read(struct sqlite_store *s, struct request *r) {
  struct read_answer answer = {.request = r};
  answer.err = sqlite_db_read(s->db, r, answer.reason, sizeof answer.reason);
  pthread_mutex_lock(&s->mutex);
  s->answers[s->answer_count++] = answer;
  pthread_mutex_unlock(&s->mutex);
  tell_loop(s);
}

static void commit_batch(struct sqlite_store *s, struct request *batch) {
  char reason[CORE_REASON_MAX] = "";
  int err = sqlite_db_write(s->db, batch, reason, sizeof reason);
  pthread_mutex_lock(&s->mutex);
  s->written = true;
  s->write_err = err;
  memcpy(s->write_reason, reason, sizeof reason);
  pthread_mutex_unlock(&s->mutex);
  tell_loop(s);
}

static void *work(void *ctx) {
  struct sqlite_store *s = ctx;
  pthread_mutex_lock(&s->mutex);
  while (!s->stop) {
    struct request *read = s->read_head, *batch = read ? NULL : s->batch;
    if (!read && !batch) {
      pthread_cond_wait(&s->wake, &s->mutex);
      continue;
    }
    if (read)
      s->read_head = read->driver_next;
    else
      s->batch = NULL;
    pthread_mutex_unlock(&s->mutex);
    if (read)
      answer_read(s, read);
    else
      commit_batch(s, batch);
    pthread_mutex_lock(&s->mutex);
  }
  pthread_mutex_unlock(&s->mutex);
  return NULL;
}

/* On the loop's thread ----------------------------------------------------- */

static void deliver(struct sqlite_store *s) {
  struct read_answer answers[READS_MAX];
  char reason[CORE_REASON_MAX];
  pthread_mutex_lock(&s->mutex);
  size_t count = s->answer_count;
  memcpy(answers, s->answers, count * sizeof answers[0]);
  s->answer_count = 0;
  bool written = s->written;
  s->written = false;
  int err = s->write_err;
  memcpy(reason, s->write_reason, sizeof reason);
  pthread_mutex_unlock(&s->mutex);
  for (size_t i = 0; i < count; i++) {
    s->reads--;
    core_read_done(&s->core, answers[i].request, answers[i].err, answers[i].reason[0] ? answers[i].reason : NULL);
  }
  if (written) core_write_done(&s->core, err, reason);
}

static void on_worker_done(void *ctx, unsigned ready) {
  (void)ready;
  struct sqlite_store *s = ctx;
  uint64_t count;
  if (read(s->event_fd, &count, sizeof count) == sizeof count) deliver(s);
}

static bool driver_can_write(struct core *core) {
  (void)core;
  return true;
}

static bool driver_can_read(struct core *core) {
  return store_of(core)->reads < READS_MAX;
}

static void driver_write(struct core *core, struct request *batch) {
  struct sqlite_store *s = store_of(core);
  pthread_mutex_lock(&s->mutex);
  s->batch = batch;
  pthread_cond_signal(&s->wake);
  pthread_mutex_unlock(&s->mutex);
}

static void driver_read(struct core *core, struct request *r) {
  struct sqlite_store *s = store_of(core);
  s->reads++;
  pthread_mutex_lock(&s->mutex);
  r->driver_next = NULL;
  if (s->read_head)
    s->read_tail->driver_next = r;
  else
    s->read_head = r;
  s->read_tail = r;
  pthread_cond_signal(&s->wake);
  pthread_mutex_unlock(&s->mutex);
}

static void driver_stop(struct core *core) {
  struct sqlite_store *s = store_of(core);
  if (s->running) {
    pthread_mutex_lock(&s->mutex);
    s->stop = true;
    pthread_cond_signal(&s->wake);
    pthread_mutex_unlock(&s->mutex);
    pthread_join(s->thread, NULL);
    s->running = false;
    deliver(s); /* what the worker finished is told as it is, not as cancelled */
  }
  loop_watch_destroy(s->watch);
  s->watch = NULL;
  sqlite_db_destroy(s->db);
  s->db = NULL;
  lockfile_release(s->lock_fd);
  s->lock_fd = -1;
  if (s->event_fd >= 0) close(s->event_fd);
  s->event_fd = -1;
}

static void driver_free(struct core *core) {
  struct sqlite_store *s = store_of(core);
  pthread_cond_destroy(&s->wake);
  pthread_mutex_destroy(&s->mutex);
  free(s);
}

static const struct core_driver driver = {
    .kind = "sqlite",
    .can_write = driver_can_write,
    .can_read = driver_can_read,
    .write = driver_write,
    .read = driver_read,
    .stop = driver_stop,
    .free = driver_free,
};

/* Opening ------------------------------------------------------------------ */

/** Signals are the loop's: the worker starts with all of them blocked. */
static int start_worker(struct sqlite_store *s, struct buf *error) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  int failed = pthread_create(&s->thread, NULL, work, s);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (failed) {
    (void)!buf_printf(error, "cannot start the database thread: %s", strerror(failed));
    return ERR_IO;
  }
  s->running = true;
  return 0;
}

static int open_files(struct sqlite_store *s, const struct sqlite_store_options *options, struct buf *error) {
  struct buf path = BUF_INIT;
  int err = folder_make(options->data_dir, error);
  if (!err) err = buf_printf(&path, "%s/yoke.lock%c", options->data_dir, 0);
  if (!err) err = lockfile_take((const char *)path.data, &s->lock_fd, error);
  buf_clear(&path);
  if (!err) err = buf_printf(&path, "%s/yoke.db%c", options->data_dir, 0);
  if (!err) err = restoring_check((const char *)path.data, error);
  if (!err) restoring_tidy((const char *)path.data);
  if (!err) err = sqlite_db_create((const char *)path.data, options->limits->rooms_max, &s->db, error);
  if (!err) log_info(LOG_NONE, "database: %s", (const char *)path.data);
  buf_deinit(&path);
  return err;
}

int sqlite_store_create(const struct sqlite_store_options *options, struct store **out, struct buf *error) {
  struct sqlite_store *s = calloc(1, sizeof *s);
  if (!s) return ERR_NOMEM;
  s->lock_fd = s->event_fd = -1;
  pthread_mutex_init(&s->mutex, NULL);
  pthread_cond_init(&s->wake, NULL);
  struct core_options core = {&core_store_ops, &driver, options->loop, options->metrics, options->limits};
  int err = core_init(&s->core, &core);
  if (!err) err = open_files(s, options, error);
  if (!err) {
    s->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (s->event_fd < 0) err = ERR_IO;
  }
  if (!err) err = loop_watch_create(options->loop, s->event_fd, LOOP_READ, on_worker_done, s, &s->watch);
  if (!err) err = start_worker(s, error);
  if (err) {
    if (!error->len) (void)!buf_printf(error, "cannot open the store in %s: %s", options->data_dir, err_text(err));
    driver_stop(&s->core);
    core_deinit(&s->core);
    driver_free(&s->core);
    return err;
  }
  core_set_up(&s->core);
  *out = &s->core.store;
  return 0;
}
