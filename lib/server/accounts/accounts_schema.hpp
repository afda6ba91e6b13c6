#pragma once

#include "server/database/database.hpp"

#include <string_view>

namespace activitytrack::server {

/// The tables of the accounts, for SQLite and PostgreSQL alike. Ids are random, so that several servers need no
/// sequence. Of every secret only a hash is kept (SecretHash). Beside them stands the row `accounts_version` of
/// server_state, which counts revocations of machines' credentials: machine_credentials.revoked_version is the count
/// after each.
inline constexpr std::string_view accounts_schema[] = {
    "CREATE TABLE IF NOT EXISTS enrolment_tokens("
    " id BIGINT PRIMARY KEY,"
    " hash BYTEA NOT NULL,"
    " label TEXT NOT NULL,"
    " created_at BIGINT NOT NULL,"
    " expires_at BIGINT NOT NULL,"
    " uses BIGINT NOT NULL,"
    " uses_left BIGINT NOT NULL,"
    " may_replace BIGINT NOT NULL"
    ")",
    "CREATE TABLE IF NOT EXISTS enrolled_machines("
    " machine_id TEXT PRIMARY KEY,"
    " enrolled_at BIGINT NOT NULL"
    ")",
    "CREATE TABLE IF NOT EXISTS machine_credentials("
    " id BIGINT PRIMARY KEY,"
    " machine_id TEXT NOT NULL,"
    " hash BYTEA NOT NULL,"
    " created_at BIGINT NOT NULL,"
    " used_at BIGINT,"
    " revoked_at BIGINT,"
    " revoked_version BIGINT NOT NULL DEFAULT 0"
    ")",
    "CREATE INDEX IF NOT EXISTS machine_credentials_by_machine ON machine_credentials(machine_id)",
    "CREATE INDEX IF NOT EXISTS machine_credentials_by_version ON machine_credentials(revoked_version)",
    "CREATE TABLE IF NOT EXISTS users("
    " id BIGINT PRIMARY KEY,"
    " name TEXT NOT NULL UNIQUE,"
    " role TEXT NOT NULL,"
    " password TEXT NOT NULL,"
    " created_at BIGINT NOT NULL"
    ")",
    "CREATE TABLE IF NOT EXISTS user_machines("
    " user_id BIGINT NOT NULL,"
    " machine_id TEXT NOT NULL,"
    " PRIMARY KEY(user_id, machine_id)"
    ")",
    "CREATE TABLE IF NOT EXISTS sessions("
    " id BIGINT PRIMARY KEY,"
    " hash BYTEA NOT NULL,"
    " user_id BIGINT NOT NULL,"
    " created_at BIGINT NOT NULL,"
    " used_at BIGINT NOT NULL"
    ")",
    "CREATE TABLE IF NOT EXISTS api_tokens("
    " id BIGINT PRIMARY KEY,"
    " hash BYTEA NOT NULL,"
    " user_id BIGINT NOT NULL,"
    " label TEXT NOT NULL,"
    " may_write BIGINT NOT NULL,"
    " created_at BIGINT NOT NULL,"
    " expires_at BIGINT NOT NULL,"
    " used_at BIGINT"
    ")",
    "CREATE TABLE IF NOT EXISTS known_devices("
    " id BIGINT PRIMARY KEY,"
    " hash BYTEA NOT NULL,"
    " user_id BIGINT NOT NULL,"
    " created_at BIGINT NOT NULL"
    ")",
    "CREATE TABLE IF NOT EXISTS login_tries("
    " client BYTEA PRIMARY KEY,"
    " tries BIGINT NOT NULL,"
    " last_at BIGINT NOT NULL"
    ")",
    "CREATE TABLE IF NOT EXISTS openid_people("
    " issuer TEXT NOT NULL,"
    " subject TEXT NOT NULL,"
    " user_id BIGINT NOT NULL UNIQUE,"
    " PRIMARY KEY(issuer, subject)"
    ")",
    "CREATE TABLE IF NOT EXISTS openid_sign_ins("
    " id BIGINT PRIMARY KEY,"
    " hash BYTEA NOT NULL,"
    " created_at BIGINT NOT NULL"
    ")",
    "CREATE TABLE IF NOT EXISTS second_factors("
    " user_id BIGINT PRIMARY KEY,"
    " secret BYTEA NOT NULL,"
    " in_force BIGINT NOT NULL,"
    " last_step BIGINT NOT NULL"
    ")",
    "CREATE TABLE IF NOT EXISTS recovery_codes("
    " id BIGINT PRIMARY KEY,"
    " user_id BIGINT NOT NULL,"
    " hash BYTEA NOT NULL,"
    " created_at BIGINT NOT NULL"
    ")",
    "CREATE INDEX IF NOT EXISTS recovery_codes_by_user ON recovery_codes(user_id)",
    "CREATE TABLE IF NOT EXISTS setup_links("
    " id BIGINT PRIMARY KEY,"
    " hash BYTEA NOT NULL,"
    " created_at BIGINT NOT NULL"
    ")",
    "CREATE TABLE IF NOT EXISTS audit("
    " at BIGINT NOT NULL,"
    " id BIGINT NOT NULL,"
    " kind TEXT NOT NULL,"
    " name TEXT NOT NULL,"
    " action TEXT NOT NULL,"
    " machine_id TEXT NOT NULL,"
    " client TEXT NOT NULL,"
    " status BIGINT NOT NULL,"
    " PRIMARY KEY(at, id)"
    ")",
    "CREATE INDEX IF NOT EXISTS audit_by_machine ON audit(machine_id, at, id)",
    "CREATE INDEX IF NOT EXISTS audit_by_name ON audit(name, at, id)",
    // What a change was made to, and what it changed, of the entries that have it.
    "CREATE TABLE IF NOT EXISTS audit_changes("
    " at BIGINT NOT NULL,"
    " id BIGINT NOT NULL,"
    " target_kind TEXT NOT NULL,"
    " target TEXT NOT NULL,"
    " label TEXT NOT NULL,"
    " details TEXT NOT NULL,"
    " PRIMARY KEY(at, id)"
    ")",
    "CREATE INDEX IF NOT EXISTS audit_changes_by_target ON audit_changes(target, at, id)",
};

/// Who made a token (users.id, 0: nobody that has an account) and by which of theirs (api_tokens.id, 0: none); where a
/// session was begun, and in what; whose sign-in it is, by a hash of their network.
inline constexpr AddedColumn accounts_added_columns[] = {
    {"api_tokens", "made_by", "BIGINT NOT NULL DEFAULT 0"},
    {"api_tokens", "parent", "BIGINT NOT NULL DEFAULT 0"},
    {"enrolment_tokens", "made_by", "BIGINT NOT NULL DEFAULT 0"},
    {"enrolment_tokens", "parent", "BIGINT NOT NULL DEFAULT 0"},
    {"openid_sign_ins", "client", "BIGINT NOT NULL DEFAULT 0"},
    {"sessions", "client", "TEXT NOT NULL DEFAULT ''"},
    {"sessions", "user_agent", "TEXT NOT NULL DEFAULT ''"},
};

}  // namespace activitytrack::server
