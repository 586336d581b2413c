#include "radio/modem_state.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>
#include <charconv>
#include <chrono>
#include <utility>
#include <vector>

#include "at/command_line.hpp"
#include "base/text.hpp"
#include "base/utc_time.hpp"
#include "client/urc.hpp"

namespace attache::radio {

namespace {

namespace ip = boost::asio::ip;

// "0,1,"a,b"" → 0 | 1 | a,b
std::vector<std::string> fields_of(std::string_view values) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (char c : base::trim(values)) {
    if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      fields.emplace_back();
    } else {
      fields.back() += c;
    }
  }
  return fields;
}

std::string field(const std::vector<std::string>& fields, std::size_t index) {
  return index < fields.size() ? fields[index] : std::string();
}

std::optional<int> number(const std::vector<std::string>& fields, std::size_t index) {
  return base::parse_number<std::int32_t>(base::trim(field(fields, index)));
}

// The values of each line of an answer that has the name.
std::vector<std::vector<std::string>> lines_of(std::string_view text, std::string_view name) {
  std::vector<std::vector<std::string>> lines;
  for (std::string_view line : base::split(text, '\n')) {
    std::string_view found = client::line_name(line);
    if (!found.empty() && base::equal_ignoring_case(found, name)) {
      lines.push_back(fields_of(line.substr(found.size() + 1)));
    }
  }
  return lines;
}

// 16 numbers with dots between them (3GPP 27.007 10.1.0, AT+CGPIAF=0).
std::optional<ip::address_v6> dotted_ipv6(std::string_view text) {
  ip::address_v6::bytes_type bytes{};
  auto parts = base::split(text, '.');
  if (parts.size() != bytes.size()) {
    return std::nullopt;
  }
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    auto value = base::parse_number<std::uint32_t>(parts[i]);
    if (!value || *value > UINT8_MAX) {
      return std::nullopt;
    }
    bytes[i] = static_cast<unsigned char>(*value);
  }
  return ip::address_v6(bytes);
}

void add_address(modem::PdnConnection& connection, const std::string& text) {
  boost::system::error_code error;
  ip::address address = ip::make_address(text, error);
  if (error) {
    auto dotted = dotted_ipv6(text);
    if (!dotted) {
      return;
    }
    address = *dotted;
  }
  if (address.is_unspecified()) {
    return;  // As modems write it that have none.
  }
  if (address.is_v4()) {
    connection.ipv4 = address.to_v4();
  } else {
    connection.ipv6 = address.to_v6();
  }
}

std::optional<modem::PdnConnection> connection_of(const std::vector<std::string>& fields) {
  auto cid = number(fields, 0);
  if (!cid) {
    return std::nullopt;
  }
  modem::PdnConnection connection;
  connection.cid = *cid;
  add_address(connection, field(fields, 1));
  add_address(connection, field(fields, 2));
  return connection.ipv4 || connection.ipv6 ? std::optional(connection) : std::nullopt;
}

// "yy/MM/dd,hh:mm:ss±zz", local time and its zone in quarters of an hour.
std::optional<base::WallTime> date_of(std::string_view text) {
  constexpr std::size_t length = 20;
  if (text.size() != length || text[2] != '/' || text[5] != '/' || text[8] != ',') {
    return std::nullopt;
  }
  auto local = base::parse_utc(fmt::format("20{}-{}-{}T{}Z", text.substr(0, 2), text.substr(3, 2),
                                           text.substr(6, 2), text.substr(9, 8)));
  auto quarters = base::parse_number<std::uint32_t>(text.substr(18));
  bool is_signed = text[17] == '+' || text[17] == '-';
  if (!local || !quarters || !is_signed || *quarters > 99) {
    return std::nullopt;
  }
  std::chrono::minutes zone(15 * static_cast<int>(*quarters));
  return text[17] == '+' ? *local - zone : *local + zone;
}

void hear_contexts(ModemState& state, const modem::ModemReply& reply) {
  std::map<int, modem::PdnConnection> active;
  for (const auto& line : lines_of(reply.text, "+CGPADDR")) {
    auto connection = connection_of(line);
    if (!connection) {
      continue;
    }
    if (auto known = state.active.find(connection->cid); known != state.active.end()) {
      connection->apn = known->second.apn;
      connection->mtu = known->second.mtu;
    }
    active.insert_or_assign(connection->cid, *connection);
  }
  state.active = std::move(active);
}

void hear_parameters(ModemState& state, const modem::ModemReply& reply) {
  constexpr std::size_t mtu_field = 11;
  for (const auto& line : lines_of(reply.text, "+CGCONTRDP")) {
    auto found = state.active.find(number(line, 0).value_or(-1));
    if (found == state.active.end()) {
      continue;
    }
    found->second.apn = field(line, 2);
    auto mtu = number(line, mtu_field);
    if (mtu && *mtu > 0 && *mtu <= UINT16_MAX) {
      found->second.mtu = static_cast<std::uint16_t>(*mtu);
    }
  }
}

void hear_credentials(ModemState& state, const modem::ModemReply& reply) {
  state.sec_tags.clear();
  for (const auto& line : lines_of(reply.text, "%CMNG")) {
    if (auto tag = base::parse_number<std::uint32_t>(field(line, 0))) {
      state.sec_tags.insert(*tag);
    }
  }
}

void hear_date(ModemState& state, const modem::ModemReply& reply, base::Time now) {
  std::size_t begin = reply.text.find('"');
  std::size_t end = reply.text.find('"', begin + 1);
  state.date.reset();
  if (begin == std::string::npos || end == std::string::npos) {
    return;
  }
  if (auto utc = date_of(std::string_view(reply.text).substr(begin + 1, end - begin - 1))) {
    state.date = {*utc, now};
  }
}

void hear_read(ModemState& state, std::string_view name, const modem::ModemReply& reply) {
  auto lines = lines_of(reply.text, name);
  if (lines.empty()) {
    return;
  }
  const auto& first = lines.front();
  if (base::equal_ignoring_case(name, "+CFUN")) {
    state.functional_mode = number(first, 0).value_or(state.functional_mode);
  } else if (base::equal_ignoring_case(name, "+CEREG")) {
    state.registration = number(first, 1);
  } else if (base::equal_ignoring_case(name, "+CPIN")) {
    state.pin = field(first, 0);
  } else if (base::equal_ignoring_case(name, "%XSYSTEMMODE")) {
    state.has_gnss = number(first, 2) == 1;
  } else if (base::equal_ignoring_case(name, "+CSCON")) {
    state.is_connected = number(first, 1) == 1;
  }
}

void hear_set(ModemState& state, std::string_view name, std::string_view parameters) {
  if (!base::equal_ignoring_case(name, "+CFUN")) {
    return;
  }
  state.functional_mode = number(fields_of(parameters), 0).value_or(state.functional_mode);
  if (!state.lte_active()) {
    state.active.clear();
    state.registration.reset();
    state.is_connected = false;
  }
}

}  // namespace

void ModemState::hear_answer(std::string_view command, const modem::ModemReply& reply, base::Time now) {
  at::CommandLine line = at::cut_command(command);
  std::string_view parameters = command.substr(std::min(line.parameters, command.size()));
  bool is_ok = reply.final == modem::ModemReply::Final::ok;
  if (line.type == at::CommandType::read && base::equal_ignoring_case(line.name, "+CCLK")) {
    hear_date(*this, reply, now);
  } else if (line.type == at::CommandType::read && is_ok) {
    hear_read(*this, line.name, reply);
  } else if (line.type != at::CommandType::set) {
    return;
  } else if (base::equal_ignoring_case(line.name, "+CGPADDR")) {
    if (!line.has_equals) {
      hear_contexts(*this, reply);  // An error means that there are none.
    }
  } else if (is_ok && base::equal_ignoring_case(line.name, "+CGCONTRDP")) {
    hear_parameters(*this, reply);
  } else if (is_ok && base::equal_ignoring_case(line.name, "%CMNG")) {
    if (parameters == "1") {
      hear_credentials(*this, reply);
    }
  } else if (is_ok) {
    hear_set(*this, line.name, parameters);
  }
}

void ModemState::hear_urc(std::string_view urc) {
  std::string_view name = client::line_name(urc);
  auto fields = fields_of(urc.substr(std::min(name.size() + 1, urc.size())));
  if (name == "+CEREG") {
    registration = number(fields, 0);
  } else if (name == "+CSCON") {
    is_connected = number(fields, 0) == 1;
  } else if (name == "+CGEV") {
    std::string event = field(fields, 0);  // "ME PDN DEACT 0"
    if (event.ends_with("DETACH")) {
      active.clear();
    }
    std::size_t last = event.rfind(' ');
    if (event.find("PDN DEACT") != std::string::npos && last != std::string::npos) {
      active.erase(base::parse_number<std::int32_t>(std::string_view(event).substr(last + 1)).value_or(-1));
    }
  }
}

bool ModemState::lte_active() const {
  constexpr std::array modes{1, receive_only, 21};
  return std::find(modes.begin(), modes.end(), functional_mode) != modes.end();
}

}  // namespace attache::radio
