#include "handlers/handlers.hpp"

namespace activitytrack::server {

void get_health(const Request&, Services&, Answer answer) {
  Response response;
  response.body = R"({"status":"ok"})";
  answer(std::move(response));
}

}  // namespace activitytrack::server
