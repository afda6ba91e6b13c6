#pragma once

// Each header here comes to this one first. A file that is not there ends the compilation with one line, where #error
// would be followed by a hundred more.
#if (defined(_MSVC_LANG) ? _MSVC_LANG : __cplusplus) < 202002L
#include "libactivitytrack needs C++20: compile with -std=c++20 (or newer)"
#endif
