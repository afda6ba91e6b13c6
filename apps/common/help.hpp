#pragma once

#include "common/command_line.hpp"

/// The layout of --help: lines of at most 100 columns, explanations in a column of their own.
namespace activitytrack::program {

/// `left`, and `text` beside it, broken between words, but not within a [default] at its end.
void append_entry(std::string& out, std::string_view left, std::string_view text);

/// An option's entry.
void append_option(std::string& out, const Option& option);

/// All of them below the headings of their groups, which come in the order of their first options.
void append_options(std::string& out, std::span<const Option> options);

/// The end of a program's help: where options can stand besides, and the exit codes. `stem` names the
/// configuration file; `busy` is what exit code 75 means, "" where it does not occur.
std::string help_ending(std::string_view stem, std::string_view busy);

}  // namespace activitytrack::program
