// Precompiled for builds that compile each file by itself. What every file would include anyway, and nothing of this
// project: a file still includes all that it uses, as builds without this header compile it too.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <variant>
#include <vector>
