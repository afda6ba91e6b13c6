#include "server/configuration/versions.hpp"

#include "core/json_writer.hpp"
#include "server/configuration/machine_states.hpp"
#include "server/configuration/rollout_rows.hpp"

#include <algorithm>
#include <map>
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

/// The scopes as they are, or were without one version. Returns the versions that they are of.
Result<std::set<std::int64_t>> read_scopes(Database& database, Layers& layers, std::int64_t without) {
  std::set<std::int64_t> versions;
  const auto read = database.execute(
      "SELECT version, scope, content FROM configuration_changes JOIN"
      " (SELECT scope AS of_scope, max(version) AS newest FROM configuration_changes WHERE version <> $1"
      " GROUP BY scope) AS latest ON scope = of_scope AND version = newest ORDER BY version, scope",
      {without}, [&](const SqlRow& row) {
        versions.insert(row.integer(0));
        if (auto change = change_in(row)) layers.take(row.integer(0), change->scope, std::move(change->layer));
      });
  if (!read) return read.error();
  return versions;
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

/// What comes meanwhile is seen by the next look, too. Rollouts are read after the scopes, so that no version that goes
/// out in waves is ever seen as one that does not; one that was taken back counts as held, for its scopes may have been
/// read before that.
Result<Layers> read_layers(Database& database) {
  const auto change = latest_change(database);
  const auto latest = latest_version(database);
  if (!latest) return latest.error();
  if (!change) return change.error();
  Layers layers(*latest, *change);
  const auto versions = read_scopes(database, layers, 0);
  if (!versions) return versions.error();
  auto rollouts = read_rollouts(database);
  if (!rollouts) return rollouts.error();
  std::erase_if(*rollouts,
                [&](const Rollout& each) { return !each.is_under_way() && !versions->contains(each.version); });
  std::shared_ptr<Layers> before;
  for (const Rollout& rollout : *rollouts) {
    if (rollout.state == Rollout::State::done) continue;
    before = std::make_shared<Layers>(*latest, *change);
    if (auto read = read_scopes(database, *before, rollout.version); !read) return read.error();
  }
  if (before) before->take_rollouts(*rollouts, nullptr);
  layers.take_rollouts(std::move(*rollouts), std::move(before));
  return layers;
}

Result<std::int64_t> latest_version(Database& database) {
  return select_number(database, "SELECT value FROM server_state WHERE name = 'configuration_version'");
}

Result<std::int64_t> latest_change(Database& database) {
  return select_number(database,
                       "SELECT CAST(coalesce(sum(value), 0) AS BIGINT) FROM server_state"
                       " WHERE name IN ('configuration_version', 'configuration_rollout')");
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

Result<std::int64_t> take_number(Database& database, std::int64_t latest) {
  if (auto counted = write_latest_version(database, latest + 1); !counted) return counted.error();
  return latest + 1;
}

Result<void> forget_machine(Database& database, const std::string& machine_id) {
  const auto latest = lock_versions(database);
  if (!latest) return latest.error();
  const auto scope = Scope{Scope::Kind::machine, machine_id}.text();
  const auto removed = database.run("DELETE FROM configuration_changes WHERE scope = $1", {scope});
  if (!removed) return removed.error();
  if (*removed > 0) {
    if (auto taken = take_number(database, *latest); !taken) return taken.error();
  }
  return forget_machine_state(database, machine_id);
}

std::vector<ScopeChange> removal_of(const std::string& group, const Layers& layers) {
  std::vector<ScopeChange> changes{{{Scope::Kind::group, group}, std::nullopt}};
  for (const auto& [machine, layer] : layers.machines()) {
    if (!std::ranges::binary_search(layer.groups, group)) continue;
    Layer without = layer;
    std::erase(without.groups, group);
    changes.push_back({{Scope::Kind::machine, machine}, std::move(without)});
  }
  return changes;
}

Result<std::vector<ScopeChange>> changes_before(Database& database, std::int64_t version) {
  const auto scopes = scopes_of(database, version);
  if (!scopes) return scopes.error();
  auto layers = read_layers(database);
  if (!layers) return layers.error();
  layers->take_rollouts({}, nullptr);
  std::map<std::string, ScopeChange> changes;  // by scope, since a machine's may change twice
  std::vector<std::string> gone;
  for (const std::string& text : *scopes) {
    auto then = layer_up_to(database, text, version - 1);
    if (!then) return then.error();
    const auto scope = Scope::parse(text);
    if (!scope) continue;
    if (scope->kind == Scope::Kind::group && !*then) gone.push_back(scope->name);
    layers->take(layers->version(), *scope, *then);
    changes[text] = {*scope, std::move(*then)};
  }
  for (const std::string& group : gone) {
    for (auto& change : removal_of(group, *layers)) {
      layers->take(layers->version(), change.scope, change.layer);
      changes[change.scope.text()] = std::move(change);
    }
  }
  std::vector<ScopeChange> list;
  for (auto& [text, change] : changes) list.push_back(std::move(change));
  return list;
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
  auto history =
      select_all(database,
                 "SELECT version, at, made_by, note, rolled_back_to, coalesce((SELECT state FROM configuration_rollouts"
                 " AS rolled WHERE rolled.version = configuration_versions.version), '')"
                 " FROM configuration_versions WHERE version < $1 ORDER BY version DESC LIMIT $2",
                 {before, limit}, [](const SqlRow& row) {
                   const auto back_to = row.is_null(4) ? std::nullopt : std::optional(row.integer(4));
                   return PastVersion{.info = {.version = row.integer(0),
                                               .at = row.time(1),
                                               .by = std::string(row.text(2)),
                                               .note = std::string(row.text(3)),
                                               .rolled_back_to = back_to},
                                      .rollout = std::string(row.text(5))};
                 });
  if (!history) return history;
  if (auto added = add_changes(database, *history); !added) return added.error();
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
