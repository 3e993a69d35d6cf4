/* SPDX-License-Identifier: MIT */
#include "net/routes_assist.h"

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

void routes_assist_complete(void *ctx, struct request *r) {
  (void)ctx;
  if (!input_json(r, true)) return;
  struct api_errors errors = {0};
  struct api_autocomplete wanted;
  size_t len;
  const uint8_t *bytes = request_body(r, &len);
  int err = api_autocomplete_parse(bytes, len, &wanted, &errors);
  if (err == ERR_MALFORMED) {
    request_reply_errors(r, &errors);
    return;
  }
  struct assist_list list = {0};
  struct buf body = BUF_INIT;
  const struct assist *assist = r->net->assist;
  struct assist_request ask = {.code = wanted.code,
                               .code_len = wanted.code_len,
                               .cursor_utf16 = wanted.cursor_utf16,
                               .language = wanted.language};
  if (!err) err = assist ? assist->suggest(assist->self, &ask, &list) : ERR_UNAVAILABLE;
  if (!err) {
    err = append_list(&list, &body);
    request_reply_json(r, 200, &body, err);
  } else {
    reply_error(r, err);
  }
  assist_list_clear(&list);
  api_autocomplete_deinit(&wanted);
}
