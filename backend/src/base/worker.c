/* SPDX-License-Identifier: MIT */
#include "base/worker.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct job {
  struct job *next;
  loop_fn work;
  void (*done)(void *ctx, bool ran);
  void *ctx;
  bool ran;
};

struct job_list {
  struct job *first, **end; /* end: where the next one goes */
};

struct worker {
  pthread_t thread;
  pthread_mutex_t lock; /* of what follows */
  pthread_cond_t wake;
  struct job_list waiting, finished;
  bool stopping;
  int event_fd; /* readable while something is finished */
  struct loop_watch *watch;
};

static void list_push(struct job_list *list, struct job *job) {
  job->next = NULL;
  *list->end = job;
  list->end = &job->next;
}

static struct job *list_take_all(struct job_list *list) {
  struct job *first = list->first;
  list->first = NULL;
  list->end = &list->first;
  return first;
}

static void *run_jobs(void *arg) {
  struct worker *w = arg;
  pthread_mutex_lock(&w->lock);
  for (;;) {
    while (!w->waiting.first && !w->stopping) pthread_cond_wait(&w->wake, &w->lock);
    if (w->stopping) break;
    struct job *job = w->waiting.first;
    w->waiting.first = job->next;
    if (!job->next) w->waiting.end = &w->waiting.first;
    pthread_mutex_unlock(&w->lock);
    job->work(job->ctx);
    job->ran = true;
    pthread_mutex_lock(&w->lock);
    list_push(&w->finished, job);
    (void)!eventfd_write(w->event_fd, 1);
  }
  pthread_mutex_unlock(&w->lock);
  return NULL;
}

static void answer(struct job *job) {
  while (job) {
    struct job *next = job->next;
    job->done(job->ctx, job->ran);
    free(job);
    job = next;
  }
}

static void on_finished(void *ctx, unsigned ready) {
  struct worker *w = ctx;
  eventfd_t count;
  (void)ready;
  (void)!eventfd_read(w->event_fd, &count);
  pthread_mutex_lock(&w->lock);
  struct job *job = list_take_all(&w->finished);
  pthread_mutex_unlock(&w->lock);
  answer(job);
}

int worker_create(struct loop *loop, struct worker **out) {
  struct worker *w = calloc(1, sizeof *w);
  if (!w) return ERR_NOMEM;
  w->waiting.end = &w->waiting.first;
  w->finished.end = &w->finished.first;
  pthread_mutex_init(&w->lock, NULL);
  pthread_cond_init(&w->wake, NULL);
  w->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  int err = w->event_fd < 0 ? ERR_IO : loop_watch_create(loop, w->event_fd, LOOP_READ, on_finished, w, &w->watch);
  if (!err && pthread_create(&w->thread, NULL, run_jobs, w) != 0) err = ERR_IO;
  if (!err) {
    *out = w;
    return 0;
  }
  loop_watch_destroy(w->watch);
  if (w->event_fd >= 0) close(w->event_fd);
  pthread_cond_destroy(&w->wake);
  pthread_mutex_destroy(&w->lock);
  free(w);
  return err;
}

void worker_destroy(struct worker *w) {
  if (!w) return;
  pthread_mutex_lock(&w->lock);
  w->stopping = true;
  pthread_cond_signal(&w->wake);
  pthread_mutex_unlock(&w->lock);
  pthread_join(w->thread, NULL);
  answer(list_take_all(&w->finished));
  answer(list_take_all(&w->waiting));
  loop_watch_destroy(w->watch);
  close(w->event_fd);
  pthread_cond_destroy(&w->wake);
  pthread_mutex_destroy(&w->lock);
  free(w);
}

int worker_run(struct worker *w, loop_fn work, void (*done)(void *ctx, bool ran), void *ctx) {
  struct job *job = malloc(sizeof *job);
  if (!job) return ERR_NOMEM;
  *job = (struct job){.work = work, .done = done, .ctx = ctx};
  pthread_mutex_lock(&w->lock);
  list_push(&w->waiting, job);
  pthread_cond_signal(&w->wake);
  pthread_mutex_unlock(&w->lock);
  return 0;
}
