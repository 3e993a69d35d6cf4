/* SPDX-License-Identifier: MIT */
#include "net/input.h"

#include <string.h>
#include <strings.h>

#include "net/identity.h"

static int check(struct request *r, bool is_mail, bool needed, struct api_errors *errors) {
  const char *header = is_mail ? "x-usermail" : "x-username";
  const char *value = request_header(r, header);
  if (!value) {
    if (needed) api_errors_add(errors, "header", header, "missing", "Field required");
    return 0;
  }
  const char *why = NULL;
  int err = is_mail ? identity_mail(value, &r->mail, &why)
                    : identity_name(value, r->net->config->limits.name_max_chars, &r->name, &why);
  if (err != ERR_INVALID) return err;
  api_errors_add(errors, "header", header, "value_error", "%s", why);
  return 0;
}

int input_identity(struct request *r, bool need_name, bool need_mail, struct api_errors *errors) {
  int err = need_name ? check(r, false, true, errors) : 0;
  if (!err && need_mail) err = check(r, true, true, errors);
  return err;
}

int input_author(struct request *r, const char **out) {
  struct api_errors ignored = {0};
  int err = check(r, false, false, &ignored);
  *out = err || ignored.count || r->name.len == 0 ? "" : (const char *)r->name.data;
  return err;
}

bool input_room(struct request *r) {
  if (r->room_id[0]) return true;
  request_reply_err(r, ERR_NOT_FOUND, "room");
  return false;
}

static bool is_json(const char *type) {
  type += strspn(type, " \t");
  size_t len = strcspn(type, "; \t");
  if (len == 16 && strncasecmp(type, "application/json", 16) == 0) return true;
  return len > 17 && strncasecmp(type, "application/", 12) == 0 && strncasecmp(type + len - 5, "+json", 5) == 0;
}

bool input_json(struct request *r, bool required) {
  size_t len;
  request_body(r, &len);
  if (len == 0) {
    if (!required) return true;
    struct api_errors errors = {0};
    api_errors_add(&errors, "body", "", "missing", "Field required");
    request_reply_errors(r, &errors);
    return false;
  }
  const char *type = request_header(r, "Content-Type");
  if (type && is_json(type)) return true;
  request_reply_detail(r, 415, "The body must be JSON: send the header \"Content-Type: application/json\".");
  return false;
}
