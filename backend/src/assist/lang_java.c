/* SPDX-License-Identifier: MIT */
#include "assist/lex.h"

static const char *const aliases[] = {NULL};

static const struct lang_words keywords[] = {
    {ASSIST_KEYWORD, ROLE_NONE,
     "abstract assert break case catch continue default do else extends final finally for if "
     "implements instanceof native new permits private protected public return sealed static "
     "strictfp switch synchronized throw throws transient try volatile while yield"},
    {ASSIST_KEYWORD, ROLE_CLASS, "class interface record"},
    {ASSIST_KEYWORD, ROLE_TYPE, "enum"},
    {ASSIST_KEYWORD, ROLE_VARIABLE, "var"},
    {ASSIST_KEYWORD, ROLE_MODULE, "import package"},
    {ASSIST_VARIABLE, ROLE_NONE, "super this"},
    {ASSIST_CONSTANT, ROLE_NONE, "false null true"},
    {ASSIST_TYPE, ROLE_NONE, "boolean byte char double float int long short void"},
    {0},
};

static const struct lang_words builtins[] = {
    {ASSIST_CLASS, ROLE_NONE,
     "ArithmeticException ArrayDeque ArrayList Arrays Boolean BufferedReader Byte CharSequence "
     "Character Class Collection Collections Collectors Comparable CompletableFuture Deprecated "
     "Double Exception ExecutorService Executors Files Float FunctionalInterface HashMap HashSet "
     "IOException IllegalArgumentException IllegalStateException IndexOutOfBoundsException "
     "Integer Iterable Iterator LinkedHashMap LinkedList List Long Map Math NullPointerException "
     "Number Object Objects Optional Override Path Pattern PriorityQueue Random Runnable "
     "RuntimeException Scanner Set Short Stream String StringBuilder Supplier SuppressWarnings "
     "System Thread Throwable TreeMap"},
    {ASSIST_MODULE, ROLE_NONE, "java javax"},
    {0},
};

static const struct lang_members members[] = {
    {"", ASSIST_FUNCTION,
     "add addAll append charAt clear close collect contains containsKey endsWith entrySet equals "
     "filter forEach format get getClass getName getOrDefault hasNext hashCode indexOf isEmpty "
     "iterator join keySet length map next of put remove replace run set size sort split "
     "startsWith stream substring toArray toList toLowerCase toString toUpperCase trim valueOf "
     "values"},
    {"", ASSIST_MEMBER, "length"},
    {"System", ASSIST_MEMBER, "err in out"},
    {"System", ASSIST_FUNCTION, "arraycopy currentTimeMillis exit getProperty getenv nanoTime"},
    {"out", ASSIST_FUNCTION, "flush print printf println"},
    {"err", ASSIST_FUNCTION, "flush print printf println"},
    {"Math", ASSIST_FUNCTION, "abs ceil cos floor hypot log max min pow random round sin sqrt tan"},
    {"Math", ASSIST_CONSTANT, "E PI"},
    {"String", ASSIST_FUNCTION, "format join valueOf"},
    {"Integer", ASSIST_FUNCTION, "compare parseInt toString valueOf"},
    {"Integer", ASSIST_CONSTANT, "MAX_VALUE MIN_VALUE"},
    {"Arrays", ASSIST_FUNCTION, "asList copyOf equals fill sort stream toString"},
    {"Collections", ASSIST_FUNCTION, "emptyList max min reverse shuffle sort unmodifiableList"},
    {"Objects", ASSIST_FUNCTION, "equals hash requireNonNull toString"},
    {"Optional", ASSIST_FUNCTION, "empty of ofNullable"},
    {"Collectors", ASSIST_FUNCTION, "groupingBy joining toList toMap toSet"},
    {"java", ASSIST_MODULE, "io math net nio time util"},
    {"util", ASSIST_MODULE, "concurrent function regex stream"},
    {"Thread", ASSIST_FUNCTION, "currentThread sleep"},
    {0},
};

static const struct lang_snippet snippets[] = {
    {"main", "public static void main(String[] args) {\n    $0\n}", "main method"},
    {"class", "public class ${1:Name} {\n    $0\n}", "class"},
    {"method", "public ${1:void} ${2:name}(${3:args}) {\n    $0\n}", "method"},
    {"if", "if (${1:condition}) {\n    $0\n}", "if block"},
    {"ifelse", "if (${1:condition}) {\n    $2\n} else {\n    $0\n}", "if and else"},
    {"for", "for (int ${1:i} = 0; ${1:i} < ${2:count}; ${1:i}++) {\n    $0\n}", "for loop"},
    {"foreach", "for (${1:var} ${2:item} : ${3:items}) {\n    $0\n}", "for each loop"},
    {"while", "while (${1:condition}) {\n    $0\n}", "while loop"},
    {"switch", "switch (${1:value}) {\n    case ${2:one}:\n        $0\n        break;\n    default:\n        break;\n}",
     "switch"},
    {"try", "try {\n    $1\n} catch (${2:Exception} ${3:error}) {\n    $0\n}", "try and catch"},
    {"sout", "System.out.println($0);", "print"},
    {0},
};

static const struct lang_decl decls[] = {
    {"class", " {}", " {\n    $0\n}", "new class", false},
    {"interface", " {}", " {\n    $0\n}", "new interface", false},
    {"enum", " {}", " {\n    $0\n}", "new enumeration", false},
    {"record", "() {}", "($2) {\n    $0\n}", "new record", false},
    {0},
};

const struct lang lang_java = {
    .name = "java",
    .aliases = aliases,
    .special = lex_java,
    .flags = LANG_COLONS | LANG_DOLLAR | LANG_FIELDS,
    .keywords = keywords,
    .builtins = builtins,
    .members = members,
    .snippets = snippets,
    .decls = decls,
};
