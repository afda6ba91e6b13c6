#pragma once

#include "server/http/message.hpp"

#include <activitytrack/core/result.hpp>

#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace activitytrack::server {

/// A file of the website as the program has it. All views are for ever.
struct WebsiteFile {
  std::string_view name;          ///< "index.html", or "assets/NAME-HASH.EXT": those never change
  std::string_view content_type;  ///< with the charset
  std::string_view hash;          ///< of the content, for its ETag
  std::string_view packed;        ///< by gzip
};

/// The files that the program was built with, in order of their names (website/embed.py writes them). Only the program
/// itself links them.
std::span<const WebsiteFile> built_in_website();

/// The website's files as answers. What a page shows comes by the API: none of this asks who wants it, or waits.
/// Callable from any thread.
class Website {
 public:
  virtual ~Website() = default;

  /// The one page, which shows what the path names. Browsers ask each time whether theirs is still good.
  Response page(const Request& request, int status = 200) const;

  /// What the page loads, by the name below /assets/; 404 if there is no such file. Browsers keep it for ever.
  Response asset(const Request& request, std::string_view name) const;

 private:
  struct Found {
    std::string_view content_type;
    const WebsiteFile* file = nullptr;  ///< null: `content` is all of it
    std::string content{};
  };

  friend class BuiltInWebsite;
  friend class WebsiteFolder;
  Website() = default;
  virtual std::optional<Found> find(std::string_view name) const = 0;
  static Response answer(const Request& request, Found found);
};

/// Of these files, which are borrowed.
std::unique_ptr<Website> make_website(std::span<const WebsiteFile> files);

/// Of a folder as website/bundle.py makes it, read anew for each request and not to be cached: for work on pages.
/// not_found if it has no index.html.
Result<std::unique_ptr<Website>> make_website_of_folder(std::string folder);

}  // namespace activitytrack::server
