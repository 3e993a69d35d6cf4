/* SPDX-License-Identifier: MIT */
#include "net/routes_assist.h"

#include <stdlib.h>

#include "net/input.h"
#include "port/assist.h"
#include "wire/api_reply.h"
#include "wire/api_request.h"

static int append_list(const struct assist_list *list, struct buf *body) {
  int err = buf_append_str(body, "{\"suggestions\":[");
  for (size_t i = 0; i < list->count && !err; i++) {
    const struct assist_suggestion *s = &list->items[i];
    struct api_suggestion_view view = {
        .label = s->label, .kind = assist_kind_text(s->kind), .insert_text = s->insert_text, .detail = s->detail};
    if (i) err = buf_append_byte(body, ',');
    if (!err) err = api_reply_suggestion(&view, body);
  }
  if (err) return err;
  return buf_printf(body, "],\"language\":\"%s\",\"replaceFrom\":%zu,\"replaceTo\":%zu}", list->language,
                    list->replace_from_utf16, list->replace_to_utf16);
}

static void reply_error(struct request *r, int err) {
  if (err == ERR_TOO_LARGE) {
    request_reply_detail(r, 413, "The code is longer than the %u bytes that are looked at.", ASSIST_CODE_MAX_BYTES);
  } else {
    request_reply_err(r, err, "code");
  }
}

/* A completion on its way through the worker. */
struct job {
  struct request *request;
  const struct assist *assist;
  struct api_autocomplete wanted;
  struct assist_list list;
  int err;
};

static void complete(void *ctx) {
  struct job *job = ctx;
  struct assist_request ask = {.code = job->wanted.code,
                               .code_len = job->wanted.code_len,
                               .cursor_utf16 = job->wanted.cursor_utf16,
                               .language = job->wanted.language};
  job->err = job->assist->suggest(job->assist->self, &ask, &job->list);
}

static void job_free(struct job *job) {
  assist_list_clear(&job->list);
  api_autocomplete_deinit(&job->wanted);
  free(job);
}

static void on_completed(void *ctx, bool ran) {
  struct job *job = ctx;
  struct buf body = BUF_INIT;
  int err = ran ? job->err : ERR_CANCELLED;
  if (!err) {
    err = append_list(&job->list, &body);
    request_reply_json(job->request, 200, &body, err);
  } else {
    reply_error(job->request, err);
  }
  job_free(job);
}

void routes_assist_complete(void *ctx, struct request *r) {
  (void)ctx;
  if (!input_json(r, true)) return;
  struct api_errors errors = {0};
  size_t len;
  const uint8_t *bytes = request_body(r, &len);
  struct job *job = calloc(1, sizeof *job);
  int err = job ? api_autocomplete_parse(bytes, len, &job->wanted, &errors) : ERR_NOMEM;
  if (!err && !r->net->assist) err = ERR_UNAVAILABLE;
  if (!err) {
    job->request = r;
    job->assist = r->net->assist;
    err = worker_run(r->net->worker, complete, on_completed, job);
  }
  if (!err) return;
  if (err == ERR_MALFORMED)
    request_reply_errors(r, &errors);
  else
    reply_error(r, err);
  if (job) job_free(job);
}
