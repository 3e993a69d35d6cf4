/* SPDX-License-Identifier: MIT */
#include "assist/lex.h"

static const char *const aliases[] = {"h", NULL};

static const struct lang_words keywords[] = {
    {ASSIST_KEYWORD, ROLE_NONE,
     "_Alignas _Alignof _Generic _Noreturn _Static_assert _Thread_local auto break case continue "
     "default do else extern for goto if inline register restrict return sizeof static switch "
     "volatile while"},
    {ASSIST_KEYWORD, ROLE_TYPE, "enum typedef"},
    {ASSIST_KEYWORD, ROLE_CLASS, "struct union"},
    {ASSIST_KEYWORD, ROLE_NONE, "const"},
    {ASSIST_TYPE, ROLE_NONE, "_Atomic _Bool char double float int long short signed unsigned void"},
    {0},
};

static const struct lang_words builtins[] = {
    {ASSIST_TYPE, ROLE_NONE,
     "FILE bool int16_t int32_t int64_t int8_t intptr_t off_t ptrdiff_t size_t ssize_t time_t "
     "uint16_t uint32_t uint64_t uint8_t uintptr_t va_list wchar_t"},
    {ASSIST_CONSTANT, ROLE_NONE,
     "EOF EXIT_FAILURE EXIT_SUCCESS INT_MAX INT_MIN NULL SIZE_MAX UINT32_MAX UINT64_MAX errno "
     "false stderr stdin stdout true"},
    {ASSIST_FUNCTION, ROLE_NONE,
     "abort abs assert atoi atol calloc exit fclose feof ferror fflush fgets fopen fprintf fputs "
     "fread free fseek ftell fwrite getchar getenv isalnum isalpha isdigit islower isspace "
     "isupper malloc memchr memcmp memcpy memmove memset offsetof perror printf putchar puts "
     "qsort rand realloc remove rename scanf snprintf sprintf srand sscanf strcat strchr strcmp "
     "strcpy strdup strerror strlen strncmp strncpy strrchr strstr strtod strtok strtol strtoul "
     "time tolower toupper va_arg va_end va_start vsnprintf"},
    {0},
};

static const struct lang_snippet snippets[] = {
    {"main", "int main(int argc, char **argv)\n{\n    $0\n    return 0;\n}", "main function"},
    {"if", "if (${1:condition}) {\n    $0\n}", "if block"},
    {"ifelse", "if (${1:condition}) {\n    $2\n} else {\n    $0\n}", "if and else"},
    {"for", "for (${1:size_t} ${2:i} = 0; ${2:i} < ${3:count}; ${2:i}++) {\n    $0\n}", "for loop"},
    {"while", "while (${1:condition}) {\n    $0\n}", "while loop"},
    {"do", "do {\n    $0\n} while (${1:condition});", "do loop"},
    {"switch", "switch (${1:value}) {\ncase ${2:one}:\n    $0\n    break;\ndefault:\n    break;\n}", "switch"},
    {"struct", "struct ${1:name} {\n    $0\n};", "structure"},
    {"typedef", "typedef ${1:struct name} ${0:name};", "type alias"},
    {"printf", "printf(\"${1:%d}\\\\n\", $0);", "print"},
    {"#include", "#include <${0:stdio.h}>", "directive"},
    {"#define", "#define ${1:NAME} ${0:value}", "directive"},
    {"#if", "#if ${1:condition}\n$0\n#endif", "directive"},
    {"#ifdef", "#ifdef ${1:NAME}\n$0\n#endif", "directive"},
    {"#ifndef", "#ifndef ${1:NAME}\n$0\n#endif", "directive"},
    {"#elif", "#elif ${0:condition}", "directive"},
    {"#else", "#else", "directive"},
    {"#endif", "#endif", "directive"},
    {"#undef", "#undef ${0:NAME}", "directive"},
    {"#pragma", "#pragma ${0:once}", "directive"},
    {"#error", "#error ${0:message}", "directive"},
    {"#guard", "#ifndef ${1:NAME_H}\n#define ${1:NAME_H}\n\n$0\n\n#endif", "include guard"},
    {0},
};

static const struct lang_decl decls[] = {
    {"struct", " {}", " {\n    $0\n};", "new structure", true},
    {"union", " {}", " {\n    $0\n};", "new union", true},
    {"enum", " {}", " {\n    $0,\n};", "new enumeration", true},
    {0},
};

const struct lang lang_c = {
    .name = "c",
    .aliases = aliases,
    .special = lex_c,
    .flags = LANG_ARROW | LANG_FIELDS,
    .keywords = keywords,
    .builtins = builtins,
    .snippets = snippets,
    .decls = decls,
};
