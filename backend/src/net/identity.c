/* SPDX-License-Identifier: MIT */
#include "net/identity.h"

#include <string.h>

#include "base/utf8.h"
#include "net/path.h"

static int invalid(const char **why, const char *text) {
  *why = text;
  return ERR_INVALID;
}

static bool has_control(const struct buf *b) {
  for (size_t i = 0; i < b->len; i++) {
    if (b->data[i] < 0x20 || b->data[i] == 0x7f) return true;
    if (b->data[i] == 0xc2 && i + 1 < b->len && b->data[i + 1] < 0xa0) return true; /* U+0080..U+009F */
  }
  return false;
}

/* A header that is not percent-encoded properly is taken as it stands: "100%" is a name. */
static int decode_trimmed(const char *header, struct buf *out, const char **why) {
  header += strspn(header, " \t");
  size_t len = strlen(header);
  while (len && (header[len - 1] == ' ' || header[len - 1] == '\t')) len--;
  buf_clear(out);
  int err = path_decode(out, header, len);
  if (err == ERR_MALFORMED) {
    if (!utf8_valid((const uint8_t *)header, len)) return invalid(why, "Value should be UTF-8, percent-encoded or not");
    buf_clear(out);
    err = buf_append(out, header, len);
    if (!err) err = buf_append_byte(out, 0);
    if (!err) out->len--;
  }
  if (err) return err;
  if (strlen((const char *)out->data) == 0) return invalid(why, "Value should not be empty");
  return has_control(out) ? invalid(why, "Value should have no control characters") : 0;
}

int identity_name(const char *header, size_t max_chars, struct buf *out, const char **why) {
  int err = decode_trimmed(header, out, why);
  if (err) return err;
  if (utf8_utf16_len(out->data, out->len) > max_chars) return invalid(why, "Value is too long");
  return strspn((const char *)out->data, " ") == out->len ? invalid(why, "Value should not be empty") : 0;
}

int identity_mail(const char *header, struct buf *out, const char **why) {
  int err = decode_trimmed(header, out, why);
  if (err) return err;
  if (out->len > 254) return invalid(why, "Value is too long: a mail address has at most 254 bytes");
  const char *text = (const char *)out->data;
  const char *at = strchr(text, '@');
  if (!at || at == text || at != strrchr(text, '@') || strpbrk(text, " \t,;<>()[]\"\\"))
    return invalid(why, "Value should be a mail address, such as rahul@example.org");
  size_t domain = strlen(at + 1);
  if (domain == 0 || at[1] == '.' || at[domain] == '.' || strstr(at, ".."))
    return invalid(why, "Value should be a mail address, such as rahul@example.org");
  return 0;
}
