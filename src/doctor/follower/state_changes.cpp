#include "doctor/follower/state_changes.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "doctor/follower/fields.hpp"
#include "doctor/follower/network_changes.hpp"
#include "doctor/follower/open_sockets.hpp"

namespace attache::doctor {

namespace {

// Names of firmware images, of applications with their version, and of other makers and their modems.
constexpr std::array<std::string_view, 3> image_prefixes{"mfw_nrf", "mfw-pti_nrf", "mfw-"};
constexpr std::array<std::string_view, 5> application_names{"serial_lte_modem", "SLM v", "slm v",
                                                            "Serial Modem v", "serial_modem"};
constexpr std::array<std::string_view, 15> other_makers{
    "Quectel", "SIMCOM", "SIM7", "SARA-", "u-blox", "Telit",   "Sierra Wireless", "GM02S",
    "Sequans", "BG95",   "BG96", "BC660", "ESP-AT", "Fibocom", "Neoway"};
constexpr std::size_t shortest_word = 4;

// A log may name any number of tags, a modem keeps few: the lowest ones make room.
StoredTag& tag_of(DeviceState& state, std::int64_t number) {
  constexpr std::size_t most = 256;
  auto& tags = state.tags.change();
  auto tag = static_cast<long>(number);
  if (tags.size() >= most && !tags.contains(tag)) {
    tags.erase(tags.begin());
  }
  return tags[tag];
}

// "%CMNG: <sec_tag>,<type>,"<sha>"[,"content"]"
void apply_credential(DeviceState& state, const std::vector<Argument>& fields, const EventRef& event) {
  auto tag = fields.empty() ? std::nullopt : fields[0].number();
  auto type = small_number(fields, 1);
  if (!tag || !type) {
    return;
  }
  StoredCredential& stored = tag_of(state, *tag).types[*type];
  stored.was_taken = true;
  stored.source = event;
  for (const Argument& field : fields) {
    if (field.text.find("-----BEGIN") != std::string::npos) {
      stored.content = field.text;
    }
  }
}

}  // namespace

bool tells_state(std::string_view name) {
  static constexpr std::array<std::string_view, 32> names{
      "+CEREG",     "+CFUN",         "%XSIM",     "+CPIN",    "%XSYSTEMMODE", "%XBANDLOCK", "+CGPADDR",
      "+CGDCONT",   "+CNEC_ESM",     "+CMEE",     "%CMNG",    "#XCMNG",       "+CCLK",      "%XMODEMSLEEP",
      "#XDATAMODE", "#XHTTPCCON",    "#XMQTTEVT", "#XSOCKET", "#XSSOCKET",    "+CLAC",      "#XCLAC",
      "+CGACT",     "+COPS",         "%XMONITOR", "+CGEV",    "%XTIME",       "#XTCPDATA",  "#XUDPDATA",
      "#XHTTPCRSP", "#XGETADDRINFO", "#XCONNECT", "#XPING"};
  return std::ranges::find(names, name) != names.end();
}

void apply_line(DeviceState& state, std::string_view name, const std::vector<Argument>& fields,
                const EventRef& event, bool is_answer) {
  apply_network_sign(state, name, fields, event);
  if (name == "+CEREG") {
    apply_registration(
        state, fields, event,
        is_answer && event->text.find('"') == std::string::npos ? fields.size() >= 2 : is_answer);
  } else if (name == "+CFUN") {
    if (auto mode = small_number(fields, 0)) {
      state.functional_mode.set(*mode, event);
    }
  } else if (name == "%XSIM") {
    if (auto ready = small_number(fields, 0)) {
      state.sim_ready.set(*ready == 1, event);
    }
  } else if (name == "+CPIN") {
    bool ready = text_of(fields, 0) == "READY";
    if (ready) {
      state.sim_ready.set(true, event);
    }
  } else if (name == "%XSYSTEMMODE") {
    std::array<int, 4> mode{};
    for (std::size_t i = 0; i < mode.size(); ++i) {
      mode[i] = small_number(fields, i).value_or(0);
    }
    state.system_mode.set(mode, event);
  } else if (name == "%XBANDLOCK") {
    std::string mask =
        text_of(fields, 0).find('1') != std::string::npos ? text_of(fields, 0) : text_of(fields, 1);
    if (mask.find('1') != std::string::npos) {
      state.band_lock.set(mask, event);
    } else {
      state.band_lock.forget();
    }
  } else if (name == "+CGPADDR") {
    apply_addresses(state, fields, 1, event);
  } else if (name == "+CGDCONT" && fields.size() >= 4 && (is_answer || fields.size() > 3)) {
    apply_addresses(state, fields, 3, event);
    if (!text_of(fields, 2).empty()) {
      state.apn.set(text_of(fields, 2), event);
    }
  } else if (name == "+CNEC_ESM" && small_number(fields, 0) == 50) {
    state.pdn_type_is_ipv4_only.set(true, event);
  } else if (name == "+CMEE") {
    if (auto level = small_number(fields, 0)) {
      state.error_level.set(*level, event);
    }
  } else if (name == "%CMNG" || name == "#XCMNG") {
    apply_credential(state, fields, event);
  } else if (name == "+CCLK" && text_of(fields, 0).size() > 8) {
    if (auto year = base::parse_number<int>(text_of(fields, 0).substr(0, 2))) {
      state.clock_year.set(*year >= 70 ? 1900 + *year : 2000 + *year, event);
    }
  } else if (name == "%XMODEMSLEEP") {
    auto time = small_number(fields, 1);
    state.is_asleep.set(!time || *time != 0, event);
  } else if (name == "#XDATAMODE") {
    state.data_mode.set(false, event);
  } else if (name == "#XHTTPCCON") {
    state.http_connected.set(small_number(fields, 0) == 1, event);
  } else if (name == "#XMQTTEVT" && small_number(fields, 0) == 0) {
    state.mqtt_connected.set(small_number(fields, 1) == 0, event);
  } else if (name == "#XMQTTEVT" && small_number(fields, 0) == 1) {
    state.mqtt_connected.set(false, event);
  } else if (name == "#XSOCKET" || name == "#XSSOCKET") {
    if (!is_answer) {
      apply_socket_line(state, fields, event);
    }
    auto handle = small_number(fields, 0);
    if (!event->text.ends_with("\"closed\"") && text_of(fields, 1) != "closed") {
      state.socket_open.set(handle && *handle > 0, event);
    } else {
      state.socket_open.set(false, event);
    }
  } else if (name == "+CLAC" || name == "#XCLAC") {
    state.command_list = event;
  }
}

bool changes_state(const Item& exchange) {
  static constexpr std::array<std::string_view, 19> names{
      "+CLAC",          "#XCLAC",     "+CGMR",  "#XSLMVER", "#XSMVER", "+CFUN", "%XSYSTEMMODE",
      "%XFACTORYRESET", "%XBANDLOCK", "+COPS",  "+CGDCONT", "+CEREG",  "+CMEE", "+CPIN",
      "+CPSMS",         "#XGPS",      "#XGNSS", "%CMNG",    "#XCMNG"};
  return std::ranges::find(names, exchange.name) != names.end() || concerns_sockets(exchange) ||
         std::ranges::any_of(exchange.lines,
                             [](const EventRef& line) { return line->kind == Event::Kind::text; });
}

void apply_exchange(DeviceState& state, const Item& exchange) {
  if (exchange.name == "+CLAC" || exchange.name == "#XCLAC") {
    for (const EventRef& line : exchange.lines) {
      std::string listed = base::to_lower(base::trim(line->text));
      std::size_t at = listed.find("at");
      if (at <= 10) {
        std::string name = listed.substr(at + 2);
        std::ranges::transform(name, name.begin(),
                               [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
        state.listed_commands.change().insert(name);
        state.command_list = exchange.event;
      }
    }
  }
  for (const EventRef& line : exchange.lines) {
    if (exchange.name == "+CGMR" || exchange.name == "#XSLMVER" || exchange.name == "#XSMVER" ||
        line->kind == Event::Kind::text) {
      apply_words(state, line);
    }
    if (exchange.name == "#XSLMVER" || exchange.name == "#XSMVER") {
      std::string_view digits = line->text;
      std::size_t at = digits.find_first_of("0123456789");
      if (at != std::string_view::npos) {
        std::string version(digits.substr(at, 3));
        state.dialect.set((exchange.name == "#XSMVER" ? "serial-modem-" : "slm-") + version, line);
      }
    }
  }
  if (exchange.type != at::CommandType::set || exchange.result.failed()) {
    return;
  }
  bool taken = exchange.result.kind == Result::Kind::ok;
  auto number = [&](std::size_t index) { return exchange.number_at(index); };
  const EventRef& event = exchange.event;
  if (exchange.is("+CFUN")) {
    auto mode = static_cast<int>(number(0).value_or(1));
    state.functional_mode.set(mode, event);
    if (mode == 1 || mode == 21) {
      state.activated = event;
    } else if (mode == 0 || mode == 4 || mode == 20 || mode == 44) {
      state.registration.forget();
      state.has_ipv4.forget();
      state.has_ipv6.forget();
    }
  } else if (exchange.is("%XSYSTEMMODE") && taken) {
    std::array<int, 4> mode{};
    for (std::size_t i = 0; i < mode.size(); ++i) {
      mode[i] = static_cast<int>(number(i).value_or(0));
    }
    state.system_mode.set(mode, event);
  } else if (exchange.is("%XFACTORYRESET")) {
    state.system_mode.forget();
    state.band_lock.forget();
    state.operator_lock.forget();
  } else if (exchange.is("%XBANDLOCK")) {
    if (number(0) == 0) {
      state.band_lock.forget();
    } else {
      state.band_lock.set(std::string(exchange.text_at(1)), event);
    }
  } else if (exchange.is("+COPS")) {
    if (number(0) == 0) {
      state.operator_lock.forget();
    } else if (number(0) == 1) {
      state.operator_lock.set(std::string(exchange.text_at(2)), event);
    }
  } else if (exchange.is("+CGDCONT")) {
    if (exchange.arguments.size() >= 3) {
      state.apn.set(std::string(exchange.text_at(2)), event);
    }
  } else if (exchange.is("+CEREG")) {
    if (auto level = number(0)) {
      state.registration_level.set(static_cast<int>(*level), event);
    }
  } else if (exchange.is("+CMEE")) {
    state.error_level.set(static_cast<int>(number(0).value_or(0)), event);
  } else if (exchange.is("+CPIN") && taken) {
    state.pin_given.set(true, event);
  } else if (exchange.is("+CPSMS")) {
    state.psm_requested.set(number(0) == 1, event);
  } else if (concerns_sockets(exchange)) {
    apply_to_sockets(state, exchange);
  } else if (exchange.is("#XGPS") || exchange.is("#XGNSS")) {
    state.gnss_running.set(number(0) == 1, event);
  } else if ((exchange.is("%CMNG") || exchange.is("#XCMNG")) && number(0) == 0 && number(1) && number(2)) {
    StoredCredential& stored = tag_of(state, *number(1)).types[static_cast<int>(*number(2))];
    stored.content = std::string(exchange.text_at(3));
    stored.source = event;
    stored.was_taken = taken;
  } else if ((exchange.is("%CMNG") || exchange.is("#XCMNG")) && number(0) == 3 && number(1) && taken) {
    auto& tag = tag_of(state, *number(1));
    if (number(2)) {
      tag.types.erase(static_cast<int>(*number(2)));
    }
  } else if ((exchange.is("%CMNG") || exchange.is("#XCMNG")) && number(0) == 1 && taken) {
    if (number(1)) {
      tag_of(state, *number(1)).listing = event;
    } else {
      state.listing_of_all_tags = event;
    }
  }
}

bool has_words_of_state(std::string_view text) {
  static constexpr std::array<bool, 256> first = [] {
    std::array<bool, 256> table{};
    for (const auto* list : {image_prefixes.data(), application_names.data(), other_makers.data()}) {
      std::size_t size = list == image_prefixes.data()      ? image_prefixes.size()
                         : list == application_names.data() ? application_names.size()
                                                            : other_makers.size();
      for (std::size_t i = 0; i < size; ++i) {
        table.at(static_cast<unsigned char>(list[i].front())) = true;
      }
    }
    return table;
  }();
  for (std::size_t at = 0; at + shortest_word < text.size() + 1; ++at) {
    if (!first.at(static_cast<unsigned char>(text[at]))) {
      continue;
    }
    std::string_view rest = text.substr(at);
    auto begins = [&](std::string_view word) {
      return rest.front() == word.front() && rest.starts_with(word);
    };
    if (std::ranges::any_of(image_prefixes, begins) || std::ranges::any_of(application_names, begins) ||
        std::ranges::any_of(other_makers, begins)) {
      return true;
    }
  }
  return false;
}

void apply_words(DeviceState& state, const EventRef& event) {
  std::string_view words = event->text;
  for (std::string_view prefix : image_prefixes) {
    std::size_t at = words.find(prefix);
    if (at == std::string_view::npos) {
      continue;
    }
    std::string_view image = words.substr(at);
    image = image.substr(0, std::min(image.find_first_of(" \t\"',;+)"), image.size()));
    if (image.ends_with(".zip")) {
      image.remove_suffix(4);
    }
    std::size_t version = image.rfind('_');
    if (version == std::string_view::npos ||
        image.find_first_of("0123456789", version) == std::string_view::npos) {
      continue;
    }
    std::string numbers(image.substr(version + 1));
    std::ranges::replace(numbers, '-', '.');
    state.image.set(std::string(image), event);
    state.firmware.set(numbers, event);
    break;
  }
  for (std::string_view name : application_names) {
    std::size_t at = words.find(name);
    if (at == std::string_view::npos) {
      continue;
    }
    std::string_view rest = words.substr(at + name.size());
    std::size_t digits = rest.find_first_of("0123456789");
    if (digits > 3 || rest.size() < digits + 3 || rest[digits + 1] != '.') {
      continue;
    }
    bool serial_modem = name.starts_with("Serial Modem") || name == "serial_modem";
    state.dialect.set((serial_modem ? "serial-modem-" : "slm-") + std::string(rest.substr(digits, 3)), event);
  }
  for (std::string_view maker : other_makers) {
    if (!state.other_modem && words.find(maker) != std::string_view::npos) {
      state.other_modem.set(std::string(maker), event);
    }
  }
}

}  // namespace attache::doctor
