/* SPDX-License-Identifier: MIT */
#include "assist/lang.h"

#include <string.h>
#include <strings.h>

static const struct lang *const all[] = {
    &lang_python, &lang_javascript, &lang_typescript, &lang_c,         &lang_cpp,
    &lang_go,     &lang_rust,       &lang_java,       &lang_plaintext,
};

static bool is_called(const struct lang *lang, const char *name) {
  if (strcasecmp(lang->name, name) == 0) return true;
  for (const char *const *alias = lang->aliases; *alias != NULL; alias++) {
    if (strcasecmp(*alias, name) == 0) return true;
  }
  return false;
}

const struct lang *lang_find(const char *name) {
  for (size_t i = 0; name != NULL && i < sizeof all / sizeof all[0]; i++) {
    if (is_called(all[i], name)) return all[i];
  }
  return &lang_plaintext;
}

const char *lang_next_word(const char **words, size_t *len) {
  const char *word = *words;
  if (*word == '\0') return NULL;
  *len = strcspn(word, " ");
  *words = word + *len + (word[*len] == ' ');
  return word;
}

static bool equals(const char *literal, const char *text, size_t len) {
  return strncmp(literal, text, len) == 0 && literal[len] == '\0';
}

static bool holds(const char *words, const char *text, size_t len) {
  size_t word_len = 0;
  const char *word = NULL;
  while ((word = lang_next_word(&words, &word_len)) != NULL) {
    if (word_len == len && memcmp(word, text, len) == 0) return true;
  }
  return false;
}

enum lang_role lang_role_of(const struct lang *lang, const char *text, size_t len) {
  for (; lang != NULL; lang = lang->base) {
    const struct lang_words *group = lang->keywords;
    for (; group != NULL && group->words != NULL; group++) {
      if (group->role != ROLE_NONE && holds(group->words, text, len)) return group->role;
    }
  }
  return ROLE_NONE;
}

const struct lang_decl *lang_decl_of(const struct lang *lang, const char *text, size_t len) {
  for (; lang != NULL; lang = lang->base) {
    const struct lang_decl *decl = lang->decls;
    for (; decl != NULL && decl->keyword != NULL; decl++) {
      if (equals(decl->keyword, text, len)) return decl;
    }
  }
  return NULL;
}
