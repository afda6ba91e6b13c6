#pragma once

#include <activitytrack/core/result.hpp>

#include <string>
#include <string_view>

// Questions to a person at the terminal. They stand on standard error, so that what is printed can go elsewhere.

namespace activitytrack::server {

/// Whether standard input is a terminal, at which somebody can answer.
bool is_at_terminal();

/// The line that is typed in answer.
Result<std::string> ask(std::string_view question);

/// The same without showing it. Ctrl-C and what else ends or stops the program gives the terminal back as it was.
/// For when no other thread runs yet.
Result<std::string> ask_hidden(std::string_view question);

}  // namespace activitytrack::server
