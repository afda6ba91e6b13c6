#pragma once

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace activitytrack::report {

/// `text` as content or as a quoted attribute's value. Control characters that HTML forbids become U+FFFD.
std::string escaped(std::string_view text);

/// A document's frame: the head with its style at the beginning, the end at the end.
class Page {
 public:
  /// `title` and `subtitle` are plain text.
  Page(std::ostream& out, std::string_view title, std::string_view subtitle);
  ~Page();
  Page(const Page&) = delete;
  Page& operator=(const Page&) = delete;

  void heading(std::string_view text);

  /// HTML as it is.
  void html(std::string_view html) { out_ << html; }

  /// A plot (SVG) with its caption.
  void figure(std::string_view caption, std::string_view svg, std::string_view legend = "");

  void begin_table(std::string_view caption, const std::vector<std::string>& titles);
  /// Plain text; the first is the row's heading.
  void row(const std::vector<std::string>& cells);
  void end_table();

  /// Says what a verdict is, where one is shown.
  void scripted_note();

 private:
  std::ostream& out_;
};

}  // namespace activitytrack::report
