#include "doctor/rules/queries.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>
#include <initializer_list>

#include "base/text.hpp"
#include "doctor/follower/open_sockets.hpp"
#include "doctor/reader/words.hpp"

namespace attache::doctor {

namespace {

// Where the parameters of a connecting command stand, by its name.
struct ConnectCommand {
  std::string_view name;
  std::int64_t operation;  // What its first parameter must be; -1 = there is none.
  std::size_t host;
  std::size_t port;
  std::size_t sec_tag;  // 99 = it has none.
};

constexpr std::array connect_commands{
    ConnectCommand{"#XHTTPCCON", 1, 1, 2, 3},  ConnectCommand{"#XHTTPCCON", 2, 1, 2, 3},
    ConnectCommand{"#XTCPCLI", 1, 1, 2, 3},    ConnectCommand{"#XTCPCLI", 2, 1, 2, 3},
    ConnectCommand{"#XUDPCLI", 1, 1, 2, 3},    ConnectCommand{"#XUDPCLI", 2, 1, 2, 3},
    ConnectCommand{"#XMQTTCON", 1, 4, 5, 6},   ConnectCommand{"#XFTP", -1, 3, 4, 5},
    ConnectCommand{"#XCONNECT", -1, 0, 1, 99}, ConnectCommand{"#XSENDTO", -1, 0, 1, 99},
    ConnectCommand{"#XPING", -1, 0, 99, 99},   ConnectCommand{"#XGETADDRINFO", -1, 0, 99, 99},
};

}  // namespace

std::optional<int> error_number_in(std::string_view text) {
  static constexpr std::array<std::string_view, 13> words{"errno",  "error code", "error", "err", "returned",
                                                          "return", "failed",     "ret",   "rc",  "code",
                                                          "reason", "status",     "result"};
  for (std::string_view word : words) {
    std::size_t from = 0;
    while (from + word.size() < text.size()) {
      auto found =
          std::search(text.begin() + static_cast<std::ptrdiff_t>(from), text.end(), word.begin(), word.end(),
                      [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; });
      if (found == text.end()) {
        break;
      }
      auto at = static_cast<std::size_t>(found - text.begin());
      std::size_t i = at + word.size();
      while (i < text.size() && (text[i] == ' ' || text[i] == ':' || text[i] == '=' || text[i] == '(' ||
                                 text[i] == ',' || text[i] == '#' || text[i] == '[')) {
        ++i;
      }
      std::size_t digits = i + (i < text.size() && text[i] == '-' ? 1 : 0);
      std::size_t end = digits;
      while (end < text.size() && is_digit(text[end])) {
        ++end;
      }
      bool whole = end > digits &&
                   (end == text.size() || (!is_letter(text[end]) && text[end] != '.' && text[end] != 'x'));
      if (whole && end - digits <= 4 && (at == 0 || !is_letter(text[at - 1]))) {
        return base::parse_number<int>(text.substr(digits, end - digits));
      }
      from = at + word.size();
    }
  }
  // "mqtt_connect -45": a negative number at the very end.
  std::size_t dash = text.rfind('-');
  if (dash != std::string_view::npos && dash > 0 && text[dash - 1] == ' ' && dash + 1 < text.size() &&
      text.size() - dash <= 5) {
    return base::parse_number<int>(text.substr(dash + 1));
  }
  return std::nullopt;
}

std::optional<int> error_of_notice(const Item& item) {
  if (item.kind != Item::Kind::notice || !item.name.starts_with("#X") || item.is("#XDATAMODE")) {
    return std::nullopt;
  }
  for (const Argument& field : item.arguments) {
    auto number = field.number();
    if (number && *number < 0 && *number > -1000) {
      return static_cast<int>(-*number);
    }
  }
  return std::nullopt;
}

std::optional<Target> target_of(const Item& item) {
  if (!item.is_exchange() || item.type != at::CommandType::set) {
    return std::nullopt;
  }
  for (const ConnectCommand& command : connect_commands) {
    if (command.name != item.name || (command.operation >= 0 && item.number_at(0) != command.operation)) {
      continue;
    }
    if (item.is("#XFTP") && item.text_at(0) != "open") {
      continue;
    }
    Target target;
    std::size_t host = command.host;
    std::optional<std::int64_t> handle;
    // Serial Modem 2.0 has a handle first, and before the host of a datagram its form as well.
    if (host == 0 && item.number_at(0)) {
      host = item.is("#XSENDTO") ? 3 : 1;
      handle = item.number_at(0);
    }
    // From 2.9 on the client identifier is not among them.
    if (item.is("#XMQTTCON") && item.number_at(command.port - 1) &&
        !item.argument(command.port - 1)->is_quoted) {
      --host;
    }
    target.host = std::string(item.text_at(host));
    target.port = item.number_at(command.port - command.host + host);
    std::size_t sec_tag = command.sec_tag - command.host + host;
    if (sec_tag < item.arguments.size()) {
      target.sec_tag = item.number_at(sec_tag);
    }
    const OpenSocket* socket = item.is("#XCONNECT") ? socket_of(*item.before, handle) : nullptr;
    if (socket != nullptr) {
      target.sec_tag = socket->sec_tag;
    }
    if (target.sec_tag && *target.sec_tag < 0) {
      target.sec_tag.reset();
    }
    target.is_tls = target.sec_tag.has_value() || (socket != nullptr && socket->is_secure);
    return target;
  }
  return std::nullopt;
}

bool opens_tls(const Item& item) {
  if (auto target = target_of(item)) {
    return target->is_tls;
  }
  if (item.sets("#XSSOCKET")) {
    return true;
  }
  return item.sets("#XSOCKET") && item.number_at(0) == 1 && item.number_at(3).has_value();
}

bool needs_network(const Item& item) {
  if (!item.is_exchange() || item.type != at::CommandType::set) {
    return false;
  }
  static constexpr std::array<std::string_view, 8> names{"#XPING",     "#XGETADDRINFO", "#XCONNECT",
                                                         "#XSENDTO",   "#XMQTTCON",     "#XHTTPCREQ",
                                                         "#XCOAPCREQ", "#XNRFCLOUD"};
  bool sends_message = item.is("#XSMS") && item.number_at(0) == 2;
  return sends_message || target_of(item).has_value() || std::ranges::find(names, item.name) != names.end();
}

const vocabulary::Command* described(const Session& session, std::string_view name) {
  if (const vocabulary::Command* command = vocabulary::modem().command(name)) {
    return command;
  }
  if (const vocabulary::Vocabulary* known = session.vocabulary()) {
    return known->command(name);
  }
  for (const vocabulary::Vocabulary& dialect : vocabulary::dialects()) {
    if (const vocabulary::Command* command = dialect.command(name)) {
      return command;
    }
  }
  return nullptr;
}

std::vector<const vocabulary::Parameter*> parameters_of(const Session& session,
                                                        const vocabulary::Command& command,
                                                        std::string_view operation) {
  return parameters_of(session.vocabulary(), command, operation);
}

std::vector<const vocabulary::Parameter*> parameters_of(const vocabulary::Vocabulary* release,
                                                        const vocabulary::Command& command,
                                                        std::string_view operation) {
  bool of_modem = vocabulary::modem().command(command.name) != nullptr;
  std::vector<const vocabulary::Parameter*> all;
  auto add = [&](std::initializer_list<vocabulary::Parameter> parameters) {
    for (const vocabulary::Parameter& parameter : parameters) {
      bool is_there = release == nullptr || of_modem || release->is_in(parameter.in);
      if (is_there && (all.empty() || all.back()->name != parameter.name)) {
        all.push_back(&parameter);
      }
    }
  };
  add(command.parameters);
  for (const vocabulary::Operation& each : command.operations) {
    if (each.value == operation) {
      add(each.parameters);
    }
  }
  return all;
}

bool has_form_of(const Item& item, const vocabulary::Vocabulary& release) {
  const vocabulary::Command* command = release.command(item.name);
  if (command == nullptr) {
    return false;
  }
  auto parameters = parameters_of(&release, *command, item.text_at(0));
  bool repeats = !parameters.empty() && parameters.back()->repeats;
  auto needed = static_cast<std::size_t>(
      std::ranges::count(parameters, false, [](const auto* each) { return each->optional; }));
  if (item.arguments.size() < needed || (item.arguments.size() > parameters.size() && !repeats)) {
    return false;
  }
  for (std::size_t i = 0; i < std::min(parameters.size(), item.arguments.size()); ++i) {
    const Argument& argument = item.arguments[i];
    bool wants_number =
        parameters[i]->kind == vocabulary::Kind::number || parameters[i]->kind == vocabulary::Kind::flag;
    bool fits = argument.text.empty() || (wants_number ? argument.number().has_value() && !argument.is_quoted
                                                       : argument.is_quoted || argument.number() ||
                                                             parameters[i]->kind == vocabulary::Kind::plain);
    if (!fits) {
      return false;
    }
  }
  return true;
}

bool has_operation(const vocabulary::Command& command, std::string_view value) {
  return std::ranges::any_of(command.operations, [&](const vocabulary::Operation& operation) {
    return base::equal_ignoring_case(operation.value, value);
  });
}

std::pair<std::int64_t, std::int64_t> range_of(const vocabulary::Parameter& parameter) {
  if (parameter.kind == vocabulary::Kind::flag) {
    return {0, 1};
  }
  if (parameter.name == "port") {
    return {0, UINT16_MAX};
  }
  return {parameter.least, parameter.most};
}

std::string dialects_with(std::string_view name) {
  std::string list;
  for (const vocabulary::Vocabulary& dialect : vocabulary::dialects()) {
    if (dialect.command(name) != nullptr) {
      list += list.empty() ? "" : ", ";
      list += dialect.name();
    }
  }
  return list;
}

bool is_address(std::string_view host) {
  boost::system::error_code error;
  boost::asio::ip::make_address(host, error);
  return !error;
}

bool is_failed(const Item& item) {
  return item.is_exchange() && item.result.failed() && !item.name.empty();
}

std::string line_of(const EventRef& event) {
  return event == nullptr ? std::string("the log") : fmt::format("line {}", event->place.line);
}

}  // namespace attache::doctor
