/* SPDX-License-Identifier: MIT */
#include "net/routes_health.h"

#include "base/clock.h"
#include "wire/api_reply.h"

static uint64_t uptime_s(const struct request *r) {
  return (clock_mono_ms() - r->net->started_ms) / 1000;
}

void routes_health_liveness(void *ctx, struct request *r) {
  (void)ctx;
  struct buf body = BUF_INIT;
  int err = buf_printf(&body, "{\"status\":\"alive\",\"uptime\":%llu}", (unsigned long long)uptime_s(r));
  request_reply_json(r, 200, &body, err);
}

static void on_pinged(void *ctx, int err) {
  struct request *r = ctx;
  if (!r->net) {
    request_reply_err(r, ERR_CANCELLED, "database");
    return;
  }
  struct store_status status = {0};
  r->net->store->ops->status(r->net->store, &status);
  bool up = !err && status.up;
  struct api_health_view view = {.kind = status.kind ? status.kind : "",
                                 .up = up,
                                 .reason = up                 ? ""
                                           : status.reason[0] ? status.reason
                                                              : err_text(err),
                                 .backlog_bytes = status.backlog_bytes,
                                 .uptime_s = uptime_s(r)};
  struct buf body = BUF_INIT;
  err = api_reply_health(&view, &body);
  request_reply_json(r, up ? 200 : 503, &body, err);
}

void routes_health_health(void *ctx, struct request *r) {
  (void)ctx;
  int err = r->net->store->ops->ping(r->net->store, on_pinged, r);
  if (err) on_pinged(r, err);
}

void routes_health_metrics(void *ctx, struct request *r) {
  (void)ctx;
  struct buf body = BUF_INIT;
  int err = metrics_render(r->net->metrics, &body);
  if (err) {
    request_reply_err(r, err, "metrics");
  } else {
    request_reply(r, 200, "text/plain; version=0.0.4; charset=utf-8", body.data, body.len);
  }
  buf_deinit(&body);
}
