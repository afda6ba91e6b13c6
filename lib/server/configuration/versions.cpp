#include "server/configuration/versions.hpp"

#include "core/json_writer.hpp"
#include "server/configuration/machine_states.hpp"

#include <algorithm>
#include <set>

namespace activitytrack::server {
namespace {

std::optional<Layer> layer_in(const SqlRow& row, int column) {
  return row.is_null(column) ? std::nullopt : Layer::parse(row.text(column));
}

/// A row of configuration_changes: version, scope, content.
std::optional<ScopeChange> change_in(const SqlRow& row) {
  auto scope = Scope::parse(row.text(1));
  if (!scope) return std::nullopt;
  return ScopeChange{std::move(*scope), layer_in(row, 2)};
}

/// What a scope was before a version, or up to it.
Result<std::optional<Layer>> layer_up_to(Database& database, const std::string& scope, std::int64_t version) {
  const auto found = select_one(
      database,
      "SELECT content FROM configuration_changes WHERE scope = $1 AND version <= $2 ORDER BY version DESC LIMIT 1",
      {scope, version}, [](const SqlRow& row) { return layer_in(row, 0); });
  if (!found) return found.error();
  return *found ? std::move(**found) : std::optional<Layer>();
}

std::string groups_json(const Layer& layer) {
  std::string text;
  JsonWriter json(text);
  json.value(layer.groups);
  return text;
}

Result<void> write_latest_version(Database& database, std::int64_t version) {
  return database.execute("UPDATE server_state SET value = $1 WHERE name = 'configuration_version'", {version});
}

/// Fills in what the versions changed, all of them by one statement.
Result<void> add_changes(Database& database, std::vector<PastVersion>& history) {
  if (history.empty()) return {};
  auto past = history.begin();
  return database.execute(
      "SELECT version, scope, content,"
      " (SELECT content FROM configuration_changes AS earlier"
      " WHERE earlier.scope = configuration_changes.scope AND earlier.version < configuration_changes.version"
      " ORDER BY earlier.version DESC LIMIT 1)"
      " FROM configuration_changes WHERE version BETWEEN $1 AND $2 ORDER BY version DESC, scope",
      {history.back().info.version, history.front().info.version}, [&](const SqlRow& row) {
        while (past != history.end() && past->info.version > row.integer(0)) ++past;
        const auto change = change_in(row);
        if (!change || past == history.end() || past->info.version != row.integer(0)) return;
        const auto before = layer_in(row, 3);
        auto keys = differences(change->scope, before.value_or(Layer{}), change->layer.value_or(Layer{}));
        std::ranges::move(keys, std::back_inserter(past->changes));
      });
}

}  // namespace

Result<Layers> read_layers(Database& database) {
  const auto latest = latest_version(database);  // first: what comes meanwhile is seen by the next look, too
  if (!latest) return latest.error();
  Layers layers(*latest);
  const auto read = database.execute(
      "SELECT version, scope, content FROM configuration_changes JOIN"
      " (SELECT scope AS of_scope, max(version) AS newest FROM configuration_changes GROUP BY scope) AS latest"
      " ON scope = of_scope AND version = newest ORDER BY version, scope",
      {}, [&](const SqlRow& row) {
        if (auto change = change_in(row)) layers.take(row.integer(0), change->scope, std::move(change->layer));
      });
  if (!read) return read.error();
  return layers;
}

Result<std::int64_t> latest_version(Database& database) {
  return select_number(database, "SELECT value FROM server_state WHERE name = 'configuration_version'");
}

Result<std::int64_t> lock_versions(Database& database) {
  return select_number(database,
                       "INSERT INTO server_state(name, value) VALUES('configuration_version', 0)"
                       " ON CONFLICT(name) DO UPDATE SET value = server_state.value RETURNING value");
}

Result<std::int64_t> add_version(Database& database, std::int64_t latest, const VersionInfo& info,
                                 std::span<const ScopeChange> changes) {
  const std::int64_t version = latest + 1;
  auto done = write_latest_version(database, version);
  if (done)
    done = database.execute(
        "INSERT INTO configuration_versions(version, at, made_by, note, rolled_back_to) VALUES($1, $2, $3, $4, $5)",
        {version, info.at, info.by, info.note, info.rolled_back_to});
  for (const ScopeChange& change : changes) {
    if (!done) return done.error();
    const SqlValue content = change.layer ? SqlValue(change.layer->text()) : SqlValue();
    done = database.execute("INSERT INTO configuration_changes(version, scope, content) VALUES($1, $2, $3)",
                            {version, change.scope.text(), content});
  }
  if (!done) return done.error();
  return version;
}

Result<void> forget_machine(Database& database, const std::string& machine_id) {
  const auto latest = lock_versions(database);
  if (!latest) return latest.error();
  const auto scope = Scope{Scope::Kind::machine, machine_id}.text();
  const auto removed = database.run("DELETE FROM configuration_changes WHERE scope = $1", {scope});
  if (!removed) return removed.error();
  if (*removed > 0) {
    if (auto counted = write_latest_version(database, *latest + 1); !counted) return counted;
  }
  return forget_machine_state(database, machine_id);
}

Result<std::vector<ScopeChange>> changes_back_to(Database& database, std::int64_t version) {
  const auto there = database.finds("SELECT 1 FROM configuration_versions WHERE version = $1", {version});
  if (!there) return there.error();
  if (!*there && version != 0) return Error{ErrorCode::not_found, "there is no such version of the configuration"};
  const auto scopes = select_texts(
      database, "SELECT DISTINCT scope FROM configuration_changes WHERE version > $1 ORDER BY scope", {version});
  if (!scopes) return scopes.error();
  std::vector<ScopeChange> changes;
  for (const std::string& text : *scopes) {
    auto then = layer_up_to(database, text, version), now = layer_up_to(database, text, INT64_MAX);
    if (!then) return then.error();
    if (!now) return now.error();
    const bool is_same = then->has_value() == now->has_value() && (!*then || (*then)->text() == (*now)->text());
    if (const auto scope = Scope::parse(text); scope && !is_same) changes.push_back({*scope, std::move(*then)});
  }
  return changes;
}

Result<std::vector<PastVersion>> read_history(Database& database, std::int64_t before, std::size_t limit) {
  const auto infos =
      select_all(database,
                 "SELECT version, at, made_by, note, rolled_back_to FROM configuration_versions WHERE version < $1"
                 " ORDER BY version DESC LIMIT $2",
                 {before, limit}, [](const SqlRow& row) {
                   return VersionInfo{.version = row.integer(0),
                                      .at = row.time(1),
                                      .by = std::string(row.text(2)),
                                      .note = std::string(row.text(3)),
                                      .rolled_back_to = row.is_null(4) ? std::nullopt : std::optional(row.integer(4))};
                 });
  if (!infos) return infos.error();
  std::vector<PastVersion> history;
  for (const VersionInfo& info : *infos) history.push_back({.info = info});
  if (auto added = add_changes(database, history); !added) return added.error();
  return history;
}

std::vector<PastVersion::ChangedKey> differences(const Scope& scope, const Layer& from, const Layer& to) {
  std::vector<PastVersion::ChangedKey> changed;
  std::set<std::string_view> keys;
  for (const Layer* layer : {&from, &to})
    for (const auto& [key, value] : layer->values) keys.insert(key);
  for (const std::string_view key : keys) {
    std::string before = value_in(from.values, key), after = value_in(to.values, key);
    if (before != after) changed.push_back({scope.text(), std::string(key), std::move(before), std::move(after)});
  }
  if (from.groups != to.groups) changed.push_back({scope.text(), "groups", groups_json(from), groups_json(to)});
  return changed;
}

}  // namespace activitytrack::server
