#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace attache::at {

/// Lines of a host with secrets planted in them, damaged at random as a serial line or a careless host
/// damages them: one byte lost, doubled or swapped with the next, or the line torn in two.
class DamagedLines {
 public:
  struct Line {
    std::string whole;                ///< Before the damage.
    std::vector<std::string> pieces;  ///< What the host sends, without line ends.
    std::string secret;
  };

  explicit DamagedLines(unsigned seed) : random_(seed) {}

  static std::size_t kinds() { return forms().size(); }

  /// A line of the kind, undamaged or with one damage.
  Line next(std::size_t kind) {
    Line line;
    line.secret = secret(forms()[kind].alphabet);
    line.whole = forms()[kind].text;
    for (std::size_t at = line.whole.find("{}"); at != std::string::npos; at = line.whole.find("{}")) {
      line.whole.replace(at, 2, line.secret);
    }
    line.pieces = damaged(line.whole);
    return line;
  }

  /// A piece of the secret, four bytes or more, that the text shows; empty if it shows none.
  static std::string shown(std::string_view text, std::string_view secret) {
    constexpr std::size_t telling = 4;
    for (std::size_t i = 0; i + telling <= secret.size(); ++i) {
      if (text.find(secret.substr(i, telling)) != std::string_view::npos) {
        return std::string(secret.substr(i, telling));
      }
    }
    return {};
  }

 private:
  struct Form {
    std::string_view text;
    std::string_view alphabet;
  };

  static constexpr std::string_view digits = "56789";
  static constexpr std::string_view hex = "ABCDEF6789";
  static constexpr std::string_view letters = "bcdfgjkmpqvwxzBCDFGJKMPQVWXZ56789";

  static const std::vector<Form>& forms() {
    static const std::vector<Form> all{
        {"AT+CPIN=\"{}\"", digits},
        {"AT+CPIN={}", digits},
        {"AT+CPIN=\"{}\",\"{}\"", digits},
        {"at+cpin=\"{}\"", digits},
        {"AT+CLCK=\"SC\",1,\"{}\"", digits},
        {"AT+CLCK=SC,1,{}", digits},
        {"AT+CLCK=\"SC\",,\"{}\"", digits},
        {"AT+CLCK=\"SC\",\"{}\"", digits},
        {"AT+CPWD=\"SC\",\"{}\",\"{}\"", digits},
        {"AT+CPWD=,\"{}\",{}", digits},
        {"AT+CGAUTH=0,1,\"user\",\"{}\"", letters},
        {"AT+CGAUTH=0,1,,\"{}\"", letters},
        {"AT+CGAUTH=0,1,user,{}", letters},
        {"AT+CGAUTH=0,,\"user\",\"{}\"", letters},
        {"AT+CGAUTH=0,1,\"{}\"", letters},
        {"AT%CMNG=0,42,3,\"{}\"", hex},
        {"AT%CMNG=0,42,3,{}", hex},
        {"AT%CMNG=0,42,,\"{}\"", hex},
        {"AT%CMNG=0,42,\"{}\"", hex},
        {"AT%CMNG=0,42,2,\"key {}\",\"{}\"", letters},
        {"AT%XUSIMLCK=PN,1,\"{}\"", digits},
        {"AT%XUSIMLCK=2,\"PN\",\"{}\"", digits},
        {"AT%XUSIMLCK=2,,{}", digits},
        {"AT+CSIM=26,\"0020000108{}\"", hex},
        {"AT+CSIM=26,0020000108{}", hex},
        {"AT+CSIM=,\"{}\"", hex},
        {"AT+CRSM=220,28539,1,4,8,\"{}\"", hex},
        {"AT+CRSM=220,28539,,,,\"{}\"", hex},
        {"AT+CRSM=220,28539,1,4,8,{}", hex},
        {"AT+CGLA=1,26,\"{}\"", hex},
        {"AT#XHTTPCREQ=\"GET\",\"/x\",\"Authorization: Bearer {}\"", letters},
        {"AT#XHTTPCREQ=GET,\"/x\",\"Authorization: Bearer {}\",5", letters},
        {"AT#XHTTPCREQ=GET,/x,\"Authorization: Bearer {}\"", letters},
        {"AT#XHTTPCREQ=\"GET\",,\"Cookie: {}\"", letters},
        {"AT#XHTTPCREQ=\"GET\",\"Cookie: {}\"", letters},
        {"AT#XHTTPCREQ=\"GET\",\"/x?token={}\",\"\"", letters},
        {"AT#XMQTTCON=1,\"me\",\"user\",\"{}\",\"broker\",1883", letters},
        {"AT#XMQTTCON=1,,\"user\",\"{}\",\"broker\",1883,16842753", letters},
        {"AT#XMQTTCON=1,\"me\",,\"{}\",\"broker\",1883", letters},
        {"AT#XMQTTCON=1,\"user\",\"{}\",\"broker\",1883", letters},
        {"AT#XMQTTCON=1,me,user,{},broker,1883", letters},
        {"AT#XFTP=\"open\",\"user\",\"{}\",\"host\",21", letters},
        {"AT#XFTP=\"open\",,\"{}\",\"host\"", letters},
        {"AT#XFTP=\"open\",\"{}\",\"host\"", letters},
        {"AT#XFTP=open,user,{},host", letters},
        {"AT#XFOTA=1,\"https://user:{}@host/file?signature={}\",7", letters},
        {"AT#XGETADDRINFO=\"http://user:{}@host/\"", letters},
        {"Authorization: Bearer {}", letters},
        {"{\"password\":\"{}\"}", letters},
    };
    return all;
  }

  std::size_t below(std::size_t limit) {
    return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random_);
  }

  std::string secret(std::string_view alphabet) {
    constexpr std::size_t length = 8;
    std::string text;
    while (text.size() < length) {
      text += alphabet[below(alphabet.size())];
    }
    return text;
  }

  std::vector<std::string> damaged(std::string line) {
    enum Damage { none, lost, doubled, swapped, torn, kinds };
    std::size_t at = below(line.size() - 1);
    switch (below(kinds)) {
      case lost:
        line.erase(at, 1);
        break;
      case doubled:
        line.insert(at, 1, line[at]);
        break;
      case swapped:
        std::swap(line[at], line[at + 1]);
        break;
      case torn:
        return {line.substr(0, at + 1), line.substr(at + 1)};
      default:
        break;
    }
    return {line};
  }

  std::mt19937 random_;
};

}  // namespace attache::at
