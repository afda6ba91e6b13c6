#include "server/database/postgres_values.hpp"

#include <bit>
#include <stdexcept>
#include <utility>

namespace activitytrack::server {
namespace {

// PostgreSQL's binary format:
// https://www.postgresql.org/docs/current/protocol-overview.html#PROTOCOL-FORMAT-CODES
// Integers and floats are in the order of the network.

template <class Unsigned>
void store(char* to, Unsigned value) {
  for (std::size_t i = 0; i < sizeof value; ++i) to[i] = static_cast<char>(value >> (sizeof value - 1 - i) * 8);
}

template <class Unsigned>
void put(std::string& to, Unsigned value) {
  char bytes[sizeof value];
  store(bytes, value);
  to.append(bytes, sizeof bytes);
}

template <class Unsigned>
Unsigned get(const char* from) {
  Unsigned value = 0;
  for (std::size_t i = 0; i < sizeof value; ++i) {
    value = static_cast<Unsigned>(value << 8 | static_cast<unsigned char>(from[i]));
  }
  return value;
}

/// An int8 or a float8.
template <class Number>
std::string packed(Number value) {
  std::string bytes;
  put(bytes, std::bit_cast<std::uint64_t>(value));
  return bytes;
}

Oid array_of(Oid element) {
  constexpr std::pair<Oid, Oid> arrays[] = {{postgres_type::int2, 1005}, {postgres_type::int4, 1007},
                                            {postgres_type::int8, 1016}, {postgres_type::float8, 1022},
                                            {postgres_type::text, 1009}, {postgres_type::bytea, 1001}};
  for (const auto& [of, array] : arrays) {
    if (of == element) return array;
  }
  throw std::logic_error("no array type for this element");
}

[[noreturn]] void wrong_column(Oid type, int column) {
  throw std::logic_error("column " + std::to_string(column) + " of a PostgreSQL result has type " +
                         std::to_string(type) + ", which is not what is read");
}

}  // namespace

void PostgresParameters::add_bytes(Oid type, std::string bytes) {
  types_.push_back(type);
  values_.push_back(std::move(bytes));
  nulls_.push_back(false);
}

void PostgresParameters::add_null(Oid type) {
  add_bytes(type, {});
  nulls_.back() = true;
}

void PostgresParameters::add(std::int64_t value) { add_bytes(postgres_type::int8, packed(value)); }

void PostgresParameters::add(const SqlValue& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return add(*integer);
  if (const auto* real = std::get_if<double>(&value)) return add_bytes(postgres_type::float8, packed(*real));
  if (const auto* text = std::get_if<std::string>(&value)) return add_bytes(postgres_type::text, *text);
  if (const auto* bytes = std::get_if<Bytes>(&value)) return add_bytes(postgres_type::bytea, bytes->bytes);
  add_null(0);  // PostgreSQL infers its type from where it stands
}

PostgresParameters::View PostgresParameters::view() const {
  View view;
  for (std::size_t i = 0; i < values_.size(); ++i) {
    view.values.push_back(nulls_[i] ? nullptr : values_[i].data());
    view.lengths.push_back(static_cast<int>(values_[i].size()));
    view.formats.push_back(1);
  }
  return view;
}

void PostgresArray::put_length(std::size_t length) {
  ++count_;
  any_value_ = true;
  put(bytes_, static_cast<std::uint32_t>(length));
}

void PostgresArray::add(std::int64_t value) {
  if (element_ == postgres_type::int8) return put_length(8), put(bytes_, static_cast<std::uint64_t>(value));
  if (element_ == postgres_type::int4) return put_length(4), put(bytes_, static_cast<std::uint32_t>(value));
  put_length(2);
  put(bytes_, static_cast<std::uint16_t>(value));
}

void PostgresArray::add(double value) {
  put_length(8);
  put(bytes_, std::bit_cast<std::uint64_t>(value));
}

void PostgresArray::add(std::string_view value) {
  put_length(value.size());
  bytes_ += value;
}

void PostgresArray::add_null() {
  ++count_;
  any_null_ = true;
  put(bytes_, std::uint32_t{0xFFFFFFFF});
}

void PostgresArray::finish(PostgresParameters& into) && {
  if (!any_value_) return into.add_null(array_of(element_));
  const std::uint32_t header[] = {1 /* dimension */, any_null_, element_, static_cast<std::uint32_t>(count_),
                                  1 /* the first index */};
  char* to = bytes_.data();
  for (const std::uint32_t number : header) store(to, number), to += sizeof number;
  into.add_bytes(array_of(element_), std::move(bytes_));
}

std::int64_t PostgresRow::integer(int column) const {
  const char* value = PQgetvalue(result_, row_, column);
  switch (const Oid type = PQftype(result_, column)) {
    case postgres_type::int8:
      return static_cast<std::int64_t>(get<std::uint64_t>(value));
    case postgres_type::int4:
      return static_cast<std::int32_t>(get<std::uint32_t>(value));
    case postgres_type::int2:
      return static_cast<std::int16_t>(get<std::uint16_t>(value));
    case postgres_type::boolean:
      return *value;
    default:
      wrong_column(type, column);
  }
}

double PostgresRow::real(int column) const {
  const char* value = PQgetvalue(result_, row_, column);
  switch (PQftype(result_, column)) {
    case postgres_type::float8:
      return std::bit_cast<double>(get<std::uint64_t>(value));
    case postgres_type::float4:
      return std::bit_cast<float>(get<std::uint32_t>(value));
    default:
      return static_cast<double>(integer(column));
  }
}

std::string_view PostgresRow::text(int column) const {
  const Oid type = PQftype(result_, column);
  if (type != postgres_type::text && type != postgres_type::varchar && type != postgres_type::bytea) {
    wrong_column(type, column);
  }
  return {PQgetvalue(result_, row_, column), static_cast<std::size_t>(PQgetlength(result_, row_, column))};
}

}  // namespace activitytrack::server
