#include "client/urc.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "at/command_line.hpp"
#include "base/text.hpp"

namespace attache::client {

namespace {

struct Urc {
  std::string_view name;
  std::size_t payload_lines = 0;
};

constexpr std::array modem_urcs{
    Urc{"+CEREG"},   Urc{"+CSCON"},   Urc{"+CGEV"},        Urc{"+CNEC_EMM"},     Urc{"+CNEC_ESM"},
    Urc{"%XSIM"},    Urc{"%CESQ"},    Urc{"%XSNRSQ"},      Urc{"+CEDRXP"},       Urc{"%XTIME"},
    Urc{"%XOPNAME"}, Urc{"%MDMEV"},   Urc{"%XMODEMSLEEP"}, Urc{"%XT3412"},       Urc{"%NCELLMEAS"},
    Urc{"%ENVEVAL"}, Urc{"%XTEMP"},   Urc{"%XVBATLOWLVL"}, Urc{"%XPCO"},         Urc{"+CEINFO"},
    Urc{"+CIND"},    Urc{"+ODISNTF"}, Urc{"%RAI"},         Urc{"%CELLULARPRFL"}, Urc{"+CMT", 1},
    Urc{"+CDS", 1},
};

constexpr std::array slm_1_urcs{
    Urc{"#XMQTTEVT"}, Urc{"#XMQTTMSG", 2}, Urc{"#XTCPDATA"},  Urc{"#XUDPDATA", 1}, Urc{"#XUDPRECV"},
    Urc{"#XTCPSVR"},  Urc{"#XTCPCLI"},     Urc{"#XHTTPCRSP"}, Urc{"#XGPS"},        Urc{"#XGPSS"},
    Urc{"#XGPSP"},    Urc{"#XFOTA"},       Urc{"#XSMS"},
};

constexpr std::array slm_3_urcs{
    Urc{"#XMQTTEVT"},  Urc{"#XMQTTMSG", 2},  Urc{"#XTCPDATA", 1}, Urc{"#XUDPDATA", 1}, Urc{"#XTCPSVR"},
    Urc{"#XTCPCLI"},   Urc{"#XHTTPCRSP"},    Urc{"#XDATAMODE"},   Urc{"#XAPOLL"},      Urc{"#XGPS"},
    Urc{"#XNRFCLOUD"}, Urc{"#XNRFCLOUDPOS"}, Urc{"#XFOTA"},       Urc{"#XDFU"},        Urc{"#XSMS"},
    Urc{"#XPPP"},      Urc{"#XCARRIER"},     Urc{"#XTFTP"},
};

constexpr std::array serial_modem_urcs{
    Urc{"#XDATAMODE"},   Urc{"#XAPOLL"},     Urc{"#XSENDNTF"},      Urc{"#XMQTTEVT"},
    Urc{"#XMQTTMSG", 2}, Urc{"#XHTTPCHEAD"}, Urc{"#XHTTPCSTAT"},    Urc{"#XHTTPCDATA", 1},
    Urc{"#XCOAPCHEAD"},  Urc{"#XCOAPCSTAT"}, Urc{"#XCOAPCDATA", 1}, Urc{"#XGNSS"},
    Urc{"#XGNSSPOS"},    Urc{"#XNRFCLOUD"},  Urc{"#XNRFCLOUDPOS"},  Urc{"#XNRFPROV"},
    Urc{"#XFOTA"},       Urc{"#XDFU"},       Urc{"#XSMS"},          Urc{"#XPPP"},
    Urc{"#XCARRIEREVT"}, Urc{"#XMODEM"},
};

std::span<const Urc> application_urcs(std::string_view dialect) {
  if (dialect == "serial-modem-2.0") {
    return serial_modem_urcs;
  }
  if (dialect == "slm-3.1") {
    return slm_3_urcs;
  }
  return slm_1_urcs;
}

bool begins_with_digit(std::string_view text) {
  return !text.empty() && text.front() >= '0' && text.front() <= '9';
}

// What the read form answers, where the URC of the name looks otherwise.
bool may_answer_read(std::string_view name, std::string_view values) {
  auto fields = base::split(values, ',');
  std::string_view second = fields.size() > 1 ? fields[1] : std::string_view();
  if (name == "+CEREG") {
    return begins_with_digit(second);  // <n>,<stat>; the URC: <stat>[,"<tac>"].
  }
  if (name == "+CSCON") {
    return !second.empty() && second != "7";  // <n>,<mode>; the URC: <mode>[,<state>], state is 7.
  }
  if (name == "%XTEMP") {
    return fields.size() == 1;  // <t>; the URC: <lvl>,<t>.
  }
  if (name == "%XSNRSQ") {
    return fields.size() < 4;  // <snr>,<srxlev>,<ce>; the URC has the index between them.
  }
  return name != "+CIND" || begins_with_digit(values);  // <s>,<r>,<m>; the URC: "<name>",<value>.
}

// URCs of the proxies that no form of their commands answers.
bool is_proxy_event(std::string_view values) {
  return values.ends_with(",\"disconnected\"") || values.ends_with(",\"stopped\"") ||
         values.ends_with(",\"datamode\"");
}

std::optional<std::size_t> find(std::span<const Urc> urcs, std::string_view name) {
  auto found = std::find_if(urcs.begin(), urcs.end(), [&](const Urc& urc) { return urc.name == name; });
  return found == urcs.end() ? std::nullopt : std::optional(found->payload_lines);
}

}  // namespace

bool is_final_result(std::string_view line) {
  constexpr std::array<std::string_view, 7> texts{"OK",        "ERROR", "CONNECT",    "NO CARRIER",
                                                  "NO ANSWER", "BUSY",  "NO DIALTONE"};
  return std::find(texts.begin(), texts.end(), line) != texts.end() || line.starts_with("+CME ERROR:") ||
         line.starts_with("+CMS ERROR:");
}

std::string_view line_name(std::string_view line) {
  std::size_t colon = line.find(':');
  return colon == std::string_view::npos ? std::string_view{} : line.substr(0, colon);
}

std::string_view command_name(std::string_view sent) {
  std::string_view line = sent.substr(0, sent.find_first_of("\r\n"));
  if (line.size() < 2 || !base::equal_ignoring_case(line.substr(0, 2), "AT")) {
    return {};
  }
  return at::cut_command(line).name;
}

bool may_answer(std::string_view command, std::string_view line) {
  std::string_view name = line_name(line);
  if (name.empty() || !base::equal_ignoring_case(name, command_name(command))) {
    return false;
  }
  std::string_view values = line.substr(name.size() + 1);
  values.remove_prefix(std::min(values.find_first_not_of(' '), values.size()));
  at::CommandType form = at::cut_command(command).type;
  if (name.front() == '#') {
    return !is_proxy_event(values);
  }
  bool is_urc_name = find(modem_urcs, name).has_value();
  switch (form) {
    case at::CommandType::test:
      return !is_urc_name || values.starts_with('(');
    case at::CommandType::read:
      return !is_urc_name || may_answer_read(name, values);
    case at::CommandType::set:
    case at::CommandType::unknown:
      break;
  }
  return !is_urc_name;
}

std::optional<std::size_t> urc_payload_lines(std::string_view dialect, std::string_view line) {
  std::string_view name = line_name(line);
  if (name.empty()) {
    return std::nullopt;
  }
  auto lines = find(modem_urcs, name);
  return lines ? lines : find(application_urcs(dialect), name);
}

}  // namespace attache::client
