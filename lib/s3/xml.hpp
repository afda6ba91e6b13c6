#pragma once

#include <activitytrack/core/result.hpp>

#include <functional>
#include <string>
#include <string_view>

namespace activitytrack {

/// Called at the end of each element with its path ("Error/Code", name spaces' prefixes left out) and its own
/// text, entities replaced.
using XmlSink = std::function<void(std::string_view path, std::string_view text)>;

/// Reads the plain XML that S3 answers with: elements and text; attributes are passed over, and a document
/// type is refused. Nested to 16 levels.
Result<void> read_xml(std::string_view xml, const XmlSink& sink);

/// The text of the last element of that path; "" if there is none, or `xml` cannot be read.
std::string xml_text(std::string_view xml, std::string_view path);

}  // namespace activitytrack
