#include "dialects/serial_modem_2_0/traffic_log.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

#include "at/redaction.hpp"
#include "base/text.hpp"

namespace attache::dialects::serial_modem_2_0 {

namespace {

constexpr std::array<std::string_view, 26> sensitive_commands{"AT%CMNG",
                                                              "AT%KEYGEN",
                                                              "AT%KEYINJECT",
                                                              "AT%JWT",
                                                              "AT%ATTESTTOKEN",
                                                              "AT%CLAIMTOKEN",
                                                              "AT%XPMNG",
                                                              "AT%XSUDO",
                                                              "AT%XUSIMLCK",
                                                              "AT+CPIN",
                                                              "AT+CPWD",
                                                              "AT+CLCK",
                                                              "AT+CGAUTH",
                                                              "AT+CMGS",
                                                              "AT#XMQTTCON",
                                                              "AT#XMQTTPUB",
                                                              "AT#XMQTTSUB",
                                                              "AT#XHTTPCREQ",
                                                              "AT#XCOAPCREQ",
                                                              "AT#XSMS",
                                                              "AT#XSEND",
                                                              "AT#XCARRIER=\"app_data_set\"",
                                                              "AT#XCARRIER=\"log_data\"",
                                                              "AT#XNRFCLOUDOBSAUTO",
                                                              "AT#XNRFCLOUDOBSUPLOAD",
                                                              "AT#XNRFCLOUDOBSFORWARD"};

constexpr std::array<std::string_view, 13> sensitive_answers{
    "%CMNG:",  "%KEYGEN:", "%KEYINJECT:", "%JWT:",  "%ATTESTTOKEN:",      "%CLAIMTOKEN:", "%XPMNG:",
    "%XSUDO:", "+CMT:",    "+CDS:",       "#XSMS:", "#XNRFCLOUDOBSAUTO:", "MC:"};

constexpr std::array<std::string_view, 4> final_results{"OK", "ERROR", "+CME ERROR:", "+CMS ERROR:"};

// Which of them the line begins with, however it is written; empty if with none.
std::string_view beginning_of(std::string_view line, std::span<const std::string_view> known) {
  auto found = std::find_if(known.begin(), known.end(), [&](std::string_view one) {
    return base::equal_ignoring_case(line.substr(0, one.size()), one);
  });
  return found != known.end() ? line.substr(0, found->size()) : std::string_view();
}

std::string without_rest(std::string_view line, std::string_view beginning) {
  return fmt::format("{} [+{} B redacted]", beginning, line.size() - beginning.size());
}

}  // namespace

std::string TrafficLog::received(std::string_view command) {
  std::string_view beginning = beginning_of(command, sensitive_commands);
  bool is_test = command.substr(beginning.size()) == "=?";
  bool is_shown = beginning.empty() || is_test;
  return fmt::format("RX: {}", is_shown ? at::redact(command) : without_rest(command, beginning));
}

std::vector<std::string> TrafficLog::sent(UartLog::LineId line, std::string_view bytes) {
  std::vector<std::string> texts;
  bool& swallows = swallows_[line];
  for (std::string_view text : base::split(bytes, '\n')) {
    text = base::trim(text);
    bool is_final = !beginning_of(text, final_results).empty();
    swallows = swallows && !is_final;
    if (text.empty() || swallows) {
      continue;
    }
    std::string_view beginning = beginning_of(text, sensitive_answers);
    swallows = !beginning.empty();
    texts.push_back(fmt::format("TX: {}", swallows ? without_rest(text, beginning) : at::redact(text)));
  }
  return texts;
}

std::vector<std::string> hex_dump(std::string_view bytes) {
  constexpr std::size_t in_line = 16;
  constexpr std::size_t in_group = 8;
  std::vector<std::string> rows;
  for (std::size_t at = 0; at < bytes.size(); at += in_line) {
    std::string_view row = bytes.substr(at, in_line);
    std::string digits;
    std::string text;
    for (std::size_t i = 0; i < in_line; ++i) {
      bool begins_group = i == in_group;
      digits += begins_group ? " " : "";
      digits += i < row.size() ? fmt::format("{:02x} ", static_cast<unsigned char>(row[i])) : "   ";
      if (i < row.size()) {
        text += begins_group ? " " : "";
        text += row[i] >= ' ' && row[i] <= '~' ? row[i] : '.';
      }
    }
    rows.push_back(fmt::format("{}|{}", digits, text));
  }
  return rows;
}

}  // namespace attache::dialects::serial_modem_2_0
