#pragma once

#include "common/command_line.hpp"

#include <span>
#include <string>
#include <string_view>

// The layout of --help.
namespace activitytrack::program {

/// Text of --help in the making: lines fit `columns`, within limits that keep it readable, and are broken between
/// words, but not within [brackets].
class HelpPage {
 public:
  explicit HelpPage(int columns);

  /// A paragraph of its own, with an empty line before it. The lines after its first begin below `indent`.
  void paragraph(std::string_view text, std::size_t indent = 0);

  /// The title of what follows.
  void heading(std::string_view title);

  /// `left`, and `text` beside it in a column of its own.
  void entry(std::string_view left, std::string_view text);

  /// The same for an option.
  void option(const Option& option);

  /// All of them below the headings of their groups, which come in the order of their first options.
  void options(std::span<const Option> options);

  const std::string& text() const { return text_; }

 private:
  /// Appends to the last line, and to lines below `indent`.
  void words(std::string_view text, std::size_t indent);

  std::size_t width_, column_;
  std::string text_;
};

/// The end of a program's help: where else options can stand, and the exit codes. `stem` names the configuration file;
/// `busy` is what exit code 75 means, "" where it does not occur.
void append_ending(HelpPage& page, std::string_view stem, std::string_view busy);

}  // namespace activitytrack::program
