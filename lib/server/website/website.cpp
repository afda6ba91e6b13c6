#include "server/website/website.hpp"

#include "core/file.hpp"
#include "net/compress.hpp"
#include "server/http/response_format.hpp"

#include <algorithm>
#include <array>

namespace activitytrack::server {
namespace {

constexpr std::size_t max_file_bytes = 16 << 20;
constexpr std::string_view page_name = "index.html", assets = "assets/";

/// A page runs and loads nothing but what this server has; pictures that a page opened itself are blobs.
constexpr std::string_view policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
    "worker-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

constexpr std::string_view no_permissions = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=()";

constexpr std::pair<std::string_view, std::string_view> types[] = {{".html", "text/html; charset=utf-8"},
                                                                   {".js", "text/javascript; charset=utf-8"},
                                                                   {".css", "text/css; charset=utf-8"},
                                                                   {".svg", "image/svg+xml"},
                                                                   {".txt", "text/plain; charset=utf-8"}};

}  // namespace

class BuiltInWebsite : public Website {
 public:
  explicit BuiltInWebsite(std::span<const WebsiteFile> files) : files_(files) {}

 private:
  std::optional<Found> find(std::string_view name) const override {
    const auto file = std::ranges::lower_bound(files_, name, {}, &WebsiteFile::name);
    if (file == files_.end() || file->name != name) return std::nullopt;
    return Found{file->content_type, &*file};
  }

  const std::span<const WebsiteFile> files_;
};

class WebsiteFolder : public Website {
 public:
  explicit WebsiteFolder(std::string folder) : folder_(std::move(folder)) {}

 private:
  std::optional<Found> find(std::string_view name) const override {
    const auto type = std::ranges::find_if(types, [&](const auto& row) { return name.ends_with(row.first); });
    if (type == std::end(types)) return std::nullopt;
    auto content = read_file_start(folder_ + "/" + std::string(name), max_file_bytes);
    if (!content) return std::nullopt;
    return Found{type->second, nullptr, std::move(*content)};
  }

  const std::string folder_;
};

Response Website::answer(const Request& request, Found found) {
  Response response{.content_type = std::string(found.content_type), .body = std::move(found.content)};
  if (!found.file) return response;
  response.headers.emplace_back("Vary", "Accept-Encoding");
  if (accepts_gzip(request.accept_encoding)) {
    response.lasting_body = found.file->packed;
    response.headers.emplace_back("Content-Encoding", "gzip");
  } else {
    response.body = decompress(found.file->packed, ContentCoding::gzip, max_file_bytes).value();
  }
  return response;
}

Response Website::page(const Request& request, int status) const {
  auto found = find(page_name);
  if (!found) return problem(503, "the website's files are just being made; try again");
  // Weak: it stands for the page in any coding.
  const std::string etag = found->file ? "W/\"" + std::string(found->file->hash) + '"' : "";
  const bool is_known = status == 200 && !etag.empty() && names_etag(request.if_none_match, etag.substr(2));
  Response response = is_known ? Response{.status = 304} : answer(request, std::move(*found));
  if (!is_known) response.status = status;
  if (!etag.empty() && status == 200) {
    response.headers.emplace_back("Cache-Control", "no-cache");
    response.headers.emplace_back("ETag", etag);
  }
  response.headers.emplace_back("Content-Security-Policy", policy);
  response.headers.emplace_back("Referrer-Policy", "same-origin");
  response.headers.emplace_back("Cross-Origin-Opener-Policy", "same-origin");
  response.headers.emplace_back("Permissions-Policy", no_permissions);
  return response;
}

Response Website::asset(const Request& request, std::string_view name) const {
  const bool is_name = name.find('/') == name.npos && !name.starts_with('.');
  auto found = is_name ? find(std::string(assets).append(name)) : std::nullopt;
  if (!found) return problem(404, "there is no such file; the server may have been updated since the page was loaded");
  const bool is_built_in = found->file != nullptr;
  Response response = answer(request, std::move(*found));
  if (is_built_in) response.headers.emplace_back("Cache-Control", "public, max-age=31536000, immutable");
  response.headers.emplace_back("Cross-Origin-Resource-Policy", "same-origin");
  return response;
}

std::unique_ptr<Website> make_website(std::span<const WebsiteFile> files) {
  return std::make_unique<BuiltInWebsite>(files);
}

Result<std::unique_ptr<Website>> make_website_of_folder(std::string folder) {
  const std::string page = folder + "/" + std::string(page_name);
  if (auto read = read_file_start(page, 0); !read)
    return Error{ErrorCode::not_found, "website: " + page + ": " + read.error().message};
  return std::make_unique<WebsiteFolder>(std::move(folder));
}

}  // namespace activitytrack::server
