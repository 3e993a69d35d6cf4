/* SPDX-License-Identifier: MIT */
#include "assist/engine.h"

#include "assist/harvest.h"
#include "assist/names.h"
#include "assist/pick.h"
#include "assist/rank.h"
#include "assist/scope.h"
#include "base/utf8.h"

#define BYTES_PER_NAME 32 /* of common code, for the first size of the table */

static int gather(struct picks *picks, const struct scope *scope, const char *code, size_t len)
{
  struct names names;
  int err = names_init(&names, len / BYTES_PER_NAME);
  if (err != 0)
    return err;
  err = harvest_lang(&names, scope);
  if (err == 0)
    err = harvest_code(&names, scope, code, len);
  if (err == 0)
    rank_names(picks, scope, &names);
  names_deinit(&names);
  return err;
}

static int suggest(void *self, const struct assist_request *request, struct assist_list *out)
{
  (void)self;
  const char *code = request->code_len > 0 ? request->code : "";
  const uint8_t *bytes = (const uint8_t *)code;
  size_t len = request->code_len;
  if (len > ASSIST_CODE_MAX_BYTES)
    return ERR_TOO_LARGE;
  if (!utf8_valid(bytes, len))
    return ERR_MALFORMED;

  struct scope scope;
  size_t cursor = utf8_offset_of_utf16(bytes, len, request->cursor_utf16);
  scope_find(&scope, lang_find(request->language), code, len, cursor);

  struct picks picks;
  picks.count = 0;
  if (scope.place != SCOPE_QUIET) {
    rank_snippets(&picks, &scope);
    if (scope.place != SCOPE_DIRECTIVE) {
      int err = gather(&picks, &scope, code, len);
      if (err != 0)
        return err;
    }
    picks_sort(&picks);
  }
  struct assist_list list;
  int err = picks_give_list(&picks, &list);
  if (err != 0)
    return err;
  size_t cursor_utf16 = utf8_utf16_len(bytes, cursor);
  list.language = scope.lang->name;
  list.replace_from_utf16 =
    cursor_utf16 - utf8_utf16_len((const uint8_t *)scope.typed.text, scope.typed.len);
  list.replace_to_utf16 = cursor_utf16;
  *out = list;
  return 0;
}

struct assist engine_assist(void)
{
  return (struct assist){.self = NULL, .suggest = suggest};
}
