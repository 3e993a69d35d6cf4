/* SPDX-License-Identifier: MIT */
#include "assist/kind.h"

static bool has_upper(const char *text, size_t len) {
  for (size_t i = 0; i < len; i++) {
    if (text[i] >= 'A' && text[i] <= 'Z') return true;
  }
  return false;
}

static bool has_lower(const char *text, size_t len) {
  for (size_t i = 0; i < len; i++) {
    if ((text[i] >= 'a' && text[i] <= 'z') || (text[i] & 0x80) != 0) return true;
  }
  return false;
}

bool kind_is_capitalised(const char *text, size_t len) {
  return has_upper(text, len > 0 ? 1 : 0) && has_lower(text, len);
}

/* In Go, a capital letter exports a name; in C it means nothing. */
static bool capitals_are_classes(const struct lang *lang) {
  return lang != &lang_go && lang != &lang_c;
}

static enum assist_kind kind_in_code(const struct lang *lang, const struct name *name) {
  bool like_class = capitals_are_classes(lang) && kind_is_capitalised(name->text, name->len);
  switch ((enum lang_role)name->role) {
  case ROLE_FUNCTION: return ASSIST_FUNCTION;
  case ROLE_CLASS: return ASSIST_CLASS;
  case ROLE_TYPE: return ASSIST_TYPE;
  default: break;
  }
  if (like_class) return ASSIST_CLASS;
  if (name->flags & NAME_CALLED) return ASSIST_FUNCTION;
  if (name->role == ROLE_MODULE) return ASSIST_MODULE;
  bool shouts = name->len > 1 && has_upper(name->text, name->len) && !has_lower(name->text, name->len);
  return shouts || name->role == ROLE_CONSTANT ? ASSIST_CONSTANT : ASSIST_VARIABLE;
}

enum assist_kind kind_of(const struct scope *scope, const struct name *name) {
  if (scope->lang->flags & LANG_PROSE) return ASSIST_TEXT;
  bool own = !(name->flags & (NAME_KEYWORD | NAME_BUILTIN));
  if (scope->place != SCOPE_MEMBER && !own) return (enum assist_kind)name->kind;
  if (scope->place != SCOPE_MEMBER && name->uses > 0) return kind_in_code(scope->lang, name);
  if (name_is_builtin_member(name)) return (enum assist_kind)name->member_kind;
  bool function = (name->flags & NAME_MEMBER_CALLED) || (name->member_uses == 0 && (name->flags & NAME_CALLED)) ||
                  (own && name->role == ROLE_FUNCTION && (name->flags & NAME_DECLARED));
  return function ? ASSIST_FUNCTION : ASSIST_MEMBER;
}
