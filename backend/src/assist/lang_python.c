/* SPDX-License-Identifier: MIT */
#include "assist/lex.h"

static const char *const aliases[] = {"py", "python3", NULL};

static const struct lang_words keywords[] = {
    {ASSIST_KEYWORD, ROLE_NONE,
     "and as assert async await break case continue del elif else except finally for global if "
     "in is lambda match nonlocal not or pass raise return try while with yield"},
    {ASSIST_KEYWORD, ROLE_FUNCTION, "def"},
    {ASSIST_KEYWORD, ROLE_CLASS, "class"},
    {ASSIST_KEYWORD, ROLE_TYPE, "type"},
    {ASSIST_KEYWORD, ROLE_MODULE, "from import"},
    {ASSIST_CONSTANT, ROLE_NONE, "False None True"},
    {0},
};

static const struct lang_words builtins[] = {
    {ASSIST_FUNCTION, ROLE_NONE,
     "abs all any ascii bin callable chr delattr dir divmod enumerate eval exec filter format "
     "getattr globals hasattr hash help hex id input isinstance issubclass iter len locals map "
     "max min next oct open ord pow print repr reversed round setattr sorted sum super vars zip"},
    {ASSIST_CLASS, ROLE_NONE,
     "ArithmeticError AssertionError AttributeError BaseException ConnectionError EOFError "
     "Exception FileExistsError FileNotFoundError IOError ImportError IndexError KeyError "
     "KeyboardInterrupt LookupError ModuleNotFoundError NameError NotImplementedError OSError "
     "OverflowError PermissionError RecursionError RuntimeError StopAsyncIteration StopIteration "
     "SyntaxError SystemExit TimeoutError TypeError UnicodeDecodeError UnicodeEncodeError "
     "ValueError ZeroDivisionError bool bytearray bytes classmethod complex dict float frozenset "
     "int list memoryview object property range set slice staticmethod str tuple"},
    {ASSIST_VARIABLE, ROLE_NONE, "__doc__ __file__ __name__ cls self"},
    {ASSIST_CONSTANT, ROLE_NONE, "Ellipsis NotImplemented"},
    {ASSIST_MODULE, ROLE_NONE,
     "abc argparse array ast asyncio base64 bisect calendar collections concurrent contextlib "
     "copy csv ctypes dataclasses datetime decimal enum functools glob hashlib heapq hmac html "
     "http importlib inspect io itertools json logging math multiprocessing operator os pathlib "
     "pickle platform queue random re secrets select shutil signal socket sqlite3 ssl statistics "
     "string struct subprocess sys tempfile textwrap threading time traceback types typing "
     "unittest urllib uuid warnings weakref xml zipfile zlib"},
    {0},
};

static const struct lang_members members[] = {
    {"", ASSIST_FUNCTION,
     "add append clear close copy count decode discard encode endswith extend find format get "
     "index insert intersection isalpha isdigit items join keys lower lstrip pop popitem read "
     "readline readlines remove replace reverse rstrip setdefault sort split splitlines "
     "startswith strip title union update upper values write"},
    {"math", ASSIST_FUNCTION, "ceil cos exp fabs floor gcd hypot isclose isinf isnan log log10 log2 pow sin sqrt tan"},
    {"math", ASSIST_CONSTANT, "e inf nan pi tau"},
    {"os", ASSIST_FUNCTION, "getcwd getenv getpid listdir makedirs mkdir remove rename rmdir scandir system walk"},
    {"os", ASSIST_MODULE, "path"},
    {"os", ASSIST_MEMBER, "environ linesep name sep"},
    {"path", ASSIST_FUNCTION,
     "abspath basename dirname exists expanduser getsize isdir isfile join normpath realpath "
     "splitext"},
    {"sys", ASSIST_MEMBER, "argv maxsize modules path platform stderr stdin stdout version"},
    {"sys", ASSIST_FUNCTION, "exit getsizeof"},
    {"json", ASSIST_FUNCTION, "dump dumps load loads"},
    {"random", ASSIST_FUNCTION, "choice choices randint random randrange sample seed shuffle uniform"},
    {"re", ASSIST_FUNCTION, "compile escape findall finditer fullmatch match search split sub"},
    {"time", ASSIST_FUNCTION, "monotonic perf_counter sleep strftime time time_ns"},
    {"datetime", ASSIST_FUNCTION, "fromisoformat now strptime today"},
    {"datetime", ASSIST_CLASS, "date datetime timedelta timezone"},
    {"asyncio", ASSIST_FUNCTION, "create_task gather get_event_loop run sleep wait wait_for"},
    {"asyncio", ASSIST_CLASS, "Event Lock Queue"},
    {"collections", ASSIST_CLASS, "Counter OrderedDict defaultdict deque namedtuple"},
    {"itertools", ASSIST_FUNCTION,
     "accumulate chain combinations count cycle groupby islice permutations product repeat "
     "zip_longest"},
    {"functools", ASSIST_FUNCTION, "cache lru_cache partial reduce wraps"},
    {"logging", ASSIST_FUNCTION, "basicConfig critical debug error exception getLogger info warning"},
    {0},
};

static const struct lang_snippet snippets[] = {
    {"def", "def ${1:name}(${2:args}):\n    ${0:pass}", "function"},
    {"class", "class ${1:Name}:\n    def __init__(self${2:, args}):\n        ${0:pass}", "class"},
    {"if", "if ${1:condition}:\n    ${0:pass}", "if block"},
    {"ifelse", "if ${1:condition}:\n    ${2:pass}\nelse:\n    ${0:pass}", "if and else"},
    {"for", "for ${1:item} in ${2:items}:\n    ${0:pass}", "for loop"},
    {"while", "while ${1:condition}:\n    ${0:pass}", "while loop"},
    {"try", "try:\n    ${1:pass}\nexcept ${2:Exception} as ${3:error}:\n    ${0:raise}", "try and except"},
    {"with", "with ${1:open(path)} as ${2:file}:\n    ${0:pass}", "with block"},
    {"main", "if __name__ == \"__main__\":\n    ${0:main()}", "run as a script"},
    {"lambda", "lambda ${1:x}: ${0:x}", "lambda"},
    {"listcomp", "[${1:x} for ${1:x} in ${0:items}]", "list comprehension"},
    {0},
};

static const struct lang_decl decls[] = {
    {"def", "():", "($2):\n    ${0:pass}", "new function", false},
    {"class", ":", ":\n    ${0:pass}", "new class", false},
    {0},
};

const struct lang lang_python = {
    .name = "python",
    .aliases = aliases,
    .special = lex_python,
    .keywords = keywords,
    .builtins = builtins,
    .members = members,
    .snippets = snippets,
    .decls = decls,
};
