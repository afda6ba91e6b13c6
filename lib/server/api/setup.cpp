// Setting up the first user, by the link that the server printed.
#include "core/json_writer.hpp"
#include "server/accounts/account_changes.hpp"
#include "server/accounts/audit.hpp"
#include "server/accounts/login.hpp"
#include "server/accounts/users.hpp"
#include "server/api/handlers.hpp"
#include "server/api/parameters.hpp"
#include "server/http/message.hpp"
#include "server/website/website.hpp"

#include <sodium.h>

namespace activitytrack::server {
namespace {

/// To who shows the link to set up the first user, or a token like its.
Response wrong_link(std::string_view detail) {
  Response refused = problem(404, detail);
  refused.wrong_secret = "setup_link";
  return refused;
}

/// The form that makes the first user: one file, with a Content-Security-Policy under which nothing but its own script
/// and style runs and nothing is loaded.
struct SetupPage {
  std::string html;
  std::string policy;
};

constexpr std::string_view style =
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:24rem;margin:4rem auto;padding:0 1rem}"
    "label{display:block;margin:1rem "
    "0}input{display:block;width:100%;box-sizing:border-box;font:inherit;padding:.4rem}"
    "button{font:inherit;padding:.4rem 1rem}#said{min-height:1.5em}";

// The token leaves the address bar at once, so that it stays in no history.
constexpr std::string_view script =
    "const token=new URLSearchParams(location.search).get('token');"
    "history.replaceState(null,'','/setup');"
    "const form=document.querySelector('form'),said=document.getElementById('said');"
    "form.addEventListener('submit',async e=>{e.preventDefault();"
    "const answer=await fetch('/api/setup',{method:'POST',headers:{'Content-Type':'application/json'},"
    "body:JSON.stringify({token,user:form.user.value,password:form.password.value})});"
    "const body=await answer.json();"
    "if(answer.ok){form.remove();said.textContent='Done. You can sign in as '+body.user+'.'}"
    "else said.textContent=body.detail});";

std::string source_of(std::string_view text) {
  unsigned char hash[crypto_hash_sha256_BYTES];
  crypto_hash_sha256(hash, reinterpret_cast<const unsigned char*>(text.data()), text.size());
  char base64[sodium_base64_ENCODED_LEN(sizeof hash, sodium_base64_VARIANT_ORIGINAL)];
  sodium_bin2base64(base64, sizeof base64, hash, sizeof hash, sodium_base64_VARIANT_ORIGINAL);
  return "'sha256-" + std::string(base64) + "'";
}

SetupPage make_page() {
  SetupPage page;
  page.html =
      "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width\"><title>Set up activitytrack</title><style>" +
      std::string(style) +
      "</style></head><body><h1>The first user</h1><p>An admin, who may read and change everything.</p>"
      "<form><label>Name <input name=\"user\" required maxlength=\"64\" autocomplete=\"username\" "
      "autofocus></label>"
      "<label>Password, at least 10 characters <input name=\"password\" type=\"password\" required "
      "minlength=\"10\""
      " autocomplete=\"new-password\"></label><button>Create</button></form>"
      "<p id=\"said\" role=\"status\"></p><script>" +
      std::string(script) + "</script></body></html>\n";
  page.policy = "default-src 'none'; script-src " + source_of(script) + "; style-src " + source_of(style) +
                "; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";
  return page;
}

Result<Response> create_first_user(const Request& request, Services& services) {
  Fields fields(request);
  const std::string token = fields.text("token"), name = fields.text("user");
  const auto user = normal_user_name(name);
  if (!user) fields.refuse(user.error());
  const std::string password = fields.text("password");
  if (fields.refused()) return *fields.refused();
  if (auto fits = check_password(password); !fits) return fits.error();

  const Time now = services.clock.now();
  const auto good = is_setup_link(services.database, token, now);
  if (!good) return good.error();
  if (!*good) return wrong_link("this link has been used or has expired");
  const auto hash = hash_password(password);
  if (!hash) return hash.error();
  AuditEntry entry = audit_entry(request, now, 200);
  entry.kind = to_string(Principal::Kind::person);
  entry.name = *user;
  const auto admin = audited(services.database, entry, [&](AuditEntry& about) {
    auto made = use_setup_link(services.database, token, {.name = *user}, *hash, now);
    if (made) describe_added(about, *made);
    return made;
  });
  if (!admin) return admin.error();
  Response response;
  JsonWriter(response.body).begin_object().field("user", admin->name).field("role", "admin").end_object();
  return response;
}

/// A link that is not good, as a browser shows it; in logs it counts as for programs.
Response show_wrong_link(const Request& request, Services& services, Response refused) {
  if (!services.website || request.accept.find("text/html") == request.accept.npos) return refused;
  Response page = services.website->page(request, refused.status);
  page.wrong_secret = refused.wrong_secret;
  return page;
}

}  // namespace

Result<Response> get_setup(const Request& request, Services& services) {
  static const SetupPage page = make_page();
  const std::string* token = request.target.find("token");
  // The website goes on without it when the first person is made: it took the token from the address at once.
  if (services.website && !token) return services.website->page(request);
  const auto good = is_setup_link(services.database, token ? *token : "", services.clock.now());
  if (!good) return good.error();
  if (!*good) {
    return show_wrong_link(
        request, services,
        wrong_link(
            "this link has been used or has expired; the server prints a new one when it starts without an admin"));
  }
  if (services.website) return services.website->page(request);
  Response response{.content_type = "text/html; charset=utf-8", .body = page.html};
  response.headers.emplace_back("Content-Security-Policy", page.policy);
  response.headers.emplace_back("Referrer-Policy", "no-referrer");
  return response;
}

void post_setup(const Request& request, Services& services, Answer answer) {
  if (auto refused = refuse_foreign(request, "set up")) return answer(std::move(*refused));
  on_password_thread(request, services, std::move(answer), create_first_user);
}

}  // namespace activitytrack::server
