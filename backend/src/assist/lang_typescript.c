/* SPDX-License-Identifier: MIT */
#include "assist/lex.h"

static const char *const aliases[] = {"ts", "tsx", "mts", "cts", "typescriptreact", NULL};

static const struct lang_words keywords[] = {
    {ASSIST_KEYWORD, ROLE_NONE,
     "abstract as asserts declare implements infer is keyof override private protected public "
     "readonly satisfies unique"},
    {ASSIST_KEYWORD, ROLE_CLASS, "interface"},
    {ASSIST_KEYWORD, ROLE_TYPE, "enum type"},
    {ASSIST_KEYWORD, ROLE_MODULE, "namespace"},
    {ASSIST_TYPE, ROLE_NONE, "any bigint boolean never number object string symbol unknown"},
    {0},
};

static const struct lang_words builtins[] = {
    {ASSIST_TYPE, ROLE_NONE,
     "Awaited Exclude Extract InstanceType Iterable Iterator NonNullable Omit Parameters Partial "
     "Pick Readonly ReadonlyArray ReadonlyMap Record Required ReturnType"},
    {0},
};

static const struct lang_snippet snippets[] = {
    {"interface", "interface ${1:Name} {\n    ${2:key}: ${3:string};$0\n}", "interface"},
    {"type", "type ${1:Name} = ${0:string};", "type alias"},
    {"enum", "enum ${1:Name} {\n    ${0:One},\n}", "enumeration"},
    {0},
};

static const struct lang_decl decls[] = {
    {"interface", " {}", " {\n    $0\n}", "new interface", false},
    {"enum", " {}", " {\n    $0,\n}", "new enumeration", false},
    {"type", " =", " = $0;", "new type", true},
    {0},
};

const struct lang lang_typescript = {
    .name = "typescript",
    .base = &lang_javascript,
    .aliases = aliases,
    .special = lex_ecma,
    .flags = LANG_DOLLAR | LANG_PRIVATE | LANG_OPTIONAL | LANG_FIELDS,
    .keywords = keywords,
    .builtins = builtins,
    .snippets = snippets,
    .decls = decls,
};
