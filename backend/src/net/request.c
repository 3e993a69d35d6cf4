/* SPDX-License-Identifier: MIT */
#include "net/request.h"

#include <event2/buffer.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/log.h"
#include "room/registry.h"

#define SLOW_REQUEST_US 500000

const char *request_header(const struct request *r, const char *name) {
  return evhttp_find_header(evhttp_request_get_input_headers(r->ev), name);
}

size_t request_header_count(const struct request *r, const char *name) {
  size_t count = 0;
  const struct evkeyval *h;
  for (h = evhttp_request_get_input_headers(r->ev)->tqh_first; h; h = h->next.tqe_next) {
    if (strcasecmp(h->key, name) == 0) count++;
  }
  return count;
}

int request_header_list(const struct request *r, const char *name, struct buf *out) {
  size_t start = out->len;
  const struct evkeyval *h;
  for (h = evhttp_request_get_input_headers(r->ev)->tqh_first; h; h = h->next.tqe_next) {
    if (strcasecmp(h->key, name) != 0) continue;
    int err = out->len > start ? buf_append_str(out, ", ") : 0;
    if (!err) err = buf_append_str(out, h->value);
    if (err) return err;
  }
  return 0;
}

const uint8_t *request_body(const struct request *r, size_t *len) {
  struct evbuffer *in = evhttp_request_get_input_buffer(r->ev);
  *len = evbuffer_get_length(in);
  return *len ? evbuffer_pullup(in, -1) : (const uint8_t *)"";
}

void request_set_header(struct request *r, const char *name, const char *value) {
  if (!r->net) return;
  struct evkeyvalq *out = evhttp_request_get_output_headers(r->ev);
  evhttp_remove_header(out, name);
  evhttp_add_header(out, name, value);
}

static const char *method_text(enum method m) {
  switch (m) {
  case METHOD_GET: return "GET";
  case METHOD_HEAD: return "HEAD";
  case METHOD_POST: return "POST";
  case METHOD_PUT: return "PUT";
  case METHOD_PATCH: return "PATCH";
  case METHOD_DELETE: return "DELETE";
  case METHOD_OPTIONS: return "OPTIONS";
  }
  return "?";
}

static void account(const struct request *r, int status) {
  uint64_t took = clock_mono_us() - r->started_us;
  metric_add(r->net->count.requests[status >= 100 && status < 600 ? status / 100 : 5], 1);
  metric_observe_us(r->net->count.request_seconds, took);
  struct log_about about = LOG_CONN(r->room_id[0] ? r->room_id : NULL, r->conn_id);
  const char *format = "%s %s -> %d in %llu us";
  enum log_level level = status >= 500 ? LOG_WARN : took > SLOW_REQUEST_US ? LOG_INFO : LOG_DEBUG;
  log_write(level, __FILE__, __LINE__, about, format, method_text(r->method), r->path, status,
            (unsigned long long)took);
}

static void request_free(struct request *r) {
  if (r->state_free) r->state_free(r->state);
  buf_deinit(&r->rest);
  buf_deinit(&r->name);
  buf_deinit(&r->mail);
  free(r);
}

static const char *reason_phrase(int status) {
  static const struct {
    int status;
    const char *text;
  } table[] = {{200, "OK"},
               {201, "Created"},
               {204, "No Content"},
               {304, "Not Modified"},
               {307, "Temporary Redirect"},
               {400, "Bad Request"},
               {403, "Forbidden"},
               {404, "Not Found"},
               {405, "Method Not Allowed"},
               {408, "Request Timeout"},
               {409, "Conflict"},
               {412, "Precondition Failed"},
               {413, "Content Too Large"},
               {415, "Unsupported Media Type"},
               {422, "Unprocessable Content"},
               {426, "Upgrade Required"},
               {500, "Internal Server Error"},
               {503, "Service Unavailable"},
               {507, "Insufficient Storage"}};
  for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
    if (table[i].status == status) return table[i].text;
  }
  return "Status";
}

static void common_headers(struct request *r, const char *type) {
  request_set_header(r, "X-Content-Type-Options", "nosniff");
  request_set_header(r, "Referrer-Policy", "no-referrer");
  if (type) request_set_header(r, "Content-Type", type);
  if (r->origin) {
    request_set_header(r, "Access-Control-Allow-Origin", r->origin);
    request_set_header(r, "Access-Control-Expose-Headers", "ETag, Location");
  }
  struct evkeyvalq *out = evhttp_request_get_output_headers(r->ev);
  if (!evhttp_find_header(out, "Vary")) request_set_header(r, "Vary", "Origin");
  if (!evhttp_find_header(out, "Cache-Control")) request_set_header(r, "Cache-Control", "no-store");
  if (r->close || r->net->stopping) request_set_header(r, "Connection", "close");
}

/* @body becomes the response's; freed here. NULL when there is none. */
static void send_reply(struct request *r, int status, const char *type, struct evbuffer *body) {
  if (!r->net) {
    if (body) evbuffer_free(body);
    request_free(r);
    return;
  }
  common_headers(r, type);
  bool bodiless = status == 204 || status == 304;
  if (r->method == METHOD_HEAD && body && !bodiless) {
    char length[32];
    snprintf(length, sizeof(length), "%zu", evbuffer_get_length(body));
    request_set_header(r, "Content-Length", length);
  }
  if (body && (r->method == METHOD_HEAD || bodiless)) {
    evbuffer_free(body);
    body = NULL;
  }
  account(r, status);
  struct evhttp_request *ev = r->ev;
  r->on_end(r);
  request_free(r);
  evhttp_send_reply(ev, status, reason_phrase(status), body);
  if (body) evbuffer_free(body);
}

void request_reply(struct request *r, int status, const char *type, const void *body, size_t len) {
  struct evbuffer *out = evbuffer_new();
  if (out && len && evbuffer_add(out, body, len) < 0) {
    log_error(LOG_NONE, "out of memory for an answer of %zu bytes", len);
    status = 500;
    type = NULL;
  }
  send_reply(r, status, type, out);
}

void request_reply_static(struct request *r, int status, const char *type, const void *body, size_t len) {
  struct evbuffer *out = evbuffer_new();
  if (out && len && evbuffer_add_reference(out, body, len, NULL, NULL) < 0) status = 500;
  send_reply(r, status, type, out);
}

void request_reply_json(struct request *r, int status, struct buf *body, int err) {
  static const char failed[] = "{\"detail\":\"The server ran out of memory.\"}";
  if (err) {
    request_reply(r, 500, "application/json", failed, sizeof(failed) - 1);
  } else {
    request_reply(r, status, "application/json", body->data, body->len);
  }
  buf_deinit(body);
}

void request_reply_detail(struct request *r, int status, const char *format, ...) {
  char text[1024];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof(text), format, args);
  va_end(args);
  struct buf body = BUF_INIT;
  int err = api_detail_text(text, &body);
  request_reply_json(r, status, &body, err);
}

void request_reply_errors(struct request *r, const struct api_errors *errors) {
  struct buf body = BUF_INIT;
  int err = api_detail_list(errors, &body);
  request_reply_json(r, 422, &body, err);
}

static void reply_damage(struct request *r, const char *what) {
  const char *reason = r->registry ? registry_reason(r->registry) : NULL;
  if (reason)
    request_reply_detail(r, 503,
                         "What is stored of this %s cannot be read: %s. Nothing was changed. Whoever runs this server "
                         "can save what is readable with: yoke room export %s",
                         what, reason, r->room_id);
  else
    request_reply_detail(
        r, 503, "What is stored of this %s cannot be read; the server's log says why. Nothing was changed.", what);
}

void request_reply_err(struct request *r, int err, const char *what) {
  switch (err) {
  case ERR_NOT_FOUND: request_reply_detail(r, 404, "There is no such %s.", what); return;
  case ERR_TOO_LARGE:
    request_reply_detail(r, 413, "That would make the %s larger than this server accepts.", what);
    return;
  case ERR_FULL: request_reply_detail(r, 503, "This server has no room for more: try again later."); return;
  case ERR_UNAVAILABLE:
  case ERR_TIMEOUT:
  case ERR_BUSY:
    if (r->net) request_set_header(r, "Retry-After", "5");
    request_reply_detail(r, 503, "The database does not answer: try again in a moment.");
    return;
  case ERR_CORRUPT: reply_damage(r, what); return;
  case ERR_CANCELLED: request_reply_detail(r, 503, "The server is shutting down."); return;
  default: request_reply_detail(r, 500, "The server failed: %s.", err_text(err));
  }
}

void request_give_away(struct request *r, int status) {
  account(r, status);
  r->on_end(r);
  request_free(r);
}
